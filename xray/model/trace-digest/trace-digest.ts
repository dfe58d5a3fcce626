/**
 * What service graph, time series and most filters ask of a trace, and nothing else: a digest is a small part of the
 * trace's size, so that the digests of a hundred thousand traces stay in memory where the traces would not.
 */
import { accountIdOf, arnsOf, availabilityZonesOf, instanceIdsOf } from '../resources.ts';
import { flagsOf, isInProgress, isOk } from '../status.ts';
import { traceFacts } from '../trace-facts.ts';
import type { AnnotationValue, Entity, Segment, ServiceId, Trace } from '../vocabulary.ts';
import { forEachEntity } from '../walk.ts';

/**
 * A trace with more rows than this is asked itself instead. So no single trace fills a block, and what is unusual
 * stays rare.
 */
export const rowsPerDigest = 4096;

/** The bits of `TraceDigest.flags`. */
export const traceFlags = {
  partial: 1,
  /** A segment names another trace: its edges are drawn from the traces themselves. */
  links: 2,
  /** Some entity, at any depth, carries the flag. Where none does, no root cause can. */
  anyFault: 4,
  anyError: 8,
  /** The digest has no rows: the trace is too large for one, or holds what a digest cannot express. */
  opaque: 16,
} as const;

/** The bits of `RowDigest.flags`; the first three as `flagsOf` finds them. */
export const rowFlags = {
  error: 1,
  throttle: 2,
  fault: 4,
  ok: 8,
  inferred: 16,
  /** Nobody in the trace called the segment: it names no parent, ... */
  parentless: 32,
  /** ... or one that is not here. */
  orphan: 64,
} as const;

export interface HttpDigest {
  url: string | undefined;
  method: string | undefined;
  userAgent: string | undefined;
  clientIp: string | undefined;
}

/** A segment, or a call as its caller saw it. */
export interface RowDigest {
  start: number;
  /** NaN while in progress. */
  end: number;
  flags: number;
  status: number | undefined;
  http: HttpDigest | undefined;
}

export interface ServiceDigest {
  id: ServiceId;
  /** The account the segment says it ran in; part of `id` for Lambda functions only. */
  account: string | undefined;
}

export interface SegmentDigest extends RowDigest {
  service: ServiceDigest;
  /** Index of the segment that called this one; -1 for none. */
  caller: number;
  /** The caller's view of the call: index of a segment, or the number of segments plus the index of a view. */
  view: number;
}

export const attributeKinds = {
  annotation: 0,
  /** The user of the segment itself, */
  user: 1,
  /** and of its subsegments. */
  innerUser: 2,
  availabilityZone: 3,
  instanceId: 4,
  arn: 5,
} as const;

export interface AttributeDigest {
  kind: number;
  /** Of annotations; else empty. */
  key: string;
  value: AnnotationValue;
  /** Index of the segment it was recorded on or in. */
  segment: number;
}

export interface TraceDigest {
  /** The trace's; a digest of another revision is stale. */
  revision: number;
  /** The last eight digits of the trace id as a number: what picks a trace for a sample. */
  idTail: number;
  startTime: number;
  endTime: number;
  flags: number;
  /** Index of the root among the segments; -1 for none. */
  root: number;
  segments: readonly SegmentDigest[];
  /** Callers' views that differ from the segment they called. */
  views: readonly RowDigest[];
  attributes: readonly AttributeDigest[];
}

/** The digest that can be kept; without rows for traces that are better asked themselves. */
export function digestOf(trace: Trace): TraceDigest {
  const head = headOf(trace);
  const isLarge = trace.segments.length > rowsPerDigest;
  const digest = isLarge ? undefined : wholeDigest(trace, head);
  if (digest !== undefined && isExpressible(digest)) return digest;
  return {
    ...head,
    flags: head.flags | traceFlags.opaque,
    // Only whether there is one: a trace without root is not listed.
    root: trace.root === undefined ? -1 : 0,
    segments: [],
    views: [],
    attributes: [],
  };
}

type Head = Pick<TraceDigest, 'revision' | 'idTail' | 'startTime' | 'endTime' | 'flags'>;

