import { call, LabError } from './client.ts';
import type {
  BatchGetTracesOutput,
  GetServiceGraphOutput,
  GetTraceSummariesOutput,
  Service,
  TraceSummary,
} from './xray-wire.ts';

/** Calls one X-Ray operation through the control plane's read-only identity. Rejects with `LabError`. */
export const xray = <Output>(operation: string, input: object, signal?: AbortSignal): Promise<Output> =>
  call<Output>('POST', `/lab/xray/${operation}`, input, signal);

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

export interface Page {
  summaries: TraceSummary[];
  /** Traces looked at, matching or not. */
  scanned: number;
  /** For the page that follows; undefined for the last one. */
  token: string | undefined;
}

/** One page of summaries. Waits and asks again while X-Ray says that it is asked too often. */
export async function summariesPage(
  { start, end }: Bounds,
  filter: string,
  token?: string,
  signal?: AbortSignal,
): Promise<Page> {
  const input = {
    StartTime: start,
    EndTime: end,
    ...(filter.trim() ? { FilterExpression: filter } : {}),
    ...(token === undefined ? {} : { NextToken: token }),
  };
  const page = await patiently(
    () => xray<GetTraceSummariesOutput>('GetTraceSummaries', input, signal),
    signal,
  );
  return {
    summaries: page.TraceSummaries ?? [],
    scanned: page.TracesProcessedCount ?? 0,
    token: page.NextToken || undefined,
  };
}

/** How many traces match, counted up to a thousand. */
export async function countTraces(bounds: Bounds, filter: string): Promise<number> {
  let count = 0;
  let token: string | undefined;
  do {
    const page = await summariesPage(bounds, filter, token);
    count += page.summaries.length;
    ({ token } = page);
  } while (token && count < 1000);
  return count;
}

/** The newest trace; undefined when there is none. */
export async function newestTrace(bounds: Bounds): Promise<TraceSummary | undefined> {
  return (await summariesPage(bounds, '')).summaries[0];
}

const tries = 6;

async function patiently<Output>(ask: () => Promise<Output>, signal?: AbortSignal): Promise<Output> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LabError) || error.status !== 429 || attempt === tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250 * attempt));
      signal?.throwIfAborted();
    }
  }
}

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
