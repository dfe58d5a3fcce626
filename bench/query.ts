/**
 * How long readers wait, and how long writers wait for readers: filters and the service graph over 10,000 and more
 * traces through HTTP, and the calls of a steady ingestion meanwhile, also while the retention deletes.
 */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SegmentDocument } from '../xray/model/vocabulary.ts';
import { openStore } from '../xray/store/sqlite/index.ts';
import type { Bench, Row } from './bench.ts';
import { median, megabytes, percentileOf, ratio, RUNS, thousands, usageOf } from './measure.ts';
import { inTemporaryFolder, startApi, startMoto, type Running } from './programs.ts';
import { shopTraces, shopTraffic, type ShopDocument } from './shop-traces.ts';
import { bodiesOf, Connections, localCredentials, signed } from './signed-requests.ts';

/** Traces in the window of the queries. BENCH_TRACES names other sizes. */
const SIZES = (process.env['BENCH_TRACES'] ?? '10000,100000').split(',').map(Number);
/** The size the budgets are for. */
const BUDGET_SIZE = 100_000;
/** The store of that size is filled with older traces up to this many segments. */
const SEGMENTS_AT_RESTART = 1_000_000;
/** What the peer is loaded with: it takes minutes for more. */
const PEER_TRACES = 10_000;
const BUDGET = { queryMilliseconds: 250, putMilliseconds: 100, readySeconds: 5 };

/** What arrived less than two seconds ago is not indexed yet. */
const SETTLING_MILLISECONDS = 2_100;

/** The window: shorter than the six hours that GetServiceGraph allows. */
const WINDOW_SECONDS = 5.5 * 3600;
/** The steady ingestion beside the queries. */
const CALLS_PER_SECOND = 40;
const STEADY_SECONDS = 10;

interface Query {
  what: string;
  path: string;
  body: object;
  /** Must hold of the answer, so that a wrong answer is never a fast one. */
  isRight(answer: Answer): boolean;
}

interface Answer {
  TraceSummaries?: { Id: string }[];
  TracesProcessedCount?: number;
  Services?: { Name: string }[];
  NextToken?: string;
}

function queries(traces: number, start: number, end: number): Query[] {
  const window = { StartTime: start, EndTime: end };
  const filter = (FilterExpression: string, isRight: (found: number) => boolean): Query => ({
    what: FilterExpression,
    path: '/TraceSummaries',
    body: { ...window, FilterExpression },
    isRight: ({ TraceSummaries = [] }) => isRight(TraceSummaries.length),
  });
  return [
    filter(`annotation.orderId = "O${Math.floor(traces / 2)}"`, (found) => found === 1),
    filter('service("payment") { fault } AND responsetime > 1', (found) => found === 100),
    filter('edge("order", "payment") { fault } AND NOT http.status = 502', (found) => found === 0),
    filter('responsetime > 60', (found) => found === 0),
    {
      what: 'service graph',
      path: '/ServiceGraph',
      body: window,
      isRight: ({ Services = [] }) => new Set(Services.map(({ Name }) => Name)).size >= 8,
    },
  ];
}

/** One signed call: the peer finds the service it is to play in the signature. */
async function ask<Result = Answer>({ endpoint }: Running, path: string, body: object): Promise<Result> {
  const unsigned = [{ body: Buffer.from(JSON.stringify(body)), documents: 0 }];
  const [request] = await signed(unsigned, endpoint, localCredentials, path);
  const connections = new Connections(endpoint, 1);
  const { status, body: text } = await connections.send(request!).finally(() => connections.close());
  if (status !== 200) throw new Error(`${path} answered ${status}: ${text.toString().slice(0, 300)}`);
  return JSON.parse(text.toString()) as Result;
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ milliseconds: number; result: Result }> {
  const began = performance.now();
  const result = await work();
  return { milliseconds: performance.now() - began, result };
}

interface Filled {
  segments: number;
  /** Of the documents. */
  bytes: number;
  /** What the index of all traces cost. */
  indexSeconds: number;
  /** Id of the trace that retention forgets first. */
  oldest: string;
}

/** Fills a store without HTTP, and lets it do what it does in the background: it is the reading that is measured. */
async function fill(
  path: string,
  inWindow: number,
  start: number,
  end: number,
  leastSegments: number,
): Promise<Filled> {
  const store = openStore(path);
  let segments = 0;
  let waiting: SegmentDocument[] = [];
  const flush = () => {
    store.traces.put(waiting, end);
    segments += waiting.length;
    waiting = [];
  };
  let oldest = '';
  const add = (documents: readonly ShopDocument[]) => {
    oldest ||= documents[0]!.trace_id;
    waiting.push(...(documents as unknown as SegmentDocument[]));
    if (waiting.length >= 500) flush();
  };
  // The older ones first, as they would have arrived.
  const older = shopTraces({ count: leastSegments, start: start - 24 * 3600, end: start - 3600, seed: 2 });
  const estimated = inWindow * 5.39;
  for (const documents of older) {
    if (segments + waiting.length + estimated >= leastSegments) break;
    add(documents);
  }
  for (const documents of shopTraces({ count: inWindow, start, end, seed: 1 })) add(documents);
  flush();
  const began = performance.now();
  await sleep(SETTLING_MILLISECONDS);
  while (store.indexSlice(50));
  const indexSeconds = (performance.now() - began - SETTLING_MILLISECONDS) / 1000;
  const { bytes } = store.traces;
  store.close();
  return { segments, bytes, indexSeconds, oldest };
}

