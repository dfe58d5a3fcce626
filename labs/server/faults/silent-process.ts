import type { Primitive } from '@xray-lab/sample-app/faults';
import type { LabProcess } from '../contract.ts';

/**
 * A process that these primitives need and that does not run; undefined when all of them run, or are started by a
 * primitive of the same fault.
 */
export function silentProcess(
  primitives: readonly Primitive[],
  processes: readonly LabProcess[],
): LabProcess | undefined {
  const started = primitives.flatMap((one) =>
    'process' in one && one.kind !== 'stopped' ? [one.process] : [],
  );
  const needed = primitives.map(processOf).filter((name) => name !== undefined && !started.includes(name));
  return processes.find(
    ({ name, state }) => needed.includes(name) && (state === 'stopped' || state === 'crashed'),
  );
}

/** Who applies a primitive. One about a process as a whole is the supervisor's, which starts and stops it itself. */
function processOf(primitive: Primitive): string | undefined {
  if ('service' in primitive) return primitive.service;
  if ('table' in primitive) return 'dynamodb';
  if (primitive.kind === 'sampling-rule') return 'xray-api';
  return primitive.kind === 'client' ? 'gateway' : undefined;
}
