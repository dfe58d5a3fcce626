import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SegmentDocument } from '../../model/vocabulary.ts';
import { startRelease } from '../release.ts';
import { sqliteArrivals } from './arrivals.ts';
import { openStore } from './index.ts';
import { openDatabase } from './open.ts';
import { sqliteTraces } from './traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'arrivals-'));
after(() => rmSync(folder, { recursive: true }));

const start = 1_700_000_000;
const documentOf = (number: number): SegmentDocument => ({
  trace_id: `1-${start.toString(16)}-${number.toString(16).padStart(24, '0')}`,
  id: '0123456789abcdef',
  name: 'shop',
  start_time: start,
  end_time: start + 1,
});
const isVisible = (store: ReturnType<typeof openStore>, number: number) =>
  store.traces.get(documentOf(number).trace_id) !== undefined;

test('a document that waits is not in the traces until its delay is over', () => {
  const store = openStore(':memory:');
  store.arrivals.hold([documentOf(1)], start);
  assert.equal(store.arrivals.releaseSlice(start + 29.9, 30), false);
  assert.equal(isVisible(store, 1), false);
  assert.equal(store.arrivals.waiting, 1);

  store.arrivals.releaseSlice(start + 30, 30);
  assert.equal(isVisible(store, 1), true);
  assert.equal(store.arrivals.waiting, 0);
});

test('documents leave in the order of their receipt, a slice of ten calls at a time', () => {
  const store = openStore(':memory:');
  for (let number = 0; number < 25; number++) store.arrivals.hold([documentOf(number)], start + number);
  assert.equal(store.arrivals.releaseSlice(start + 60, 30), true);
  assert.deepEqual(
    [9, 10].map((number) => isVisible(store, number)),
    [true, false],
  );
  assert.equal(store.arrivals.releaseSlice(start + 60, 30), true);
  assert.equal(store.arrivals.releaseSlice(start + 60, 30), false);
  assert.equal(isVisible(store, 24), true);
});

test('what waited when the process ended waits when it comes back, and a shorter delay counts at once', () => {
  const path = join(folder, 'xray.sqlite');
  const before = openStore(path);
  before.arrivals.hold([documentOf(1), documentOf(2)], start);
  before.close();

  const store = openStore(path);
  assert.equal(store.arrivals.waiting, 1);
  store.arrivals.releaseSlice(start + 10, 30);
  assert.equal(isVisible(store, 1), false);
  store.arrivals.releaseSlice(start + 10, 0);
  assert.deepEqual(
    [1, 2].map((number) => isVisible(store, number)),
    [true, true],
  );
  store.close();
});

test('a clock that was set back does not keep documents waiting for it to come again', () => {
  const store = openStore(':memory:');
  store.arrivals.hold([documentOf(1)], start);
  store.arrivals.releaseSlice(start - 3600, 30);
  assert.equal(isVisible(store, 1), true);
});

test('a release that fails leaves the documents waiting, none of them in the traces', () => {
  const path = join(folder, 'fails.sqlite');
  const store = openStore(path);
  store.arrivals.hold([documentOf(1)], start);
  const good = documentOf(2);
  // No document that passed PutTraceSegments looks like this: it stands for a disk that fails in the middle.
  store.arrivals.hold([good, { ...documentOf(3), trace_id: null as never }], start);
  assert.throws(() => store.arrivals.releaseSlice(start + 60, 30));
  assert.equal(store.arrivals.waiting, 2);
  assert.equal(isVisible(store, 1), false);
  store.close();
  const reopened = openStore(path);
  assert.equal(reopened.arrivals.waiting, 2);
  assert.equal(isVisible(reopened, 1), false);
  reopened.close();
});

test('a release that fails after its documents were put leaves nothing of them behind, in memory neither', () => {
  const database = openDatabase(':memory:');
  const traces = sqliteTraces(database);
  const arrivals = sqliteArrivals(database, traces);
  const seen = () => {
    const range = { start: start - 10, end: start + 10 };
    return {
      listed: (['TraceId', 'Event'] as const).map(
        (type) => traces.list({ type, ...range }, undefined, 9).length,
      ),
      scanned: (['any', 'first'] as const).map((order) =>
        [...traces.digests({ type: 'TraceId', ...range }, order)].reduce(
          (sum, run) => sum + (run?.slots.length ?? 0),
          0,
        ),
      ),
      bytes: traces.bytes,
    };
  };
  const before = seen();
  arrivals.hold([documentOf(1)], start);
  database.exec(`CREATE TEMP TRIGGER full BEFORE DELETE ON main.arrivals
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  assert.throws(() => arrivals.releaseSlice(start + 60, 30), /the disk is full/);
  assert.deepEqual(seen(), before);

  database.exec('DROP TRIGGER full');
  arrivals.releaseSlice(start + 60, 30);
  assert.deepEqual(seen(), { listed: [1, 1], scanned: [1, 1], bytes: traces.bytes });
  assert.ok(traces.bytes > 0);
  database.close();
});

test('the timer lets out what is due, at whatever delay is in force when it looks', async () => {
  const store = openStore(':memory:');
  for (let number = 0; number < 25; number++) store.arrivals.hold([documentOf(number)], start);
  let delay = 30;
  let looks = 0;
  const errors: unknown[] = [];
  const stop = startRelease(store, {
    now: () => start + 1,
    delay: () => {
      looks++;
      return delay;
    },
    onError: (error) => errors.push(error),
    everyMilliseconds: 1,
  });
  const until = async (isSo: () => boolean) => {
    const deadline = Date.now() + 5000;
    while (!isSo() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await until(() => looks >= 3);
  assert.equal(store.arrivals.waiting, 25);
  delay = 1;
  await until(() => store.arrivals.waiting === 0);
  stop();
  assert.equal(store.arrivals.waiting, 0);
  assert.deepEqual(errors, []);
});