interface Timing {
  what: string;
  cold: number;
  warm: number[];
}

interface Measured {
  traces: number;
  segments: number;
  fileBytes: number;
  indexSeconds: number;
  readySeconds: number;
  timings: Timing[];
  memory: number;
  /** Milliseconds that each call of the steady ingestion waited, beside the queries. */
  putsBesideQueries: number[];
  queriesMeanwhile: number;
  putsBesideRetention: number[];
  tracesForgotten: boolean;
  fileBytesAfterRetention: number;
}

/** Never the cap of the store, unless it is what is measured. */
const roomy = { XRAY_STORE_MB: '1000000' };

async function measure(traces: number): Promise<Measured> {
  const end = Math.floor(Date.now() / 1000);
  const start = end - WINDOW_SECONDS;
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, 'xray.sqlite');
    const { segments, bytes, indexSeconds, oldest } = await fill(
      path,
      traces,
      start,
      end,
      traces === BUDGET_SIZE ? SEGMENTS_AT_RESTART : 0,
    );
    const fileBytes = statSync(path).size;
    let api = await startApi(path, roomy);
    const readySeconds = api.readyAfter / 1000;
    const timings: Timing[] = [];
    let memory: number;
    let besideQueries: number[];
    let queriesMeanwhile = 0;
    try {
      for (const { what, path: at, body, isRight } of queries(traces, start, end)) {
        const each: number[] = [];
        for (let run = 0; run <= RUNS; run++) {
          const { milliseconds, result } = await timed(() => ask(api, at, body));
          if (!isRight(result)) throw new Error(`${what}: ${JSON.stringify(result).slice(0, 300)}`);
          each.push(milliseconds);
        }
        timings.push({ what, cold: each[0]!, warm: each.slice(1) });
      }
      memory = usageOf(api.pid).peakBytes;

      const reading = queries(traces, start, end + STEADY_SECONDS);
      besideQueries = await steadyIngestion(api, end, async (isOver) => {
        for (; !isOver(); queriesMeanwhile++) {
          const { path: at, body } = reading[queriesMeanwhile % reading.length]!;
          await ask(api, at, body);
        }
      });
    } finally {
      await api.kill();
    }

    // A cap a tenth lower than what there is: the oldest traces have to go.
    const capMegabytes = Math.max(1, Math.floor((bytes * 0.9) / 1024 ** 2));
    api = await startApi(path, { XRAY_STORE_MB: String(capMegabytes) });
    try {
      const besideRetention = await steadyIngestion(api, end, () => sleep(0));
      const { Traces } = await ask<{ Traces: unknown[] }>(api, '/Traces', { TraceIds: [oldest] });
      return {
        traces,
        segments,
        fileBytes,
        indexSeconds,
        readySeconds,
        timings,
        memory,
        putsBesideQueries: besideQueries,
        queriesMeanwhile,
        putsBesideRetention: besideRetention,
        tracesForgotten: Traces.length === 0,
        fileBytesAfterRetention: statSync(path).size,
      };
    } finally {
      await api.kill();
      rmSync(path);
    }
  });
}

/** Sends calls at a fixed rate, whatever the answers take, beside some work. Returns how long each one waited. */
async function steadyIngestion(
  api: Running,
  after: number,
  beside: (isOver: () => boolean) => Promise<void>,
): Promise<number[]> {
  const documents = shopTraffic({
    count: Math.ceil((CALLS_PER_SECOND * STEADY_SECONDS * 50) / 5),
    start: after,
    end: after + STEADY_SECONDS,
    seed: after,
  });
  const bodies = bodiesOf(documents).slice(0, CALLS_PER_SECOND * STEADY_SECONDS);
  const requests = await signed(bodies, api.endpoint, localCredentials);
  const connections = new Connections(api.endpoint, 16);
  let isOver = false;
  const work = beside(() => isOver);
  const began = performance.now();
  const waits = await Promise.all(
    requests.map(async (request, index) => {
      await sleep(Math.max(0, began + (index * 1000) / CALLS_PER_SECOND - performance.now()));
      const asked = performance.now();
      const { status } = await connections.send(request);
      if (status !== 200) throw new Error(`PutTraceSegments answered ${status} beside other work.`);
      return performance.now() - asked;
    }),
  );
  isOver = true;
  await work;
  connections.close();
  return waits;
}

