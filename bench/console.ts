/**
 * What a reader of the console waits for, and how long the page stands still meanwhile: Chromium before the API and the lab's
 * process, with traces of the shop that came through PutTraceSegments. The shop itself does not run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { launchChromium, missingChromium } from '../tests/chromium.ts';
import type { Bench, Row } from './bench.ts';
import {
  drawn,
  mainThreadDuring,
  seenOn,
  watchFor,
  type MainThread,
  type Seen,
  type Sight,
} from './console-page.ts';
import { median, ratio, RUNS, thousands, usageOf } from './measure.ts';
import { inTemporaryFolder, startApiAndLab, type Running } from './programs.ts';
import { shopTraces } from './shop-traces.ts';
import { bodiesOf, Connections, localCredentials, signed } from './signed-requests.ts';

const TRACES = Number(process.env['BENCH_TRACES'] ?? 10_000);
/** From the first trace to the last. */
const SPAN_SECONDS = 3600;
/** Segments and subsegments of the large trace: what X-Ray's 500 KB a trace have room for. */
const ROWS = 5000;
const ROWS_PER_SEGMENT = 100;

const BUDGET = {
  firstMilliseconds: 500,
  wholeMilliseconds: 2000,
  taskMilliseconds: 100,
  rawMilliseconds: 300,
};

interface Opened {
  seen: Seen;
  thread: MainThread;
  /** CPU milliseconds of the API and of the lab's process meanwhile. */
  api: number;
  lab: number;
}

interface Stage {
  browser: Browser;
  api: Running;
  lab: Running;
  largeTrace: string;
  /** One of the shop's. */
  trace: string;
  /** Around the shop's traces, epoch seconds. It stands still, so that none falls out while the bench goes on. */
  window: { start: number; end: number };
}

export async function benchConsole(): Promise<Bench> {
  if (missingChromium) throw new Error(missingChromium);
  return inTemporaryFolder(async (folder) => {
    const { api, lab } = await startApiAndLab(folder);
    const browser = await launchChromium();
    try {
      const ids = await fill(api);
      await rest(api);
      return report(await measureAll({ browser, api, lab, ...ids }));
    } finally {
      await browser.close();
      await lab.kill();
      await api.kill();
    }
  });
}

/** Everything through the API, as a daemon would bring it. */
async function fill(api: Running): Promise<Pick<Stage, 'largeTrace' | 'trace' | 'window'>> {
  const end = Math.floor(Date.now() / 1000) - 60;
  const traces = [...shopTraces({ count: TRACES, start: end - SPAN_SECONDS, end, seed: 1 })];
  // Outside the window that the list shows.
  const large = largeTrace(end - 2 * 3600);
  const requests = await signed(bodiesOf([...large, ...traces.flat()]), api.endpoint, localCredentials);
  const connections = new Connections(api.endpoint, 4);
  try {
    for (const request of requests) {
      const { status, body } = await connections.send(request);
      const refused = (JSON.parse(body.toString()) as { UnprocessedTraceSegments?: unknown[] })
        .UnprocessedTraceSegments;
      if (status !== 200 || refused?.length)
        throw new Error(`PutTraceSegments answered ${status}: ${body.toString().slice(0, 300)}`);
    }
  } finally {
    connections.close();
  }
  return {
    largeTrace: large[0]!.trace_id,
    trace: traces.at(-1)![0]!.trace_id,
    window: { start: end - SPAN_SECONDS, end },
  };
}

/** One trace of `ROWS` rows: a root, and segments under it with steps inside. */
function largeTrace(start: number) {
  const hex = (value: number) => value.toString(16).padStart(16, '0');
  const traceId = `1-${start.toString(16)}-${'5'.repeat(24)}`;
  const segments = ROWS / ROWS_PER_SEGMENT;
  return Array.from({ length: segments }, (_, segment) => {
    const at = start + segment / 10;
    const id = (row: number) => hex(segment * ROWS_PER_SEGMENT + row + 1);
    return {
      trace_id: traceId,
      id: id(0),
      name: `worker-${segment}`,
      start_time: at,
      end_time: at + 1,
      // Under the first step of the one before, but for the root.
      ...(segment > 0 && { parent_id: hex((segment - 1) * ROWS_PER_SEGMENT + 2) }),
      subsegments: Array.from({ length: ROWS_PER_SEGMENT - 1 }, (_, step) => ({
        id: id(step + 1),
        name: `step ${step}`,
        start_time: at + step / 100,
        end_time: at + (step + 1) / 100,
      })),
    };
  });
}

/** Until the API has nothing left to do of what arrived. */
async function rest({ pid }: Running): Promise<void> {
  await sleep(3000);
  for (let before = usageOf(pid).cpuSeconds; ;) {
    await sleep(1000);
    const now = usageOf(pid).cpuSeconds;
    if (now - before < 0.1) return;
    before = now;
  }
}

interface Measured {
  traces: Opened[];
  /** The same data in the least page that shows it. */
  bare: Opened[];
  sorting: MainThread[];
  map: Opened[];
  trace: Opened[];
  large: Opened[];
  raw: MainThread[];
  /** The same documents, pretty-printed into one element. */
  pre: MainThread[];
}

