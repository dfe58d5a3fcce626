import type { Cause, Entity, Exception, Segment, Subsegment } from '@xray-lab/xray/model';
import { bytes, clock, duration, utc } from '../format.ts';

/** What the tabs of the segment panel show, read from one entity. */

export interface Fact {
  name: string;
  value: string;
  /** The id of another row. */
  link?: string;
}

const some = (facts: (Fact | false | undefined)[]): Fact[] =>
  facts.filter((fact): fact is Fact => Boolean(fact));
const text = (name: string, value: unknown): Fact | false =>
  value !== undefined && value !== null && value !== '' && { name, value: String(value) };

/** Ids, times and flags. */
export function identityFacts(entity: Entity, isSegment: boolean): Fact[] {
  const { id, name, start_time, end_time, error, fault, throttle, in_progress, user } = entity;
  const { parent_id, origin, inferred, trace_id, resource_arn } = entity as Partial<Segment>;
  const { namespace, precursor_ids } = entity as Partial<Subsegment>;
  const flags = Object.entries({ fault, error, throttle, in_progress, inferred })
    .filter(([, set]) => set)
    .map(([flag]) => flag);
  return some([
    { name: isSegment ? 'Segment id' : 'Subsegment id', value: id },
    parent_id !== undefined && { name: 'Parent id', value: parent_id, link: parent_id },
    { name: 'Name', value: name },
    text('Origin', origin),
    text('Namespace', namespace),
    text('Trace id', isSegment ? trace_id : undefined),
    text('User', user),
    text('Resource', resource_arn),
    { name: 'Start', value: `${clock(start_time)} · ${utc(start_time)}` },
    end_time === undefined ? { name: 'End', value: 'not yet' } : { name: 'End', value: utc(end_time) },
    end_time !== undefined && { name: 'Duration', value: duration(end_time - start_time) },
    { name: 'Flags', value: flags.join(', ') || 'none' },
    text('After', precursor_ids?.join(', ')),
    text('Sampling rule', rule(entity)),
  ]);
}

const rule = ({ aws }: Entity) => (aws?.xray as { rule_name?: string } | undefined)?.rule_name;

export function requestFacts({ http }: Entity): Fact[] {
  const { method, url, client_ip, x_forwarded_for, user_agent, traced } = http?.request ?? {};
  return some([
    text('Method', method),
    text('URL', url),
    text('Client IP', client_ip && `${client_ip}${x_forwarded_for ? ' (from X-Forwarded-For)' : ''}`),
    text('User agent', user_agent),
    traced === true && { name: 'Traced', value: 'the callee is expected to send its own segment' },
  ]);
}

export function responseFacts({ http }: Entity): Fact[] {
  const { status, content_length } = http?.response ?? {};
  return some([
    text('Status', status),
    content_length !== undefined && { name: 'Length', value: bytes(Number(content_length)) },
  ]);
}

/** `aws` and `service`, flattened to dotted names. */
export function resourceFacts(entity: Entity): Fact[] {
  return [...flat('', entity.aws ?? {}), ...flat('service', (entity as Segment).service ?? {})];
}

function flat(prefix: string, value: object): Fact[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = prefix ? `${prefix}.${key}` : key;
    if (inner !== null && typeof inner === 'object' && !Array.isArray(inner))
      return flat(name, inner as object);
    return some([text(name, Array.isArray(inner) ? inner.map(plain).join(', ') : inner)]);
  });
}

const plain = (value: unknown) =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);

export interface AnnotationFact {
  key: string;
  value: string;
  type: 'string' | 'number' | 'boolean';
  /** The expression that finds traces with it; undefined where the value is too long for an address. */
  filter: string | undefined;
}

/** Characters of a value: a server refuses an address of more than some thousands. */
const longestFilter = 1000;

/** A key with a dot or a colon stands in brackets. */
const annotationFilter = (key: string, value: string | number | boolean) =>
  `annotation${/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `["${key}"]`} = ${typeof value === 'string' ? JSON.stringify(value) : value}`;

export function annotationFacts({ annotations }: Entity): AnnotationFact[] {
  return Object.entries(annotations ?? {}).map(([key, value]) => ({
    key,
    value: String(value),
    type: typeof value as AnnotationFact['type'],
    filter: String(value).length > longestFilter ? undefined : annotationFilter(key, value),
  }));
}

export function sqlFacts(entity: Entity): Fact[] {
  const { sql } = entity as Subsegment;
  return some([
    text('Query', sql?.sanitized_query),
    text('Preparation', sql?.preparation),
    text('Database', [sql?.database_type, sql?.database_version].filter(Boolean).join(' ')),
    text('Driver', sql?.driver_version),
    text('URL', sql?.url ?? sql?.connection_string),
    text('User', sql?.user),
  ]);
}

export interface ExceptionFacts {
  exceptions: Exception[];
  /** The exception was recorded in another entity of this trace. */
  recordedIn: string | undefined;
}

/** The Node SDK records an exception once, in the innermost subsegment, and refers to it from outside. */
export function exceptionFacts({ cause }: Entity): ExceptionFacts {
  if (typeof cause === 'string') return { exceptions: [], recordedIn: cause };
  const exceptions = (cause as Cause | undefined)?.exceptions ?? [];
  return { exceptions, recordedIn: exceptions.length === 0 ? cause?.id : undefined };
}

/** Which document member became which cell of the timeline: the hover text of the raw view. */
export const becameCell: Record<string, string> = {
  name: 'became the name',
  start_time: 'became the start of the bar',
  end_time: 'became the end of the bar',
  in_progress: 'became the open, dashed bar',
  http: 'became the response code and the call',
  fault: 'became the status',
  error: 'became the status',
  throttle: 'became the status',
  origin: 'became the type',
  namespace: 'became the type',
  parent_id: 'became the place in the call tree',
  subsegments: 'became the rows below',
  annotations: 'became the Annotations tab',
  metadata: 'became the Metadata tab',
  cause: 'became the Exceptions tab',
  aws: 'became the Resources tab',
  service: 'became the Resources tab',
  sql: 'became the SQL tab',
};