/** Every summary there is, page by page. */
async function allSummaries(target: Running, start: number, end: number): Promise<number> {
  let found = 0;
  let NextToken: string | undefined;
  do {
    const body = { StartTime: start, EndTime: end, ...(NextToken === undefined ? {} : { NextToken }) };
    const page: Answer = await ask(target, '/TraceSummaries', body);
    found += page.TraceSummaries?.length ?? 0;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** All summaries of the same traces: the one query the peer can answer. Interleaved. */
async function compareWithPeer(): Promise<{ ours: number[]; peer: number[] }> {
  const end = Math.floor(Date.now() / 1000) - 10;
  const start = end - WINDOW_SECONDS;
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, 'xray.sqlite');
    await fill(path, PEER_TRACES, start, end, 0);
    const api = await startApi(path, roomy);
    const moto = await startMoto();
    const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    try {
      const connections = new Connections(moto.endpoint, 4);
      const documents = [...shopTraces({ count: PEER_TRACES, start, end, seed: 1 })].flat();
      for (const request of await signed(bodiesOf(documents), moto.endpoint, localCredentials)) {
        await connections.send(request);
      }
      connections.close();
      for (let run = 0; run < RUNS; run++) {
        for (const [side, target] of [['ours', api] as const, ['peer', moto] as const]) {
          const { milliseconds, result } = await timed(() => allSummaries(target, start - 60, end + 60));
          if (result !== PEER_TRACES) throw new Error(`${side} gave ${result} summaries of ${PEER_TRACES}.`);
          times[side].push(milliseconds);
        }
      }
      return times;
    } finally {
      await api.kill();
      await moto.kill();
    }
  });
}

const inMilliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

function rowsOf(measured: Measured): Row[] {
  const { traces, segments, timings, putsBesideQueries, putsBesideRetention } = measured;
  const isBudgeted = traces === BUDGET_SIZE;
  const size = thousands(traces);
  const own = (what: string, ours: string, budget = '–', kept = true): Row => ({
    what,
    ours,
    peer: '–',
    ratio: '–',
    budget,
    kept,
  });
  const longest = (waits: number[]) =>
    `${inMilliseconds(Math.max(...waits))} (p50 ${inMilliseconds(median(waits))}, p99 ${inMilliseconds(percentileOf(waits, 0.99))})`;
  const isShort = (waits: number[]) => !isBudgeted || Math.max(...waits) <= BUDGET.putMilliseconds;
  const putBudget = isBudgeted ? `≤ ${BUDGET.putMilliseconds} ms` : '–';
  return [
    ...timings.map(({ what, cold, warm }) =>
      own(
        `${what}, ${size} traces`,
        `${inMilliseconds(median(warm))} (first ${inMilliseconds(cold)})`,
        isBudgeted ? `≤ ${BUDGET.queryMilliseconds} ms` : '–',
        !isBudgeted || median(warm) <= BUDGET.queryMilliseconds,
      ),
    ),
    own(
      `longest wait of a put beside these queries, ${size} traces`,
      longest(putsBesideQueries),
      putBudget,
      isShort(putsBesideQueries),
    ),
    own(
      `longest wait of a put beside retention, ${size} traces`,
      longest(putsBesideRetention),
      putBudget,
      isShort(putsBesideRetention) && measured.tracesForgotten,
    ),
    own(
      `ready after a start, ${thousands(segments)} segments`,
      `${measured.readySeconds.toFixed(2)} s`,
      isBudgeted ? `≤ ${BUDGET.readySeconds} s` : '–',
      !isBudgeted || measured.readySeconds <= BUDGET.readySeconds,
    ),
    own(`peak resident memory, ${thousands(segments)} segments`, megabytes(measured.memory)),
    own(
      `file, ${thousands(segments)} segments; after a tenth was forgotten`,
      `${megabytes(measured.fileBytes)}; ${megabytes(measured.fileBytesAfterRetention)}`,
    ),
  ];
}

export async function benchQuery(): Promise<Bench> {
  const compared = await compareWithPeer();
  const all: Measured[] = [];
  for (const traces of SIZES) all.push(await measure(traces));

  const [us, them] = [median(compared.ours), median(compared.peer)];
  return {
    name: `query (medians of ${RUNS} runs after the first; beside the peer interleaved)`,
    peer: "moto's server, from PyPI. It refuses every filter expression and answers an empty service graph, so it is compared where it can be",
    rows: [
      {
        what: `every summary of ${thousands(PEER_TRACES)} traces, no filter`,
        ours: inMilliseconds(us),
        peer: inMilliseconds(them),
        ratio: ratio(us, them),
        budget: '–',
        kept: true,
      },
      ...all.flatMap(rowsOf),
    ],
    raw: { compared, all },
    notes: [
      "The peer's summaries hold an id, a duration and three flags, in one page; ours are whole, in pages of 100.",
      `Through HTTP, one reader. Steady ingestion: ${CALLS_PER_SECOND} calls a second with 50 documents each, for ${STEADY_SECONDS} s; what a put waits includes its own work.`,
      `The store with ${thousands(BUDGET_SIZE)} traces in the window holds older ones too, ${thousands(SEGMENTS_AT_RESTART)} segments in all. Retention: started with a cap that is a tenth lower than what is stored.`,
      'Other sizes: BENCH_TRACES=1000000 npm run bench -- query.',
    ],
  };
}
