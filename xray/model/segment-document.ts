/**
 * Reads one element of PutTraceSegments' `TraceSegmentDocuments`. Strict about the few members a trace cannot be
 * joined without, liberal about the rest: real SDKs send much that the published schema does not allow. Members that
 * X-Ray does not know are dropped, as X-Ray does.
 *
 * Written by hand rather than with a schema library, because every segment passes here.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
import { canonicalType } from './node-types.ts';
import { isEntityId, isTraceId, traceIdTime } from './trace-id.ts';
import type {
  AnnotationValue,
  Cause,
  Entity,
  Exception,
  Http,
  IndependentSubsegment,
  Rejection,
  Segment,
  SegmentDocument,
  Sql,
  StackFrame,
  Subsegment,
  TraceLink,
} from './vocabulary.ts';

export const limits = {
  /** AWS documents 64 KB for one document. */
  documentBytes: 64 * 1024,
  /**
   * Ours, in characters: a longer text is refused unread, so its rejection has no id. As many small values as it can hold are read
   * in some 10 ms.
   */
  readableLength: 256 * 1024,
  nameLength: 200,
  annotationKeyLength: 500,
  /** AWS's quota. What it does with more is not published: ours keeps the first ones. */
  linksPerSegment: 20,
  /**
   * Ours: 23:59:59 of 31 December 9999. X-Ray names no last moment; a later one is no time in seconds (but, say, in
   * milliseconds), and would break every client that makes a date of it.
   */
  latestTime: 253_402_300_799,
  /** Ours: X-Ray does not say how deep metadata may go; without a limit a hostile document overflows the stack. */
  nestingDepth: 200,
} as const;

/**
 * The codes in `UnprocessedTraceSegments`. The first block has been seen from the real service; those of the second
 * are formed by analogy, no public report shows them.
 */
export const rejectionCodes = {
  invalidTraceId: 'InvalidTraceId',
  missingId: 'MissingId',
  missingName: 'MissingName',
  invalidName: 'InvalidName',
  missingEndTime: 'MissingEndTime',
  missingParentId: 'MissingParentId',
  tooLarge: 'InvalidSegment',

  notJson: 'ParseError',
  missingTraceId: 'MissingTraceId',
  missingStartTime: 'MissingStartTime',
  invalidId: 'InvalidId',
  invalidStartTime: 'InvalidStartTime',
  invalidEndTime: 'InvalidEndTime',
  invalidParentId: 'InvalidParentId',
} as const;

/**
 * How far the time in a trace id may lie from now, seconds, where that is asked for. AWS's old guide refuses ids that
 * are too old, its current API text checks no time at all: so by default nobody asks.
 */
export const traceIdAge = { oldest: 30 * 24 * 60 * 60, ahead: 24 * 60 * 60 } as const;

