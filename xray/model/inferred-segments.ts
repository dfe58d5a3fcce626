/**
 * Inferred segments: the half of a call that sent nothing. A database or a third party is not instrumented, so X-Ray
 * makes a segment for it from what the caller's subsegment recorded.
 *
 * The rules were read off real processed traces: every call (`namespace` aws or remote) that no segment names as its
 * parent has exactly one inferred segment. `traced: true` does not change that: the Node SDK sets it on every HTTP
 * call, also to hosts that will never send a segment.
 */
import type { Segment, Subsegment, TraceId } from './vocabulary.ts';

/** The known AWS services under the names X-Ray shows; older SDKs write them in lower case. */
const canonicalNames: Record<string, string> = {
  dynamodb: 'DynamoDB',
  s3: 'S3',
  sns: 'SNS',
  sqs: 'SQS',
  lambda: 'Lambda',
  kinesis: 'Kinesis',
  kms: 'KMS',
  sts: 'STS',
  ssm: 'SSM',
  sfn: 'Sfn',
  stepfunctions: 'StepFunctions',
  events: 'Events',
  logs: 'CloudWatchLogs',
};

/** Reads the resource a call went to, e.g. the table, from the call's `aws` block. */
type Resource = (aws: Record<string, unknown>) => string | undefined;

/** A service whose node is the resource, not the service as a whole. */
interface ResourceRule {
  resource: Resource;
  /** The origin while the resource is known. */
  origin: string;
}

/**
 * What a node is called where AWS's sources disagree or are silent: the service, or the resource. In API samples an SNS
 * node is `SNS`, in one console example the topic's ARN. A Lambda node of a function that is not traced is not
 * documented; under the function's name it stays the same node once the function is traced.
 */
const nodeIs = { SNS: 'service', Lambda: 'resource' } as Record<'SNS' | 'Lambda', 'service' | 'resource'>;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** Everything not listed has the origin `AWS::<name>` and is a node under the service's name, S3 buckets included. */
const resourceRules: Record<string, ResourceRule> = {
  DynamoDB: { resource: (aws) => text(aws.table_name), origin: 'AWS::DynamoDB::Table' },
  SQS: { resource: (aws) => text(aws.queue_url), origin: 'AWS::SQS::Queue' },
  Lambda: { resource: (aws) => text(aws.function_name), origin: 'AWS::Lambda' },
  SNS: { resource: (aws) => text(aws.topic_arn), origin: 'AWS::SNS' },
};

/** A call leaves the service: only calls can have an inferred segment. */
export const isCall = (subsegment: Subsegment): boolean =>
  subsegment.namespace === 'aws' || subsegment.namespace === 'remote';

/**
 * The segment X-Ray would make for a call whose callee sent none. Deterministic: the same subsegment gives the same
 * segment, wherever and whenever it is asked for.
 */
export function inferSegment(subsegment: Subsegment, traceId: TraceId): Segment {
  const origin = originOf(subsegment);
  const aws = awsOf(subsegment);
  // `cause` and `namespace` stay with the caller, as in every real inferred segment we have seen.
  return {
    id: inferredId(traceId, subsegment.id),
    name: subsegment.name,
    start_time: subsegment.start_time,
    ...(subsegment.end_time === undefined ? { in_progress: true } : { end_time: subsegment.end_time }),
    parent_id: subsegment.id,
    inferred: true,
    ...(subsegment.http && { http: subsegment.http }),
    ...(aws && { aws }),
    ...(subsegment.error !== undefined && { error: subsegment.error }),
    ...(subsegment.throttle !== undefined && { throttle: subsegment.throttle }),
    ...(subsegment.fault !== undefined && { fault: subsegment.fault }),
    ...(subsegment.sql && { sql: subsegment.sql }),
    trace_id: traceId,
    ...(origin !== undefined && { origin }),
  };
}

/** Name and type of the service-map node of an inferred segment. */
export function inferredNode(segment: Segment): { name: string; type: string } {
  const name = canonicalName(segment.name);
  // Without origin it is a call over HTTP, or to an AWS service with a space in its name; only that has both.
  const type = segment.origin ?? (segment.aws && hasSpace(segment.name) ? 'AWS::Unknown' : 'remote');
  const rule = ruleFor(name);
  if (
    rule === undefined ||
    rule.origin !== segment.origin ||
    nodeIs[name as keyof typeof nodeIs] === 'service'
  ) {
    return { name: segment.origin?.startsWith('AWS::') ? name : segment.name, type };
  }
  return { name: rule.resource(segment.aws ?? {}) ?? name, type };
}

function originOf(subsegment: Subsegment): string | undefined {
  if (subsegment.namespace !== 'aws') return subsegment.sql ? 'Database::SQL' : undefined;
  const name = canonicalName(subsegment.name);
  const rule = ruleFor(name);
  if (rule?.resource(subsegment.aws ?? {}) !== undefined) return rule.origin;
  // An AWS service with a space in its name (`Secrets Manager`) becomes a node of type AWS::Unknown.
  return hasSpace(name) ? undefined : `AWS::${name}`;
}

const hasSpace = (name: string) => /\s/.test(name);

const ruleFor = (name: string): ResourceRule | undefined =>
  Object.hasOwn(resourceRules, name) ? resourceRules[name] : undefined;

/**
 * The `aws` block of a subsegment as X-Ray shows it: with the resource it recognised. A call without `aws` block gets an
 * empty one, which marks the call as AWS's.
 */
export function awsOf({ name, namespace, aws }: Subsegment): Record<string, unknown> | undefined {
  if (namespace !== 'aws' || aws?.resource_names !== undefined) return aws;
  const resource = ruleFor(canonicalName(name))?.resource(aws ?? {});
  if (resource === undefined) return aws ?? {};
  return { ...aws, resource_names: [resource] };
}

const canonicalName = (name: string) =>
  Object.hasOwn(canonicalNames, name.toLowerCase()) ? canonicalNames[name.toLowerCase()]! : name;

/**
 * The id of an inferred segment. X-Ray draws a random one when it processes the trace. We assemble a trace each time
 * it is read, so the id is derived: two readings of one trace must agree.
 */
const inferredId = (traceId: TraceId, subsegmentId: string) =>
  hash32(traceId + subsegmentId, 0x811c9dc5) + hash32(subsegmentId + traceId, 0x9747b28c);

/** FNV-1a with a final mix, as 8 hex digits. */
function hash32(input: string, seed: number): string {
  let hash = seed;
  for (let i = 0; i < input.length; i++) hash = Math.imul(hash ^ input.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
