/**
 * The dictionary: the words of AWS X-Ray as types. Wire shapes keep AWS's capitals and snake_case; everything
 * that is ours is camelCase, so one glance tells which side of the wire a value is on.
 *
 * All times are epoch seconds with fractions, as X-Ray writes them.
 */

/** `1-<8 hex epoch seconds>-<24 hex>`, 35 characters. */
export type TraceId = string;

/** 16 hex digits, unique inside one trace: the id of a segment or a subsegment. */
export type EntityId = string;

/** The five things a request can be. Severity: fault > throttle > error > pending > ok. */
export type Status = 'ok' | 'error' | 'throttle' | 'fault' | 'pending';

/** An indexed value: `annotation.orderId = "A17"`. */
export type AnnotationValue = string | number | boolean;

/** One frame of a recorded stack; the Node SDK writes `line: null` for frames without one. */
export interface StackFrame {
  path?: string;
  line?: number | null;
  label?: string;
}

export interface Exception {
  id: string;
  message?: string;
  type?: string;
  /** The exception came from the service that was called. */
  remote?: boolean;
  truncated?: number;
  skipped?: number;
  /** Id of the exception that caused this one. */
  cause?: string;
  stack?: StackFrame[];
}

export interface Cause {
  /** Written by the Node SDK: the subsegment in which the exception was recorded. */
  id?: string;
  working_directory?: string;
  paths?: string[];
  exceptions?: Exception[];
}

export interface HttpRequest {
  method?: string;
  url?: string;
  user_agent?: string;
  client_ip?: string;
  x_forwarded_for?: boolean;
  traced?: boolean;
}

export interface HttpResponse {
  status?: number;
  content_length?: number | string;
}

export interface Http {
  request?: HttpRequest;
  response?: HttpResponse;
}

export interface Sql {
  connection_string?: string;
  url?: string;
  sanitized_query?: string;
  database_type?: string;
  database_version?: string;
  driver_version?: string;
  user?: string;
  preparation?: string;
}

/** A reference from one trace to another, e.g. from the consumer of a queue to its producer. */
export interface TraceLink {
  trace_id: TraceId;
  id: EntityId;
  attributes?: Record<string, unknown>;
}

/** What segments and subsegments share. */
export interface Entity {
  id: EntityId;
  name: string;
  start_time: number;
  end_time?: number;
  in_progress?: boolean;
  http?: Http;
  aws?: Record<string, unknown>;
  error?: boolean;
  throttle?: boolean;
  fault?: boolean;
  /** An object, or the id of an exception recorded elsewhere in the trace. */
  cause?: Cause | string;
  annotations?: Record<string, AnnotationValue>;
  metadata?: Record<string, unknown>;
  user?: string;
  subsegments?: Subsegment[];
}

/** A downstream call, or a block of the service's own code, timed by the caller. */
export interface Subsegment extends Entity {
  namespace?: string;
  traced?: boolean;
  precursor_ids?: EntityId[];
  sql?: Sql;
  /** Only on independent subsegments, which travel on their own. */
  type?: 'subsegment';
  trace_id?: TraceId;
  parent_id?: EntityId;
}

/** The work of one service for one request. */
export interface Segment extends Entity {
  trace_id: TraceId;
  /** The caller's subsegment (or, for Lambda, segment). Absent on a root segment. */
  parent_id?: EntityId;
  origin?: string;
  resource_arn?: string;
  service?: Record<string, unknown>;
  links?: TraceLink[];
  sql?: Sql;
  /** Made by X-Ray from a subsegment whose callee sent nothing. */
  inferred?: boolean;
}

/** A subsegment that travels on its own and says where it belongs. */
export type IndependentSubsegment = Subsegment & {
  type: 'subsegment';
  trace_id: TraceId;
  parent_id: EntityId;
};

/** What one element of `TraceSegmentDocuments` holds once it has been accepted. */
export type SegmentDocument = Segment | IndependentSubsegment;

/** Why a document was refused, in the words of `UnprocessedTraceSegments`. `Id` is the top-level document's. */
export interface Rejection {
  Id?: string;
  ErrorCode: string;
  Message: string;
}

/** One trace, assembled: subsegments attached, in-progress copies replaced, inferred segments added. */
export interface Trace {
  id: TraceId;
  /** Received segments first, in order of start; then inferred ones. */
  segments: readonly Segment[];
  /** The entry point: the parentless segment that started first. Absent only while no segment has arrived. */
  root: Segment | undefined;
  /** Earliest start of any segment, epoch seconds. */
  startTime: number;
  /** Latest end of any segment (its start while it is in progress), epoch seconds. */
  endTime: number;
  /** Independent subsegments whose parent has not arrived. They wait here, seen but not counted. */
  unattached: readonly IndependentSubsegment[];
  /** Some entity is still in progress. */
  isPartial: boolean;
  /** Documents were refused because the trace had grown past its size limit. */
  limitExceeded: boolean;
  /** Grows with every document that was merged. */
  revision: number;
}

/** A node's name and type, X-Ray's way to say "the same service". */
export interface ServiceId {
  Name: string;
  Names: string[];
  AccountId?: string;
  Type?: string;
}