/** Letters, digits and whitespace of any script, and these signs. AWS's guide also lists the backslash. */
const namePattern = /^[\p{L}\p{N}\p{Z}\s_.:/%&#=+\-@\\]+$/u;
const plainNamePattern = /^[\w .:/%&#=+\-@]+$/;

/**
 * Letters, digits and underscores; since about 2024 also dots. AWS services write reserved keys with a colon
 * (`aws:api_id`). An annotation under any other key is dropped without a word, and its segment accepted.
 */
const annotationKeyPattern = /^[A-Za-z0-9_.:]+$/;

type Json = Record<string, unknown>;
type Kind = 'segment' | 'subsegment';

/** Thrown and caught in this file only. */
class Refusal extends Error {
  code: string;
  kind: Kind;

  constructor(code: string, kind: Kind) {
    super(code);
    this.code = code;
    this.kind = kind;
  }
}

/**
 * Reads a segment (complete or in progress), an independent subsegment, or a JSON array of independent subsegments.
 * The document stands or falls as a whole: one bad subsegment refuses it.
 * @param options.checkTraceIdAt epoch seconds; given, trace ids whose time is too far from it are refused, see traceIdAge
 * @returns the accepted documents, or the entry X-Ray puts into `UnprocessedTraceSegments`
 */
export function parseSegmentDocument(
  text: string,
  options: { checkTraceIdAt?: number | undefined } = {},
): { accepted: SegmentDocument[] } | { rejected: Rejection } {
  let current: unknown;
  try {
    // Far too long a text is not even searched for its id.
    if (text.length > limits.readableLength) throw new Refusal(rejectionCodes.tooLarge, 'segment');
    current = parseJson(text);
    if (isLongerThan(text, limits.documentBytes)) throw new Refusal(rejectionCodes.tooLarge, kindOf(current));
    if (!Array.isArray(current)) return { accepted: [readDocument(current, options.checkTraceIdAt)] };
    if (current.length === 0) throw new Refusal(rejectionCodes.missingId, 'segment');

    const accepted: SegmentDocument[] = [];
    for (const element of current) {
      current = element;
      accepted.push(readDocument(element, options.checkTraceIdAt));
    }
    return { accepted };
  } catch (error) {
    if (error instanceof Refusal) return { rejected: rejection(error, current) };
    throw error;
  }
}

/** X-Ray's words for a refusal. `Id` is the top-level document's, also when a subsegment inside is to blame. */
function rejection({ code, kind }: Refusal, document: unknown): Rejection {
  const id = isObject(document) && typeof document.id === 'string' ? document.id : '';
  const Message =
    kind === 'segment'
      ? `Invalid segment. ErrorCode: ${code}`
      : `Invalid subsegment. ErrorCode: ${code}, Cause: null`;
  return { ...(id === '' ? {} : { Id: id }), ErrorCode: code, Message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(rejectionCodes.notJson, 'segment');
  }
}

function isLongerThan(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  // One UTF-16 unit takes at most three bytes in UTF-8, so short texts need no counting.
  if (text.length * 3 <= bytes) return false;
  return new TextEncoder().encode(text).length > bytes;
}

const kindOf = (document: unknown): Kind =>
  isObject(document) && document.type === 'subsegment' ? 'subsegment' : 'segment';

function readDocument(document: unknown, now: number | undefined): SegmentDocument {
  if (!isObject(document)) throw new Refusal(rejectionCodes.notJson, 'segment');
  const kind = kindOf(document);
  const read = kind === 'subsegment' ? readIndependentSubsegment(document) : readSegment(document);
  if (now !== undefined) {
    const age = now - traceIdTime(read.trace_id);
    if (age > traceIdAge.oldest || age < -traceIdAge.ahead)
      throw new Refusal(rejectionCodes.invalidTraceId, kind);
  }
  return read;
}

// Members are set in the order of X-Ray's own processed documents.
function readSegment(source: Json): Segment {
  const segment = readIdentity(source, 'segment', source.in_progress === true) as Segment;
  segment.trace_id = traceId(source, 'segment');

  const parentId = source.parent_id;
  if (isPresent(parentId)) {
    if (!isEntityId(parentId)) throw new Refusal(rejectionCodes.invalidParentId, 'segment');
    segment.parent_id = parentId;
  }
  if (source.inferred === true) segment.inferred = true;
  readShared(source, segment, 'segment');
  if (isText(source.origin)) segment.origin = canonicalType(source.origin);
  if (isText(source.resource_arn)) segment.resource_arn = source.resource_arn;
  if (isObject(source.service)) segment.service = shallowEnough(source.service, 'segment');
  if (Array.isArray(source.links)) segment.links = readLinks(source.links);
  readSubsegments(source, segment);
  return segment;
}

function readIndependentSubsegment(source: Json): IndependentSubsegment {
  const subsegment = readIdentity(
    source,
    'subsegment',
    source.in_progress === true,
  ) as unknown as IndependentSubsegment;
  subsegment.type = 'subsegment';
  subsegment.trace_id = traceId(source, 'subsegment');
  if (!isPresent(source.parent_id)) throw new Refusal(rejectionCodes.missingParentId, 'subsegment');
  if (!isEntityId(source.parent_id)) throw new Refusal(rejectionCodes.invalidParentId, 'subsegment');
  subsegment.parent_id = source.parent_id;
  readSubsegmentMembers(source, subsegment);
  return subsegment;
}

function readEmbeddedSubsegment(source: unknown, parentInProgress: boolean): Subsegment {
  if (!isObject(source)) throw new Refusal(rejectionCodes.missingId, 'subsegment');
  // Only a finished segment must have finished subsegments: while it runs, an open one is simply in progress.
  const subsegment: Subsegment = readIdentity(
    source,
    'subsegment',
    source.in_progress === true || parentInProgress,
  );
  readSubsegmentMembers(source, subsegment);
  return subsegment;
}

function readSubsegmentMembers(source: Json, subsegment: Subsegment): void {
  if (isText(source.namespace)) subsegment.namespace = source.namespace;
  if (typeof source.traced === 'boolean') subsegment.traced = source.traced;
  if (Array.isArray(source.precursor_ids)) subsegment.precursor_ids = source.precursor_ids.filter(isEntityId);
  readShared(source, subsegment, 'subsegment');
  readSubsegments(source, subsegment);
}

/** The members an entity cannot do without. A document with an end is complete, even if it claims otherwise. */
function readIdentity(source: Json, kind: Kind, mayBeInProgress: boolean): Entity {
  const { id, name, start_time, end_time } = source;
  if (!isPresent(id)) throw new Refusal(rejectionCodes.missingId, kind);
  if (!isEntityId(id)) throw new Refusal(rejectionCodes.invalidId, kind);
  if (!isPresent(name)) throw new Refusal(rejectionCodes.missingName, kind);
  if (!isName(name)) throw new Refusal(rejectionCodes.invalidName, kind);
  if (!isPresent(start_time)) throw new Refusal(rejectionCodes.missingStartTime, kind);
  if (!isTime(start_time)) throw new Refusal(rejectionCodes.invalidStartTime, kind);
  if (isPresent(end_time)) {
    if (!isTime(end_time)) throw new Refusal(rejectionCodes.invalidEndTime, kind);
    return { id, name, start_time, end_time };
  }
  if (!mayBeInProgress) throw new Refusal(rejectionCodes.missingEndTime, kind);
  return { id, name, start_time, in_progress: true };
}

function traceId(source: Json, kind: Kind): string {
  if (!isPresent(source.trace_id)) throw new Refusal(rejectionCodes.missingTraceId, kind);
  // Only the form is checked. AWS's current API text says that the time inside a trace id is not validated.
  if (!isTraceId(source.trace_id)) throw new Refusal(rejectionCodes.invalidTraceId, kind);
  return source.trace_id;
}

function readShared(source: Json, entity: Entity & { sql?: Sql }, kind: Kind): void {
  if (isObject(source.http)) entity.http = readHttp(source.http);
  if (isObject(source.aws)) entity.aws = shallowEnough(source.aws, kind);
  if (typeof source.error === 'boolean') entity.error = source.error;
  if (typeof source.throttle === 'boolean') entity.throttle = source.throttle;
  if (typeof source.fault === 'boolean') entity.fault = source.fault;
  if (isText(source.cause)) entity.cause = source.cause;
  else if (isObject(source.cause)) entity.cause = readCause(source.cause);
  if (isObject(source.sql)) entity.sql = pick<Sql>(source.sql, sqlMembers);
  if (isObject(source.annotations)) entity.annotations = readAnnotations(source.annotations);
  if (isObject(source.metadata)) entity.metadata = shallowEnough(source.metadata, kind);
  if (isText(source.user)) entity.user = source.user;
}

function readSubsegments(source: Json, entity: Entity): void {
  const { subsegments } = source;
  if (!Array.isArray(subsegments) || subsegments.length === 0) return;
  const parentInProgress = entity.end_time === undefined;
  entity.subsegments = subsegments.map((element) => readEmbeddedSubsegment(element, parentInProgress));
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPresent = (value: unknown) => value !== undefined && value !== null && value !== '';
const isText = (value: unknown): value is string => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
/** JSON can write numbers that JavaScript reads as Infinity (`1e999`), which cannot be written back. */
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
/** The API's models say Integer: 32 bits, and clients in strict languages fail on anything else. */
const isStatus: Check = (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
const isNumberOrText: Check = (value) => isNumber(value) || typeof value === 'string';
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= limits.latestTime;
const isName = (value: unknown): value is string =>
  isText(value) &&
  value.length <= limits.nameLength &&
  (plainNamePattern.test(value) || namePattern.test(value));

const requestMembers = {
  method: isText,
  url: isText,
  user_agent: isText,
  client_ip: isText,
  x_forwarded_for: isBoolean,
  traced: isBoolean,
};
/** The JavaScript SDK v2 writes `content_length` as text; -1 means unknown. */
const responseMembers = { status: isStatus, content_length: isNumberOrText };
const sqlMembers = {
  connection_string: isText,
  url: isText,
  sanitized_query: isText,
  database_type: isText,
  database_version: isText,
  driver_version: isText,
  user: isText,
  preparation: isText,
};
const exceptionMembers = {
  id: isText,
  message: isText,
  type: isText,
  remote: isBoolean,
  truncated: isNumber,
  skipped: isNumber,
  cause: isText,
};
const frameMembers = {
  path: isText,
  line: (value: unknown) => value === null || isNumber(value),
  label: isText,
};
const causeMembers = { id: isText, working_directory: isText };

/** Copies the members that X-Ray knows, where they have the type they should have. */
function pick<Shape extends object>(source: Json, members: Record<string, Check>): Shape {
  const picked: Json = {};
  for (const member in members) {
    const value = source[member];
    if (value !== undefined && members[member]?.(value)) picked[member] = value;
  }
  return picked as Shape;
}

function readHttp(source: Json): Http {
  const http: Http = {};
  if (isObject(source.request)) http.request = pick(source.request, requestMembers);
  if (isObject(source.response)) http.response = pick(source.response, responseMembers);
  return http;
}

function readCause(source: Json): Cause {
  const cause = pick<Cause>(source, causeMembers);
  if (Array.isArray(source.paths)) cause.paths = source.paths.filter(isText);
  if (Array.isArray(source.exceptions))
    cause.exceptions = source.exceptions.filter(isObject).map(readException);
  return cause;
}

function readException(source: Json): Exception {
  const exception = pick<Exception>(source, exceptionMembers);
  if (Array.isArray(source.stack)) {
    exception.stack = source.stack.filter(isObject).map((frame) => pick<StackFrame>(frame, frameMembers));
  }
  return exception;
}

function readAnnotations(source: Json): Record<string, AnnotationValue> {
  const annotations: Record<string, AnnotationValue> = {};
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (isAnnotationValue(value) && isAnnotationKey(key)) annotations[key] = value;
  }
  return annotations;
}

const isAnnotationValue = (value: unknown): value is AnnotationValue =>
  typeof value === 'string' || isNumber(value) || typeof value === 'boolean';

// `__proto__` fits the pattern, but cannot be set like other members; nobody means it.
const isAnnotationKey = (key: string) =>
  key.length <= limits.annotationKeyLength && annotationKeyPattern.test(key) && key !== '__proto__';

function readLinks(source: unknown[]): TraceLink[] {
  const links: TraceLink[] = [];
  for (const link of source) {
    if (links.length === limits.linksPerSegment) break;
    if (!isObject(link) || !isTraceId(link.trace_id) || !isEntityId(link.id)) continue;
    const { trace_id, id, attributes } = link;
    links.push(
      isObject(attributes)
        ? { trace_id, id, attributes: shallowEnough(attributes, 'segment') }
        : { trace_id, id },
    );
  }
  return links;
}

/** `aws`, `service`, `metadata` and link attributes are kept as they are, whatever they hold. */
function shallowEnough(value: Json, kind: Kind): Json {
  if (isDeeperThan(value, limits.nestingDepth)) throw new Refusal(rejectionCodes.notJson, kind);
  return value;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(value)) return value.some((element) => isDeeperThan(element, depth - 1));
  for (const key in value) {
    if (isDeeperThan((value as Json)[key], depth - 1)) return true;
  }
  return false;
}
