import { assembleTrace } from './assemble.ts';
import type { Entity, SegmentDocument, Subsegment, Trace, TraceId } from './vocabulary.ts';
import type { Service, TraceSummary } from './wire.ts';

/**
 * Reads traces the way every client of AWS X-Ray does: summaries by time and filter, then documents by id. It
 * does no I/O of its own: the call is handed in, so the same reader works over `@aws-sdk/client-xray` and over
 * HTTP, against this lab and against AWS.
 */

/** Calls one X-Ray operation and resolves to its output. Rejects with an error whose `name` is X-Ray's. */
export type SendXRay = (operation: string, input: object) => Promise<unknown>;

/** Epoch seconds; the end is outside. */
export interface TimeRange {
  start: number;
  end: number;
}

export interface XRayReader {
  /** Every summary in the range, all pages, newest first. */
  summaries(query: TimeRange & { filter?: string }): Promise<TraceSummary[]>;
  /** The whole traces, in the order asked for; ids that X-Ray does not know are left out. */
  traces(ids: readonly TraceId[]): Promise<Trace[]>;
  graph(range: TimeRange): Promise<Service[]>;
}

/** X-Ray refuses a sixth id in one BatchGetTraces call. */
const IDS_PER_CALL = 5;

/** X-Ray refuses long windows ("Time range cannot be longer than …"), so a long range is read in slices. */
const LONGEST_WINDOW_SECONDS = 6 * 60 * 60;

/**
 * A reader over any way to call X-Ray.
 * @param send called with AWS's operation name (`GetTraceSummaries`) and its input, times as `Date`.
 */
export function xrayReader(send: SendXRay): XRayReader {
  return {
    async summaries({ start, end, filter }) {
      const found = new Map<TraceId, TraceSummary>();
      for (const slice of slices({ start, end })) {
        const input = { ...window(slice), ...(filter === undefined ? {} : { FilterExpression: filter }) };
        for await (const page of pages(send, 'GetTraceSummaries', input)) {
          for (const summary of list<WireSummary>(page.TraceSummaries)) {
            if (summary.Id) found.set(summary.Id, summaryOf(summary));
          }
        }
      }
      return [...found.values()].sort((a, b) => b.StartTime - a.StartTime);
    },

    async traces(ids) {
      const found = new Map<TraceId, Trace>();
      for (let from = 0; from < ids.length; from += IDS_PER_CALL) {
        const input = { TraceIds: ids.slice(from, from + IDS_PER_CALL) };
        for await (const page of pages(send, 'BatchGetTraces', input)) {
          for (const trace of list<WireTrace>(page.Traces)) if (trace.Id) found.set(trace.Id, traceOf(trace));
        }
      }
      return ids.flatMap((id) => found.get(id) ?? []);
    },

    async graph(range) {
      const nodes: Service[] = [];
      for await (const page of pages(send, 'GetServiceGraph', window(range))) {
        nodes.push(...list<Service>(page.Services));
      }
      return nodes;
    },
  };
}

type WireSummary = Omit<TraceSummary, 'StartTime'> & { StartTime?: Date | string | number };

interface WireTrace {
  Id?: string;
  LimitExceeded?: boolean;
  Segments?: { Id?: string; Document?: string }[];
}

async function* pages(send: SendXRay, operation: string, input: object) {
  let token: string | undefined;
  do {
    const page = (await send(operation, token ? { ...input, NextToken: token } : input)) as Record<
      string,
      unknown
    >;
    yield page;
    token = typeof page.NextToken === 'string' && page.NextToken !== '' ? page.NextToken : undefined;
  } while (token);
}

function slices({ start, end }: TimeRange): TimeRange[] {
  const all: TimeRange[] = [];
  for (let from = start; from < end; from += LONGEST_WINDOW_SECONDS) {
    all.push({ start: from, end: Math.min(from + LONGEST_WINDOW_SECONDS, end) });
  }
  return all;
}

const window = ({ start, end }: TimeRange) => ({
  StartTime: new Date(start * 1000),
  EndTime: new Date(end * 1000),
});

const list = <Item>(value: unknown): Item[] => (Array.isArray(value) ? (value as Item[]) : []);

const summaryOf = (summary: WireSummary): TraceSummary => ({
  ...summary,
  StartTime: epochSeconds(summary.StartTime) ?? Number.parseInt(summary.Id.slice(2, 10), 16),
});

/** The SDK hands out a Date, JSON carries epoch seconds or an ISO date. */
function epochSeconds(time: Date | string | number | undefined): number | undefined {
  if (time === undefined || typeof time === 'number') return time;
  const milliseconds = typeof time === 'string' ? Date.parse(time) : time.getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** BatchGetTraces has already added the inferred segments; joining its documents again gives the same trace. */
function traceOf({ Id, LimitExceeded, Segments }: WireTrace): Trace {
  const documents = list<{ Document?: string }>(Segments).flatMap(({ Document }) =>
    Document ? [JSON.parse(Document) as SegmentDocument] : [],
  );
  return assembleTrace(Id ?? '', documents, { limitExceeded: LimitExceeded ?? false });
}

/** Every subsegment below a segment or subsegment, parents before children. */
export function everySubsegment(entity: Entity): Subsegment[] {
  return (entity.subsegments ?? []).flatMap((child) => [child, ...everySubsegment(child)]);
}
