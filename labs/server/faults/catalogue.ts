import { z } from 'zod';
import type { Fault } from '@xray-lab/sample-app/faults';
import type { FaultDescription } from '../contract.ts';

/** A fault as the panel and the command line see it: no functions, and its parameters as JSON Schema. */
export function describeFault(fault: Fault): FaultDescription {
  return {
    id: fault.id,
    title: fault.title,
    inTheWild: fault.inTheWild,
    services: [...fault.services],
    parameters: z.toJSONSchema(fault.parameters, { io: 'input' }) as Record<string, unknown>,
    signature: { ...fault.signature },
    lookFor: fault.lookFor,
  };
}

/**
 * What a parameter may be, in words, from its JSON Schema. Undefined for one that does not exist.
 *
 * @example allowed(fault, 'share') // 'share: number, 0 to 1, 1 when left out'
 */
export function allowed(fault: Fault, parameter: string): string | undefined {
  const { properties } = z.toJSONSchema(fault.parameters, { io: 'input' }) as {
    properties?: Record<string, Parameter>;
  };
  const schema = properties?.[parameter];
  if (schema === undefined) {
    const names = Object.keys(properties ?? {});
    return names.length === 0 ? 'This fault has no parameters.' : `Its parameters are: ${names.join(', ')}.`;
  }
  return `${parameter}: ${[kind(schema), range(schema), fallback(schema)].filter(Boolean).join(', ')}.`;
}

interface Parameter {
  type?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  default?: unknown;
}

const kind = ({ type, enum: values }: Parameter) =>
  values ? `one of ${values.map(String).join(', ')}` : type === 'integer' ? 'whole number' : type;

function range({ minimum, maximum, exclusiveMinimum }: Parameter): string | undefined {
  const low = exclusiveMinimum === undefined ? minimum : `more than ${exclusiveMinimum}`;
  // zod writes the safe-integer limits for an int() without limits of its own.
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low === undefined || low === Number.MIN_SAFE_INTEGER)
    return high === undefined ? undefined : `at most ${high}`;
  return high === undefined
    ? exclusiveMinimum === undefined
      ? `at least ${low}`
      : String(low)
    : `${low} to ${high}`;
}

const fallback = (schema: Parameter) =>
  schema.default === undefined ? undefined : `${String(schema.default)} when left out`;
