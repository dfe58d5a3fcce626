import {
  everySubsegment,
  flagsOf,
  isOk,
  type Segment,
  type Subsegment,
  type Trace,
} from '@xray-lab/xray/model';

/** Segments a service sent itself, by name. */
export const segmentsOf = (trace: Trace, service: string): Segment[] =>
  trace.segments.filter((segment) => !segment.inferred && segment.name === service);

/** A service's calls to a host or an AWS service, in order of start. */
export const callsOf = (trace: Trace, service: string, callee: string): Subsegment[] =>
  segmentsOf(trace, service)
    .flatMap(everySubsegment)
    .filter((call) => call.namespace !== undefined && call.name === callee)
    .sort((a, b) => a.start_time - b.start_time);

/** Every call to DynamoDB in the trace, whoever made it. */
export const tableCalls = (trace: Trace): Subsegment[] =>
  trace.segments
    .filter((segment) => !segment.inferred)
    .flatMap(everySubsegment)
    .filter((call) => call.name === 'DynamoDB' && call.namespace === 'aws');

/** The call and what X-Ray knows of its other side: the callee's segment, sent or inferred. */
export const bothSides = (trace: Trace, call: Subsegment): string[] => [
  call.id,
  ...trace.segments.filter((segment) => segment.parent_id === call.id).map((segment) => segment.id),
];

export const isFaulty = (entity: Segment | Subsegment): boolean => flagsOf(entity).fault;

/** The customer got a good answer. */
export const rootIsOk = (trace: Trace): boolean => trace.root !== undefined && isOk(trace.root);

/** A call that the caller gave up: a fault, and no answer that could have had a status. */
export const wasGivenUp = (call: Subsegment): boolean =>
  isFaulty(call) && call.http?.response?.status === undefined;

/** The order's number, which the services set as an annotation. */
export const orderOf = (trace: Trace): string | undefined => {
  const values = trace.segments.map((segment) => segment.annotations?.orderId);
  const found = values.find((value) => value !== undefined);
  return found === undefined ? undefined : String(found);
};