/** The digest with everything, however large; not for keeping. */
export function wholeDigest(trace: Trace, head: Head = headOf(trace)): TraceDigest {
  const facts = traceFacts(trace);
  const { segments } = trace;
  const indexes = new Map(segments.map((segment, index) => [segment, index]));
  const services = new Map<string, ServiceDigest>();
  const calls = new Map(facts.calls.map((call) => [call.callee, call]));
  const entries = new Set(facts.entries);
  const views: RowDigest[] = [];

  const rows = segments.map((segment, index): SegmentDigest => {
    const row = rowOf(segment);
    if (segment.inferred) row.flags |= rowFlags.inferred;
    if (entries.has(segment)) {
      row.flags |= segment.parent_id === undefined ? rowFlags.parentless : rowFlags.orphan;
    }
    const service = serviceOf(segment);
    const call = calls.get(segment);
    if (call === undefined) return { ...row, service, caller: -1, view: index };
    return { ...row, service, caller: indexes.get(call.caller)!, view: viewOf(call.view, segment, index) };
  });

  function serviceOf(segment: Segment): ServiceDigest {
    const { id, key } = facts.participantOf(segment);
    const account = accountIdOf(segment);
    const identity = `${key}\n${account ?? ''}`;
    let service = services.get(identity);
    if (service === undefined) services.set(identity, (service = { id, account }));
    return service;
  }

  /** An inferred segment says what its caller saw: both then share a row. */
  function viewOf(view: Entity, callee: Segment, index: number): number {
    if (view === callee || (callee.inferred && saysTheSame(view, callee))) return index;
    views.push(rowOf(view));
    return segments.length + views.length - 1;
  }

  return {
    ...head,
    root: trace.root === undefined ? -1 : indexes.get(trace.root)!,
    segments: rows,
    views,
    attributes: attributesOf(trace),
  };
}

function headOf(trace: Trace): Head {
  let flags = trace.isPartial ? traceFlags.partial : 0;
  for (const segment of trace.segments) {
    if (segment.links !== undefined && segment.links.length > 0) flags |= traceFlags.links;
    forEachEntity(segment, (entity) => {
      const { error, throttle, fault } = flagsOf(entity);
      if (fault) flags |= traceFlags.anyFault;
      if (error || throttle) flags |= traceFlags.anyError;
    });
  }
  return {
    revision: trace.revision,
    idTail: idTail(trace.id),
    startTime: trace.startTime,
    endTime: trace.endTime,
    flags,
  };
}

/** The last eight digits of a trace id as a number, 0 to 2^32 - 1. */
export const idTail = (id: string): number => Number.parseInt(id.slice(-8), 16) >>> 0;

function rowOf(entity: Entity): RowDigest {
  const { error, throttle, fault } = flagsOf(entity);
  const { request, response } = entity.http ?? {};
  return {
    start: entity.start_time,
    end: isInProgress(entity) ? NaN : entity.end_time!,
    flags:
      (error ? rowFlags.error : 0) |
      (throttle ? rowFlags.throttle : 0) |
      (fault ? rowFlags.fault : 0) |
      (isOk(entity) ? rowFlags.ok : 0),
    status: response?.status,
    http: request && {
      url: request.url,
      method: request.method,
      userAgent: request.user_agent,
      clientIp: request.client_ip,
    },
  };
}

const saysTheSame = (a: Entity, b: Entity): boolean =>
  a.start_time === b.start_time &&
  a.end_time === b.end_time &&
  a.http === b.http &&
  a.error === b.error &&
  a.throttle === b.throttle &&
  a.fault === b.fault;

function attributesOf(trace: Trace): AttributeDigest[] {
  const indexed = traceFacts(trace).annotations;
  const attributes: AttributeDigest[] = [];
  trace.segments.forEach((segment, index) => {
    const add = (kind: number, value: AnnotationValue, key = '') =>
      attributes.push({ kind, key, value, segment: index });
    for (const zone of availabilityZonesOf(segment)) add(attributeKinds.availabilityZone, zone);
    for (const instance of instanceIdsOf(segment)) add(attributeKinds.instanceId, instance);
    for (const arn of arnsOf(segment)) add(attributeKinds.arn, arn);
    forEachEntity(segment, (entity) => {
      if (entity.user) add(entity === segment ? attributeKinds.user : attributeKinds.innerUser, entity.user);
      for (const key in entity.annotations) {
        if (indexed.has(key)) add(attributeKinds.annotation, entity.annotations[key]!, key);
      }
    });
  });
  return attributes;
}

/** Kept digests hold text as UTF-8 and HTTP status codes as small whole numbers. */
function isExpressible({ segments, views, attributes }: TraceDigest): boolean {
  return (
    segments.length + views.length <= rowsPerDigest &&
    attributes.length <= rowsPerDigest &&
    segments.every(({ service: { id, account } }) =>
      areWellFormed(id.Name, id.Type, id.AccountId, account),
    ) &&
    [...segments, ...views].every(
      ({ status, http }) =>
        isSmall(status) &&
        (http === undefined || areWellFormed(http.url, http.method, http.userAgent, http.clientIp)),
    ) &&
    attributes.every(({ key, value }) => areWellFormed(key, typeof value === 'string' ? value : undefined))
  );
}

const areWellFormed = (...texts: (string | undefined)[]) =>
  texts.every((text) => text === undefined || text.isWellFormed());

/** The largest status code a row can hold. */
export const largestStatus = 0xfffe;

const isSmall = (status: number | undefined) =>
  status === undefined ||
  (Number.isInteger(status) && status >= 0 && status <= largestStatus && !Object.is(status, -0));
