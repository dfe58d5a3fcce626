/** A page of the console under measurement: what its main thread does, and when something is to be seen. */
import type { Browser, Page } from 'playwright';

/** Milliseconds. */
export interface MainThread {
  /** The processor time of all tasks. */
  total: number;
  /** The processor time of the longest one: for so long nothing moves. */
  longest: number;
}

export interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds on the wall, and of the thread's own processor time. */
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { frames?: { processId?: number; url?: string }[] } };
}

const categories = ['__metadata', 'disabled-by-default-devtools.timeline'];

/**
 * Runs `work` and tells what the page's main thread did meanwhile, by its own processor time: what other processes of the
 * machine take from it does not count. Being recorded costs the page time, so what is seen is told by a visit of its own.
 */
export async function mainThreadDuring<Result>(
  browser: Browser,
  page: Page,
  work: () => Promise<Result>,
): Promise<{ result: Result; thread: MainThread }> {
  await browser.startTracing(page, { categories });
  let result: Result;
  let recorded: Buffer;
  try {
    result = await work();
  } finally {
    recorded = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(recorded.toString()) as { traceEvents: TraceEvent[] };
  return { result, thread: busiestMainThread(traceEvents) };
}

/** Of several renderers, and Chromium has one in reserve, the one that worked most is the page's. */
export function busiestMainThread(events: readonly TraceEvent[]): MainThread {
  const isMain = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const byThread = new Map<string, MainThread>();
  for (const { name, ph, pid, tid, tdur = 0 } of events) {
    const thread = `${pid} ${tid}`;
    if (ph !== 'X' || name !== 'RunTask' || !isMain.has(thread)) continue;
    const so = byThread.get(thread) ?? { total: 0, longest: 0 };
    const milliseconds = tdur / 1000;
    byThread.set(thread, {
      total: so.total + milliseconds,
      longest: Math.max(so.longest, milliseconds),
    });
  }
  const all = [...byThread.values()].sort((a, b) => b.total - a.total);
  if (!all[0] || all[0].total === 0) throw new Error('Chromium recorded no task of the page.');
  return all[0];
}

/** Milliseconds from the start of the navigation. */
export interface Seen {
  first: number;
  whole: number;
}

/** What there is to be seen on a page. */
export interface Sight {
  /** A selector: the first that is worth looking at. */
  first: string;
  /** With it all is there: a selector, and the text that such an element has. Default: the first is all. */
  whole?: { selector: string; text: string };
}

/** Makes a page note when something is there, whenever its document changes: before the browser draws it. */
export async function watchFor(page: Page, { first, whole }: Sight): Promise<void> {
  await page.addInitScript(
    ({ first, whole }) => {
      const seen: Partial<Seen> = {};
      Object.assign(window, { benchSeen: seen });
      const isWhole = () =>
        whole === undefined
          ? seen.first !== undefined
          : [...document.querySelectorAll(whole.selector)].some(
              ({ textContent }) => textContent.replace(/\s+/g, ' ').trim() === whole.text,
            );
      new MutationObserver(() => {
        if (seen.first === undefined && document.querySelector(first)) seen.first = performance.now();
        if (seen.whole === undefined && isWhole()) seen.whole = performance.now();
      }).observe(document, { childList: true, subtree: true, characterData: true });
    },
    { first, whole },
  );
}

export async function seenOn(page: Page): Promise<Seen> {
  const handle = await page.waitForFunction(
    () => {
      const { benchSeen } = window as unknown as { benchSeen: Partial<Seen> };
      return benchSeen.whole !== undefined && benchSeen;
    },
    undefined,
    { timeout: 60_000, polling: 50 },
  );
  return (await handle.jsonValue()) as Seen;
}

/** Until what was done is on the screen: two frames, and a moment in which the page has nothing else to do. */
export const drawn = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() =>
          requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 5000 })),
        );
      }),
  );
