import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import { TraceLister, type Listing } from './listing.ts';
import type { PageOfTraces, Window } from './reading.ts';

interface Call {
  filter: string;
  window: Window;
  token: string | undefined;
  signal: AbortSignal;
  answer(page: Partial<PageOfTraces>): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** An X-Ray whose every answer the test gives, and what the screen shows. */
function listerUnderTest() {
  const calls: Call[] = [];
  const shown: Listing[] = [];
  const fresh: number[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const lister = new TraceLister({
    ask: (filter) => (window, token, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        calls.push({
          filter,
          window,
          token,
          signal,
          answer: (page) => (resolve({ summaries: [], scanned: 0, ...page }), settled()),
          fail: (error) => (reject(error), settled()),
        });
      }),
    show: (listing) => shown.push(listing),
    showFresh: (count) => fresh.push(count),
  });
  const ids = () =>
    shown
      .at(-1)
      ?.rows.map(({ id }) => id.slice(-1))
      .join('');
  return { lister, calls, shown, fresh, ids, settled };
}

const epoch = 1_700_000_000;
const trace = (name: string, second: number, more: Partial<TraceSummary> = {}): TraceSummary => ({
  Id: `1-${(epoch + second).toString(16)}-${name.padStart(24, '0')}`,
  StartTime: epoch + second,
  ...more,
});
const window = { start: epoch, end: epoch + 300 };

test('the first page is shown while the rest is still read, and the list only grows at its end', async () => {
  const { lister, calls, shown, ids } = listerUnderTest();
  const loaded = lister.load(window, 'fault');
  await calls[0]!.answer({ summaries: [trace('c', 200), trace('b', 100)], scanned: 2, token: 't' });
  assert.deepEqual([ids(), shown.at(-1)?.state, shown.at(-1)?.read], ['cb', 'reading', 2]);
  const first = shown.at(-1)!.rows[0];
  for (const call of calls.slice(1)) await call.answer({ summaries: [trace('b', 100)], scanned: 1 });
  await calls.at(-1)!.answer({ summaries: [trace('a', 50)], scanned: 1 });
  for (const call of calls) await call.answer({});
  assert.equal(await loaded, true);
  assert.equal(shown.at(-1)?.state, 'whole');
  assert.ok(ids()!.startsWith('cb'));
  assert.equal(shown.at(-1)!.rows[0], first);
  assert.ok(calls.every(({ filter }) => filter === 'fault'));
});

test('another filter gives up what is being read, and the rows before stay until its first page', async () => {
  const { lister, calls, shown, ids, settled } = listerUnderTest();
  const old = lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('a', 200), trace('b', 100)], token: 't' });
  const running = calls.slice(1);
  assert.ok(running.length > 0);
  const next = lister.load(window, 'error');
  await settled();
  assert.ok(running.every(({ signal }) => signal.aborted));
  assert.equal(await old, false);
  assert.equal(ids(), 'ab');
  const showings = shown.length;
  await running[0]!.answer({ summaries: [trace('x', 60)] });
  assert.equal(shown.length, showings);
  await calls.at(-1)!.answer({ summaries: [trace('e', 150)] });
  assert.equal(await next, true);
  assert.equal(ids(), 'e');
});

test('a first page that fails is the caller’s to tell, and the rows before stay', async () => {
  const { lister, calls, ids } = listerUnderTest();
  const first = lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('a', 200)] });
  await first;
  const refused = assert.rejects(lister.load(window, 'fault AND'), /symbol/);
  await calls[1]!.fail(new Error('Invalid input symbol'));
  await refused;
  assert.equal(ids(), 'a');
});

test('a list given up for a filter that X-Ray refuses can still be completed', async () => {
  const { lister, calls, shown, ids } = listerUnderTest();
  void lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('b', 200), trace('a', 199)], token: 't' });
  const refused = assert.rejects(lister.load(window, 'fault AND'), /symbol/);
  await calls.at(-1)!.fail(new Error('Invalid input symbol'));
  await refused;
  assert.deepEqual([ids(), shown.at(-1)?.state], ['ba', 'broken']);
  const asked = calls.length;
  const again = lister.goOn();
  for (let at = asked; at < calls.length; at++) await calls[at]!.answer({ summaries: [] });
  await again;
  assert.ok(calls.slice(asked).every(({ filter }) => filter === ''));
  assert.equal(shown.at(-1)?.state, 'whole');
});

test('a failure in the middle keeps the rows, says so, and the rest can be read', async () => {
  const { lister, calls, shown, ids } = listerUnderTest();
  const loaded = lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('b', 200), trace('a', 199)], token: 't' });
  await calls[1]!.fail(new Error('The X-Ray API does not answer.'));
  assert.equal(await loaded, true);
  assert.deepEqual([ids(), shown.at(-1)?.state], ['ba', 'broken']);
  assert.match(String(shown.at(-1)?.problem), /does not answer/);

  const asked = calls.length;
  const again = lister.goOn();
  assert.equal(shown.at(-1)?.state, 'reading');
  let last = 0;
  for (let at = asked; at < calls.length; at++)
    await calls[at]!.answer({ summaries: [trace(`z${(last = at)}`.slice(-1), 10)] });
  await again;
  assert.ok(last >= asked);
  assert.equal(shown.at(-1)?.state, 'whole');
  assert.ok(ids()!.startsWith('ba') && ids()!.length > 2);
});

test('new traces are looked for near the end only, wait to be shown, and then come on top', async () => {
  const { lister, calls, fresh, ids } = listerUnderTest();
  const loaded = lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('c', 299, { IsPartial: true }), trace('a', 2)] });
  await loaded;
  const look = lister.lookForNew({ start: epoch + 5, end: epoch + 305 });
  assert.deepEqual(calls[1]!.window, { start: epoch + 240, end: epoch + 305 });
  await calls[1]!.answer({ summaries: [trace('d', 303), trace('c', 299, { ResponseTime: 3 })] });
  await look;
  assert.deepEqual([fresh.at(-1), ids()], [1, 'ca']);

  lister.showNew({ start: epoch + 100, end: epoch + 305 });
  assert.deepEqual([fresh.at(-1), ids()], [0, 'dc']);
  const again = lister.lookForNew({ start: epoch + 100, end: epoch + 306 });
  await calls[2]!.answer({ summaries: [trace('d', 303), trace('c', 299, { ResponseTime: 3 })] });
  await again;
  assert.equal(fresh.at(-1), 0);
});

test('a look that fails loses nothing: the next one covers its time', async () => {
  const { lister, calls, fresh } = listerUnderTest();
  const loaded = lister.load(window, '');
  await calls[0]!.answer({ summaries: [] });
  await loaded;
  const look = lister.lookForNew({ start: epoch, end: epoch + 400 });
  await calls[1]!.fail(new Error('no answer'));
  await look;
  void lister.lookForNew({ start: epoch, end: epoch + 500 });
  assert.equal(calls[2]!.window.start, epoch + 240);
  await calls[2]!.answer({ summaries: [trace('a', 301)] });
  assert.equal(fresh.at(-1), 1);
});

test('while a list is read, nobody looks for new traces', async () => {
  const { lister, calls } = listerUnderTest();
  void lister.load(window, '');
  await calls[0]!.answer({ summaries: [trace('b', 200), trace('a', 199)], token: 't' });
  const asked = calls.length;
  await lister.lookForNew({ start: epoch, end: epoch + 301 });
  assert.equal(calls.length, asked);
  lister.stop();
});
