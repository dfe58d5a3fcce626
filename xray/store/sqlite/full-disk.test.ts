/** What is remembered in memory agrees with the file also after a write that failed halfway. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { SegmentDocument } from '../../model/vocabulary.ts';
import { sqliteArrivals } from './arrivals.ts';
import { openDatabase } from './open.ts';
import { sqliteTraces, type SqliteTraces } from './traces.ts';

const now = 1_795_000_000;
const always = { type: 'Event', start: 0, end: now + 3600 } as const;

function segments(count: number, first = 0): SegmentDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    trace_id: `1-${now.toString(16)}-${(first + index).toString(16).padStart(24, '0')}`,
    id: (first + index + 1).toString(16).padStart(16, '0'),
    name: 'shop',
    start_time: now,
    end_time: now + 1,
    metadata: { default: { basket: 'x'.repeat(2000) } },
  }));
}

/** From now on, until it is called again without a number, the file may have only so many pages more. */
function limitPages(database: DatabaseSync, more?: number): void {
  const pages = Number(database.prepare('PRAGMA page_count').get()!['page_count']);
  database.exec(`PRAGMA max_page_count = ${more === undefined ? 1_000_000 : pages + more}`);
}

function listed(traces: SqliteTraces): number {
  let count = 0;
  for (const run of traces.digests(always, 'any')) count += run?.slots.length ?? 0;
  return count;
}

test('a put that finds the disk full is kept not at all, and counts for nothing; the same put is kept later', () => {
  const database = openDatabase(':memory:');
  const traces = sqliteTraces(database);
  traces.put(segments(10), now);
  const before = traces.bytes;

  limitPages(database, 5);
  assert.throws(() => traces.put(segments(200, 10), now), /full/);
  assert.equal(traces.bytes, before);
  assert.equal(listed(traces), 10);

  limitPages(database);
  traces.put(segments(200, 10), now);
  assert.equal(listed(traces), 210);
});

test('documents that wait go on waiting while the disk is full, and are not counted at each attempt', () => {
  const database = openDatabase(':memory:');
  const traces = sqliteTraces(database);
  const arrivals = sqliteArrivals(database, traces);
  arrivals.hold(segments(200), now);

  limitPages(database, 5);
  for (let attempt = 0; attempt < 3; attempt++)
    assert.throws(() => arrivals.releaseSlice(now + 60, 30), /full/);
  assert.equal(arrivals.waiting, 1);
  assert.equal(traces.bytes, 0);
  assert.equal(listed(traces), 0);

  limitPages(database);
  arrivals.releaseSlice(now + 60, 30);
  assert.equal(arrivals.waiting, 0);
  assert.equal(listed(traces), 200);
});

test('a deletion that fails halfway leaves every trace in the listings', () => {
  const database = openDatabase(':memory:');
  const traces = sqliteTraces(database);
  traces.put(segments(20), now);
  const before = traces.bytes;
  database.exec(
    "CREATE TRIGGER broken BEFORE DELETE ON traces WHEN OLD.number = 10 BEGIN SELECT RAISE(ABORT, 'broken'); END",
  );
  assert.throws(() => traces.forgetSlice({ before: now + 1, maximumBytes: Infinity }), /broken/);
  assert.equal(traces.bytes, before);
  assert.equal(listed(traces), 20);

  database.exec('DROP TRIGGER broken');
  traces.forgetSlice({ before: now + 1, maximumBytes: Infinity });
  assert.equal(listed(traces), 0);
  assert.equal(traces.bytes, 0);
});
