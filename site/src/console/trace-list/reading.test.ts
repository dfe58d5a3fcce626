import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import { TraceReading, type AskForPage, type ReadingOptions } from './reading.ts';

const pageSize = 100;

/** As GetTraceSummaries answers: pages of a hundred, newest first, by the second in the id. */
function fakeXRay(traces: TraceSummary[], isMatch: (summary: TraceSummary) => boolean = () => true) {
  const seconds = (summary: TraceSummary) => Number.parseInt(summary.Id.slice(2, 10), 16);
  const listed = traces.toSorted((a, b) => seconds(b) - seconds(a));
  const calls: { start: number; end: number; token?: string | undefined }[] = [];
  let atOnce = 0;
  const xray = {
    calls,
    most: 0,
    /** Rejects this call and those after it. */
    failFrom: Infinity,
    ask: (async ({ start, end }, token, signal) => {
      calls.push({ start, end, token });
      const number = calls.length;
      xray.most = Math.max(xray.most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      signal.throwIfAborted();
      if (number >= xray.failFrom) throw new Error(`call ${number} failed`);
      const inWindow = listed.filter((one) => seconds(one) >= start && seconds(one) < end);
      const summaries: TraceSummary[] = [];
      let at = token === undefined ? 0 : Number(token);
      const first = at;
      for (; at < inWindow.length && summaries.length < pageSize; at++)
        if (isMatch(inWindow[at]!)) summaries.push(inWindow[at]!);
      const isLast = at >= inWindow.length;
      return { summaries, scanned: at - first, token: isLast ? undefined : String(at) };
    }) satisfies AskForPage,
  };
  return xray;
}

const epoch = 1_700_000_000;
let serial = 0;
const trace = (second: number): TraceSummary => ({
  Id: `1-${(epoch + second).toString(16)}-${String(serial++).padStart(24, '0')}`,
  StartTime: epoch + second + 0.25,
});
const evenly = (count: number, seconds: number) =>
  Array.from({ length: count }, (_, i) => trace(Math.floor((i * seconds) / count)));

/** @param seconds Length of the window, from the epoch of this test. */
function read(xray: ReturnType<typeof fakeXRay>, seconds: number, most = 10_000) {
  const rows: TraceSummary[] = [];
  const batches: number[] = [];
  const options: ReadingOptions = {
    window: { start: epoch, end: epoch + seconds },
    ask: xray.ask,
    most,
    onrows(summaries) {
      rows.push(...summaries);
      batches.push(summaries.length);
    },
  };
  const reading = new TraceReading(options);
  return { reading, rows, batches, run: (signal = new AbortController().signal) => reading.run(signal) };
}

const newestFirst = (summaries: readonly TraceSummary[]) =>
  summaries.every((one, i) => i === 0 || summaries[i - 1]!.Id.slice(0, 10) >= one.Id.slice(0, 10));

describe('reading traces', () => {
  const shapes: { name: string; traces: TraceSummary[]; seconds: number }[] = [
    { name: 'none', traces: [], seconds: 300 },
    { name: 'one', traces: [trace(299)], seconds: 300 },
    { name: 'a full page', traces: evenly(100, 300), seconds: 300 },
    { name: 'a page and one', traces: evenly(101, 300), seconds: 300 },
    { name: 'ten thousand over an hour', traces: evenly(10_000, 3600), seconds: 3600 },
    {
      name: 'all in one second',
      traces: Array.from({ length: 950 }, () => trace(42)),
      seconds: 3600,
    },
    {
      name: 'two bursts with an hour between',
      traces: [
        ...Array.from({ length: 400 }, () => trace(3)),
        ...Array.from({ length: 700 }, () => trace(7000)),
      ],
      seconds: 7200,
    },
  ];
  for (const { name, traces, seconds } of shapes) {
    test(`${name}: every trace once, newest first, all counted`, async () => {
      const { reading, rows, run } = read(fakeXRay(traces), seconds);
      await run();
      assert.deepEqual(new Set(rows.map(({ Id }) => Id)), new Set(traces.map(({ Id }) => Id)));
      assert.equal(rows.length, traces.length);
      assert.ok(newestFirst(rows));
      assert.deepEqual([reading.read, reading.scanned, reading.more], [traces.length, traces.length, false]);
    });
  }

  test('the first page is handed out before the second is asked for', async () => {
    const xray = fakeXRay(evenly(1000, 300));
    const { batches, run } = read(xray, 300);
    xray.failFrom = 2;
    await assert.rejects(run());
    assert.deepEqual(batches, [100]);
  });

  test('what follows is asked for side by side, three at a time, and little twice', async () => {
    const xray = fakeXRay(evenly(10_000, 3600));
    await read(xray, 3600).run();
    assert.equal(xray.most, 3);
    assert.ok(xray.calls.length <= 135, `${xray.calls.length} calls for 100 full pages`);
  });

  test('few matches in many traces need one call', async () => {
    const traces = evenly(5000, 3600);
    const xray = fakeXRay(traces, ({ Id }) => Id === traces[17]!.Id);
    const { reading, rows, run } = read(xray, 3600);
    await run();
    assert.deepEqual([rows.length, reading.scanned, xray.calls.length], [1, 5000, 1]);
  });

  for (const { most, more } of [
    { most: 1200, more: true },
    { most: 100, more: true },
    { most: 3000, more: false },
    { most: 3001, more: false },
  ]) {
    test(`of 3,000 at most ${most} are handed out, the newest, ${more ? 'and it says that there are more' : 'which are all'}`, async () => {
      const traces = evenly(3000, 3000);
      const xray = fakeXRay(traces);
      const { reading, rows, run } = read(xray, 3000, most);
      await run();
      const expected = traces.toReversed().slice(0, most);
      assert.deepEqual(
        rows.map(({ Id }) => Id),
        expected.map(({ Id }) => Id),
      );
      assert.equal(reading.more, more);
    });
  }

  test('a trace that stands on two pages is one trace, as it was read last', async () => {
    const first = Array.from({ length: 100 }, (_, i) => trace(i < 50 ? 60 : 59));
    const grown = { ...first[99]!, Duration: 2 };
    const older = trace(7);
    const rows: TraceSummary[] = [];
    const again: TraceSummary[] = [];
    const reading = new TraceReading({
      window: { start: epoch, end: epoch + 61 },
      async ask(window) {
        const isFirst = window.end === epoch + 61;
        const rest = [...first.slice(50, 99), grown, older];
        if (isFirst) return { summaries: first, scanned: 100, token: '100' };
        const summaries = rest.filter(
          ({ StartTime = 0 }) => StartTime >= window.start && StartTime < window.end,
        );
        return { summaries, scanned: summaries.length };
      },
      most: 10_000,
      onrows: (summaries) => rows.push(...summaries),
      onagain: (summary) => again.push(summary),
    });
    await reading.run(new AbortController().signal);
    assert.equal(rows.length, 101);
    assert.equal(rows.at(-1), older);
    assert.deepEqual(again.at(-1), grown);
    assert.equal(reading.scanned, 101);
  });

  test('exactly as many as may be, and then nothing for an hour: there are no more', async () => {
    const traces = Array.from({ length: 1000 }, (_, i) => trace(3600 + Math.floor(i / 10)));
    const { reading, rows, run } = read(fakeXRay(traces), 3700, 1000);
    await run();
    assert.deepEqual([rows.length, reading.more], [1000, false]);
  });

  test('after a failure in the middle the rest is read, nothing twice', async () => {
    const traces = evenly(3000, 900);
    const xray = fakeXRay(traces);
    xray.failFrom = 12;
    const { rows, run } = read(xray, 900);
    await assert.rejects(run(), /failed/);
    const before = rows.length;
    assert.ok(before >= 100 && before < 3000, `${before} rows`);
    assert.ok(newestFirst(rows));
    xray.failFrom = Infinity;
    await run();
    assert.equal(new Set(rows.map(({ Id }) => Id)).size, 3000);
    assert.equal(rows.length, 3000);
  });

  test('after an abort nothing more is asked for', async () => {
    const xray = fakeXRay(evenly(3000, 900));
    const given = new AbortController();
    const { run } = read(xray, 900);
    const done = assert.rejects(run(given.signal), { name: 'AbortError' });
    while (xray.calls.length < 6) await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    const asked = xray.calls.length;
    await done;
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(xray.calls.length <= asked, `${xray.calls.length - asked} calls after the abort`);
  });

  test('an X-Ray that lists in another order than ours still gives every trace once', async () => {
    const traces = evenly(900, 900);
    const xray = fakeXRay(traces);
    const shuffling: AskForPage = async (window, token, signal) => {
      const page = await xray.ask(window, token, signal);
      return { ...page, summaries: page.summaries.toReversed() };
    };
    const rows: TraceSummary[] = [];
    const reading = new TraceReading({
      window: { start: epoch, end: epoch + 900 },
      ask: shuffling,
      most: 10_000,
      onrows: (summaries) => rows.push(...summaries),
    });
    await reading.run(new AbortController().signal);
    assert.equal(new Set(rows.map(({ Id }) => Id)).size, 900);
    assert.equal(rows.length, 900);
  });
});