const whole = { selector: '[role=status]', text: `${thousands(TRACES)} traces` };
const listed = { first: 'tbody tr', whole };

async function measureAll(stage: Stage): Promise<Measured> {
  const all: Measured = {
    traces: [],
    bare: [],
    sorting: [],
    map: [],
    trace: [],
    large: [],
    raw: [],
    pre: [],
  };
  // The first round does not count: the browser compiles the scripts, the API reads what it then remembers.
  for (let run = 0; run <= RUNS; run++) {
    const round = {
      ...(await tracesPage(stage)),
      bare: await openedBare(stage),
      map: await openedOnly(stage, `/console/map/?${rangeOf(stage)}`, { first: '.drawing .node' }),
      trace: await openedOnly(stage, `/console/trace/?id=${stage.trace}`, { first: '[role=treeitem]' }),
      ...(await largeTracePage(stage)),
    };
    if (run === 0) continue;
    for (const [name, value] of Object.entries(round)) (all[name as keyof Measured] as unknown[]).push(value);
  }
  return all;
}

/** Opens a page twice, to see and to record; `then` goes on from there. */
async function opened<Then>(
  { browser, api, lab }: Stage,
  path: string,
  sight: Sight,
  then: (page: Page) => Promise<Then>,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<{ opened: Opened; then: Then }> {
  const open = async (page: Page) => {
    await page.goto(lab.endpoint + path);
    return seenOn(page);
  };
  const cpu = () => [api, lab].map(({ pid }) => usageOf(pid).cpuSeconds * 1000) as [number, number];

  const before = cpu();
  const seen = await visiting(browser, sight, prepare, open);
  const after = cpu();
  return visiting(browser, sight, prepare, async (page) => {
    const { thread } = await mainThreadDuring(browser, page, async () => {
      await open(page);
      await drawn(page);
    });
    const opened = { seen, thread, api: after[0] - before[0], lab: after[1] - before[1] };
    return { opened, then: await then(page) };
  });
}

/** In a browser context of its own, so that nothing is left over from the one before. */
async function visiting<Result>(
  browser: Browser,
  sight: Sight,
  prepare: (page: Page) => Promise<unknown>,
  visit: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await watchFor(page, sight);
    await prepare(page);
    return await visit(page);
  } finally {
    await context.close();
  }
}

const openedOnly = async (stage: Stage, path: string, sight: Sight) =>
  (await opened(stage, path, sight, async () => {})).opened;

/** As the page's address tells a range. */
function rangeOf({ window }: Stage): string {
  const time = (at: number) => new Date(at * 1000).toISOString();
  return `timeRange=${encodeURIComponent(`${time(window.start)}~${time(window.end)}`)}`;
}

async function tracesPage(stage: Stage) {
  const sortByUrl = (page: Page) =>
    mainThreadDuring(stage.browser, page, async () => {
      await page.getByRole('button', { name: 'URL' }).click();
      await drawn(page);
    });
  const { opened: traces, then } = await opened(
    stage,
    `/console/traces/?${rangeOf(stage)}`,
    listed,
    sortByUrl,
  );
  return { traces, sorting: then.thread };
}

/** The peer: pages one after another, `JSON.parse`, and rows into a table, with nothing else on the page. */
async function openedBare(stage: Stage): Promise<Opened> {
  const prepare = (page: Page) =>
    page.route('**/bare', (route) =>
      route.fulfill({ contentType: 'text/html; charset=utf-8', body: bareDocument(stage.window) }),
    );
  return (await opened(stage, '/bare', listed, async () => {}, prepare)).opened;
}

const bareDocument = ({
  start,
  end,
}: Stage['window']) => `<!doctype html><title>Traces</title><p role="status"></p>
<table><thead><tr><th>Trace<th>When<th>Code<th>Response<th>Method<th>URL</table>
<script type="module">
  const body = document.querySelector('table').createTBody();
  let NextToken, count = 0;
  do {
    const input = JSON.stringify({ StartTime: ${start}, EndTime: ${end}, NextToken });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/lab/xray/GetTraceSummaries', { method: 'POST', headers, body: input });
    const page = await answer.json();
    for (const { Id, StartTime, ResponseTime, Http } of page.TraceSummaries) {
      const row = body.insertRow();
      const when = new Date(StartTime * 1000).toISOString();
      for (const text of [Id, when, Http.HttpStatus, ResponseTime, Http.HttpMethod, Http.HttpURL])
        row.insertCell().textContent = text;
    }
    count += page.TraceSummaries.length;
    ({ NextToken } = page);
  } while (NextToken);
  document.querySelector('p').textContent = count.toLocaleString('en') + ' traces';
</script>`;

