import type { Primitive } from '@xray-lab/sample-app/faults';

/**
 * Whether two primitives act at one seam, where they would overrule each other so that neither showed its signature.
 * Those that answer a request or hold it up exclude each other; the others exclude only their own kind.
 */
export function sameSeam(a: Primitive, b: Primitive): boolean {
  if (isOnRequests(a) && isOnRequests(b)) {
    return (
      a.service === b.service &&
      (a.kind === b.kind || (decidesTheAnswer.has(a.kind) && decidesTheAnswer.has(b.kind))) &&
      overlap(a, b)
    );
  }
  if (isOnProcess(a) && isOnProcess(b)) return a.process === b.process;
  if (isOnProcess(a) && 'service' in b) return a.kind === 'stopped' && a.process === b.service;
  if (isOnProcess(b) && 'service' in a) return sameSeam(b, a);
  if (a.kind === 'flag' && b.kind === 'flag') return a.service === b.service && a.flag === b.flag;
  if (a.kind === 'uncaptured' && b.kind === 'uncaptured')
    return a.service === b.service && a.calls === b.calls;
  if (a.kind === 'missing-index' && b.kind === 'missing-index')
    return a.service === b.service && a.index === b.index;
  if (a.kind === 'clock' && b.kind === 'clock') return a.service === b.service;
  if ('table' in a && 'table' in b) return a.kind === b.kind && a.table === b.table;
  if (a.kind === 'sampling-rule' && b.kind === 'sampling-rule') return a.rule.RuleName === b.rule.RuleName;
  return false;
}

type OnRequests = Extract<Primitive, { share: number }>;
type OnProcess = Extract<Primitive, { process: string }>;

const isOnRequests = (primitive: Primitive): primitive is OnRequests => 'share' in primitive;
const isOnProcess = (primitive: Primitive): primitive is OnProcess => 'process' in primitive;

const decidesTheAnswer = new Set<Primitive['kind']>(['hang', 'status', 'exception', 'delay', 'busy']);

function overlap(a: OnRequests, b: OnRequests): boolean {
  const methods = a.method === undefined || b.method === undefined || a.method === b.method;
  const bodies =
    a.when === undefined ||
    b.when === undefined ||
    a.when.member !== b.when.member ||
    a.when.is === b.when.is;
  return methods && bodies && (isBelow(a.path, b.path) || isBelow(b.path, a.path));
}

/** A primitive's path stands for itself and what is below it; none stands for every path. */
const isBelow = (path: string | undefined, above: string | undefined) =>
  above === undefined || path === above || (path?.startsWith(`${above.replace(/\/$/, '')}/`) ?? false);
