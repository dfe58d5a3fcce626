/** The `X-Amzn-Trace-Id` header: `Root=1-…;Parent=53995c3f42cd8ad8;Sampled=1`. */
import { isEntityId, isTraceId } from './trace-id.ts';
import type { EntityId, TraceId } from './vocabulary.ts';

export interface TraceHeader {
  root?: TraceId;
  /** The caller's subsegment (or segment). */
  parent?: EntityId;
  /** `1` record, `0` do not, `?` the callee is asked to decide and to tell. Absent: undecided. */
  sampled?: '0' | '1' | '?';
  /** Added by a load balancer: the id of this hop. */
  self?: TraceId;
  /** Lambda's loop detection; to be passed on untouched. */
  lineage?: string;
  /** Fields X-Ray does not know, to be passed on, in the order they came. */
  others: Readonly<Record<string, string>>;
}

/**
 * Reads a trace header. Keys may be in any order and case, with spaces around them, as the Node SDK reads them; a
 * known field whose value is malformed is left out, so that the callee starts a trace of its own.
 */
export function parseTraceHeader(text: string): TraceHeader {
  const header: TraceHeader = { others: {} };
  const others: [string, string][] = [];
  for (const field of text.split(';')) {
    const equals = field.indexOf('=');
    if (equals < 0) continue;
    const key = field.slice(0, equals).trim();
    const value = field.slice(equals + 1).trim();
    if (!readKnownField(header, key.toLowerCase(), value)) others.push([key, value]);
  }
  return { ...header, others: Object.fromEntries(others) };
}

/** Writes a trace header, X-Ray's own fields first. */
export function formatTraceHeader(header: Partial<TraceHeader>): string {
  const known: [string, string | undefined][] = [
    ['Root', header.root],
    ['Parent', header.parent],
    ['Sampled', header.sampled],
    ['Self', header.self],
    ['Lineage', header.lineage],
  ];
  return [...known, ...Object.entries(header.others ?? {})]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(';');
}

/** Says whether the key is one of X-Ray's own, and keeps its value if that is well formed. */
function readKnownField(header: TraceHeader, key: string, value: string): boolean {
  switch (key) {
    case 'root':
      if (isTraceId(value)) header.root = value;
      return true;
    case 'parent':
      if (isEntityId(value)) header.parent = value;
      return true;
    case 'sampled':
      if (value === '0' || value === '1' || value === '?') header.sampled = value;
      return true;
    case 'self':
      if (isTraceId(value)) header.self = value;
      return true;
    case 'lineage':
      header.lineage = value;
      return true;
    default:
      return key === '';
  }
}
