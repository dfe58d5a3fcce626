import { call } from './client.ts';
import type {
  BatchGetTracesOutput,
  GetServiceGraphOutput,
  GetTraceSummariesOutput,
  Service,
  TraceSummary,
} from './xray-wire.ts';

/** Calls one X-Ray operation through the control plane's read-only identity. Rejects with `LabError`. */
export const xray = <Output>(operation: string, input: object): Promise<Output> =>
  call<Output>('POST', `/lab/xray/${operation}`, input);

interface Bounds {
  start: number;
  end: number;
}

/** Every node of the service graph, all pages. */
export async function serviceGraph({ start, end }: Bounds): Promise<Service[]> {
  return graphPages('GetServiceGraph', { StartTime: start, EndTime: end });
}

/** The service graph of single traces. */
export const traceGraph = (ids: string[]): Promise<Service[]> =>
  graphPages('GetTraceGraph', { TraceIds: ids });

async function graphPages(operation: string, input: object): Promise<Service[]> {
  const services: Service[] = [];
  let token: string | undefined;
  do {
    const page: GetServiceGraphOutput = await xray(operation, token ? { ...input, NextToken: token } : input);
    services.push(...(page.Services ?? []));
    token = page.NextToken || undefined;
  } while (token);
  return services;
}

export interface Found {
  /** Newest first. */
  summaries: TraceSummary[];
  /** Traces scanned, matching or not. */
  scanned: number;
  /** There are more than were read. */
  more: boolean;
}

/** Reads summaries page by page up to `most`, as AWS's console does with its 1,000. */
export async function traceSummaries({ start, end }: Bounds, filter: string, most = 1000): Promise<Found> {
  const input = { StartTime: start, EndTime: end, ...(filter.trim() ? { FilterExpression: filter } : {}) };
  const summaries: TraceSummary[] = [];
  let scanned = 0;
  let token: string | undefined;
  do {
    const page: GetTraceSummariesOutput = await xray(
      'GetTraceSummaries',
      token ? { ...input, NextToken: token } : input,
    );
    summaries.push(...(page.TraceSummaries ?? []));
    scanned += page.TracesProcessedCount ?? 0;
    token = page.NextToken || undefined;
  } while (token && summaries.length < most);
  const startOf = (summary: TraceSummary) =>
    summary.StartTime ?? Number.parseInt(summary.Id.slice(2, 10), 16);
  const once = eachOnce(summaries).sort((a, b) => startOf(b) - startOf(a));
  return { summaries: once, scanned, more: token !== undefined };
}

/**
 * A trace may stand on two pages: while one reads page after page, it grows and moves. What was read last is the newest.
 */
export const eachOnce = (summaries: readonly TraceSummary[]): TraceSummary[] => [
  ...new Map(summaries.map((summary) => [summary.Id, summary])).values(),
];

export interface TraceDocuments {
  id: string;
  duration: number;
  limitExceeded: boolean;
  /** As BatchGetTraces returns them: each document is a string. */
  documents: { id: string; text: string }[];
}

/** One trace's documents, or undefined when X-Ray does not know the id. */
export async function traceDocuments(id: string): Promise<TraceDocuments | undefined> {
  let found: TraceDocuments | undefined;
  let token: string | undefined;
  do {
    const page: BatchGetTracesOutput = await xray('BatchGetTraces', {
      TraceIds: [id],
      ...(token ? { NextToken: token } : {}),
    });
    for (const trace of page.Traces ?? []) {
      found ??= {
        id,
        duration: trace.Duration ?? 0,
        limitExceeded: trace.LimitExceeded ?? false,
        documents: [],
      };
      for (const segment of trace.Segments ?? []) {
        if (segment.Document) found.documents.push({ id: segment.Id ?? '', text: segment.Document });
      }
    }
    token = page.NextToken || undefined;
  } while (token);
  return found;
}
