import { faults, type Fault } from '../../../sample-app/faults/index.ts';
import { sameSeam } from '../../../labs/server/faults/seam.ts';

const primitivesOf = (fault: Fault) => fault.primitives(fault.parameters.parse({}));
const contradict = (a: Fault, b: Fault) =>
  primitivesOf(a).some((one) => primitivesOf(b).some((two) => sameSeam(one, two)));

/** The whole catalogue, each fault once, in as few groups as simply found in which no two contradict each other. */
export function batches(): Fault[][] {
  const found: Fault[][] = [];
  for (const fault of faults) {
    const batch = found.find((others) => !others.some((other) => contradict(fault, other)));
    if (batch) batch.push(fault);
    else found.push([fault]);
  }
  return found;
}