async function largeTracePage(stage: Stage) {
  const showRaw = async (page: Page) => {
    const { thread: raw } = await mainThreadDuring(stage.browser, page, async () => {
      await page.getByRole('button', { name: 'Raw data' }).click();
      await page.getByText(`${ROWS / ROWS_PER_SEGMENT} of ${ROWS / ROWS_PER_SEGMENT} documents`).waitFor();
      await drawn(page);
    });
    await page.getByRole('button', { name: 'Timeline' }).click();
    await drawn(page);
    const { thread: pre } = await mainThreadDuring(stage.browser, page, async () => {
      await page.evaluate(prettyPrinted, stage.largeTrace);
      await drawn(page);
    });
    return { raw, pre };
  };
  const path = `/console/trace/?id=${stage.largeTrace}`;
  const { opened: large, then } = await opened(stage, path, { first: '[role=treeitem]' }, showRaw);
  return { large, ...then };
}

/** In the page: the documents of a trace, read again and pretty-printed into one element. */
async function prettyPrinted(id: string): Promise<void> {
  const body = JSON.stringify({ TraceIds: [id] });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/lab/xray/BatchGetTraces', { method: 'POST', headers, body });
  const { Traces } = (await answer.json()) as { Traces: { Segments: { Document: string }[] }[] };
  const pre = document.createElement('pre');
  pre.textContent = Traces[0]!.Segments.map(({ Document }) =>
    JSON.stringify(JSON.parse(Document), null, 2),
  ).join('\n');
  document.body.replaceChildren(pre);
}

function report(measured: Measured): Bench {
  const traces = `${thousands(TRACES)} traces`;
  const seen = (some: Opened[], what: keyof Seen) => median(some.map((each) => each.seen[what]));
  const thread = (some: MainThread[], what: keyof MainThread) => median(some.map((each) => each[what]));
  const of = (some: Opened[]) => some.map((each) => each.thread);
  const compared = (
    what: string,
    ours: number,
    peer: number | undefined,
    most: number | undefined,
    detail = '',
  ): Row => ({
    what,
    ours: inMilliseconds(ours) + detail,
    peer: peer === undefined ? '–' : inMilliseconds(peer),
    ratio: peer === undefined ? '–' : ratio(ours, peer),
    budget: most === undefined ? '–' : `≤ ${most} ms`,
    kept: most === undefined || ours <= most,
  });
  const { firstMilliseconds, wholeMilliseconds, taskMilliseconds, rawMilliseconds } = BUDGET;
  const longest = (what: string, ours: MainThread[], peer?: MainThread[]) =>
    compared(
      `longest task, ${what}`,
      thread(ours, 'longest'),
      peer && thread(peer, 'longest'),
      taskMilliseconds,
      ` (all tasks ${inMilliseconds(thread(ours, 'total'))})`,
    );
  const cpu = (who: 'api' | 'lab') =>
    compared(
      `CPU of the ${who === 'api' ? 'API' : "lab's process"} for all ${traces}`,
      median(measured.traces.map((each) => each[who])),
      median(measured.bare.map((each) => each[who])),
      undefined,
    );
  return {
    name: `console (medians of ${RUNS} rounds after the first, interleaved)`,
    peer: 'the least page for the same: it fetches the same pages one after another into a plain table; for raw data, the same documents pretty-printed into one <pre>',
    rows: [
      compared(
        `first rows of ${traces}`,
        seen(measured.traces, 'first'),
        seen(measured.bare, 'first'),
        firstMilliseconds,
      ),
      compared(
        `all ${traces} counted`,
        seen(measured.traces, 'whole'),
        seen(measured.bare, 'whole'),
        wholeMilliseconds,
      ),
      longest(`${traces} read`, of(measured.traces), of(measured.bare)),
      longest(`${traces} sorted by URL`, measured.sorting),
      cpu('api'),
      cpu('lab'),
      compared(`map of ${traces}`, seen(measured.map, 'first'), undefined, undefined),
      longest(`map of ${traces}`, of(measured.map)),
      compared(`a trace among ${traces}`, seen(measured.trace, 'first'), undefined, undefined),
      longest('a trace', of(measured.trace)),
      compared(`trace of ${thousands(ROWS)} rows`, seen(measured.large, 'first'), undefined, undefined),
      compared(
        `its page's CPU until it is drawn`,
        thread(of(measured.large), 'total'),
        undefined,
        undefined,
        ` (longest task ${inMilliseconds(thread(of(measured.large), 'longest'))})`,
      ),
      compared(
        `CPU to open the raw data of ${thousands(ROWS)} rows`,
        thread(measured.raw, 'total'),
        thread(measured.pre, 'total'),
        rawMilliseconds,
        ` (longest task ${inMilliseconds(thread(measured.raw, 'longest'))})`,
      ),
    ],
    raw: measured,
    notes: [
      'What is seen is told from the start of the navigation, on the wall, in a browser context that has cached nothing. Tasks and CPU are processor time of the page’s main thread, or of the process, told by a second visit that is recorded.',
      'Playwright listens to the network, which adds about a quarter to what the page takes for 31 MB of summaries, ours and the peer’s.',
      'The API and the lab’s process run beside the browser on the same machine; the shop does not run.',
    ],
  };
}

const inMilliseconds = (value: number) => `${Math.round(value)} ms`;
