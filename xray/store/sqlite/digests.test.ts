import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { digestVersion } from '../../model/trace-digest/digest-layout.ts';
import { digestOf } from '../../model/trace-digest/trace-digest.ts';
import type { Segment } from '../../model/vocabulary.ts';
import type { Store, TimeRange, TracePosition } from '../store.ts';
import { tracesPerBlock } from '../trace-catalog.ts';
import { openStore } from './index.ts';

const now = 1_795_000_000;
const folder = mkdtempSync(join(tmpdir(), 'xray-digests-'));
after(() => rmSync(folder, { recursive: true }));

let ids = 0;
const newId = () => (++ids).toString(16).padStart(16, '0');
const traceId = (time: number, number: number) =>
  `1-${time.toString(16)}-${number.toString(16).padStart(24, '0')}`;

function segment(members: Partial<Segment> & { trace_id: string }): Segment {
  return { id: newId(), name: 'shop', start_time: now, end_time: now + 1, ...members };
}

const everything: TimeRange = { type: 'TraceId', start: now - 10_000, end: now + 10_000 };

/** The traces as a scan finds them, with the digest of each as it says it is. */
function scanned(store: Store, order: TracePosition | 'first' | 'any' = 'first', range = everything) {
  const found: { number: number; digest: unknown; position: TracePosition }[] = [];
  for (const run of store.traces.digests(range, order)) {
    for (const slot of run?.slots ?? []) {
      const position = run!.position(slot);
      found.push({ number: position.number, digest: run!.block.digest(slot), position });
    }
  }
  return found;
}

const listed = (store: Store, range = everything) => store.traces.list(range, undefined, 100_000);

/** A store of some traces whose ids are not in order of arrival, over more than one block. */
function shuffled(path = ':memory:', traces = tracesPerBlock * 2 + 10): Store {
  const store = openStore(path);
  for (let number = 0; number < traces; number++) {
    const time = now + ((number * 7919) % 97);
    store.traces.put(
      [segment({ trace_id: traceId(time, number), start_time: time, end_time: time + 5 })],
      now,
    );
  }
  return store;
}

test('a scan finds the traces that a listing lists, in its order, with their digests', () => {
  const store = shuffled();
  const entries = listed(store);
  const found = scanned(store);
  assert.deepEqual(
    found.map(({ position }) => position),
    entries.map(({ idTime, number }) => ({ idTime, number })),
  );
  found.forEach(({ digest }, index) =>
    assert.deepEqual(digest, digestOf(store.traces.get(entries[index]!.id)!)),
  );
});

test('a scan goes on behind a position, as a listing does', () => {
  const store = shuffled();
  const entries = listed(store);
  for (const index of [0, 1, 300, entries.length - 1]) {
    assert.deepEqual(
      scanned(store, entries[index]!).map(({ number }) => number),
      entries.slice(index + 1).map(({ number }) => number),
    );
  }
});

test('a scan in any order finds the same traces', () => {
  const store = shuffled();
  const numbers = (order: 'first' | 'any') =>
    scanned(store, order)
      .map(({ number }) => number)
      .sort((a, b) => a - b);
  assert.deepEqual(numbers('any'), numbers('first'));
});

const windows: { name: string; range: TimeRange }[] = [
  { name: 'ids', range: { type: 'TraceId', start: now + 20, end: now + 40 } },
  { name: 'activity', range: { type: 'Event', start: now + 20, end: now + 22 } },
  { name: 'services', range: { type: 'Service', start: now + 90, end: now + 200 } },
  { name: 'no traces', range: { type: 'Event', start: now - 500, end: now - 400 } },
];

for (const { name, range } of windows) {
  test(`a scan of a window of ${name} finds what its listing lists`, () => {
    const store = shuffled();
    assert.deepEqual(
      scanned(store, 'first', range).map(({ number }) => number),
      listed(store, range).map(({ number }) => number),
    );
  });
}

test('a document that comes later is in the next digest, and the place in the listing stays', () => {
  const store = shuffled();
  const before = scanned(store);
  const id = traceId(now + (7919 % 97), 1);
  store.traces.put([segment({ trace_id: id, name: 'late', parent_id: newId() })], now);
  const after = scanned(store);
  assert.deepEqual(
    after.map(({ position }) => position),
    before.map(({ position }) => position),
  );
  const changed = after.filter(({ digest }, index) => !same(digest, before[index]!.digest));
  assert.deepEqual(
    changed.map(({ digest }) => digest),
    [digestOf(store.traces.get(id)!)],
  );
});

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

test('traces that arrive while a scan rests are found by the next one', () => {
  const store = shuffled();
  const before = scanned(store).length;
  const scan = store.traces.digests(everything, 'first')[Symbol.iterator]();
  let seen = scan.next().value!.slots.length;
  for (let number = 9000; number < 9500; number++) {
    store.traces.put([segment({ trace_id: traceId(now - 50 + (number % 9), number) })], now);
  }
  for (let step = scan.next(); !step.done; step = scan.next()) seen += step.value?.slots.length ?? 0;
  assert.equal(seen, before);
  assert.equal(scanned(store).length, before + 500);
});

test('digesting in the background waits until documents have settled', () => {
  const store = shuffled(':memory:', 3);
  assert.equal(store.indexSlice(1000), false);
});

/** What is kept, by block: the number of documents its digests were made of. */
function keptIn(path: string): Record<number, number> {
  const database = new DatabaseSync(path);
  const rows = database.prepare('SELECT block, documents FROM digests ORDER BY block').all();
  database.close();
  return Object.fromEntries(rows.map((row) => [row['block'], row['documents']]));
}

function indexed(path: string): Store {
  const store = openStore(path);
  while (store.indexSlice(100));
  return store;
}

test('what was not digested when the process ended is digested after the next start, and kept', () => {
  const path = join(folder, 'kept.sqlite');
  const first = shuffled(path);
  const expected = scanned(first);
  first.close();
  assert.deepEqual(keptIn(path), {});

  indexed(path).close();
  assert.deepEqual(keptIn(path), { 0: 255, 1: 256, 2: 11 });
  const third = openStore(path);
  assert.deepEqual(scanned(third), expected);
  assert.equal(third.indexSlice(100), false);
  third.close();
});

test('digests on disk that are behind their traces are made anew', () => {
  const path = join(folder, 'behind.sqlite');
  shuffled(path, 20).close();
  indexed(path).close();
  const second = openStore(path);
  second.traces.put([segment({ trace_id: traceId(now, 0), name: 'late', parent_id: newId() })], now);
  second.close();

  const third = openStore(path);
  const { digest } = scanned(third).find(({ number }) => number === 1)!;
  assert.deepEqual(digest, digestOf(third.traces.get(traceId(now, 0))!));
  while (third.indexSlice(100));
  third.close();
  assert.deepEqual(keptIn(path), { 0: 21 });
});

test('digests of another version, or damaged ones, are made anew', () => {
  const path = join(folder, 'version.sqlite');
  shuffled(path, 20).close();
  indexed(path).close();
  const database = new DatabaseSync(path);
  database.exec("UPDATE digests SET bytes = x'c8' || substr(bytes, 2)");
  database.close();
  // Without waiting for a query.
  indexed(path).close();
  const repaired = new DatabaseSync(path);
  const heads = repaired.prepare('SELECT DISTINCT hex(substr(bytes, 1, 1)) AS head FROM digests').all();
  assert.deepEqual(
    heads.map(({ head }) => head),
    [digestVersion.toString(16).padStart(2, '0')],
  );
  repaired.exec("UPDATE digests SET bytes = x'c8' || substr(bytes, 2)");
  repaired.close();

  const store = openStore(path);
  assert.equal(scanned(store).filter(({ digest }) => digest !== undefined).length, 20);
  store.close();
  const again = new DatabaseSync(path);
  again.exec("UPDATE digests SET bytes = x'01'");
  again.close();
  assert.equal(scanned(openStore(path)).filter(({ digest }) => digest !== undefined).length, 20);
});

test('a forgotten trace is in no scan, and its digest is nobody else’s', () => {
  const path = join(folder, 'forgotten.sqlite');
  shuffled(path, 20).close();
  const store = indexed(path);
  while (store.forgetSlice({ before: now + 1, maximumBytes: Infinity }));
  assert.deepEqual(scanned(store), []);
  assert.deepEqual(scanned(store, 'any'), []);
  store.close();
  assert.deepEqual(keptIn(path), {});

  const next = openStore(path);
  next.traces.put([segment({ trace_id: traceId(now, 77), name: 'next' })], now);
  const [only] = scanned(next);
  assert.deepEqual(only!.digest, digestOf(next.traces.get(traceId(now, 77))!));
  next.close();
});

test('after a part of a block was forgotten, a new trace does not get an old digest', () => {
  const path = join(folder, 'partly.sqlite');
  const first = openStore(path);
  const [old, young] = [traceId(now - 100, 1), traceId(now, 2)];
  first.traces.put([segment({ trace_id: old, start_time: now - 100, end_time: now - 99 })], now);
  first.traces.put([segment({ trace_id: young, name: 'forgotten' })], now - 50);
  first.close();
  const second = indexed(path);
  while (second.forgetSlice({ before: now - 10, maximumBytes: Infinity }));
  second.close();

  const third = openStore(path);
  third.traces.put([segment({ trace_id: traceId(now, 3), name: 'next' })], now);
  const names = scanned(third).map(({ digest }) => JSON.stringify(digest).includes('forgotten'));
  assert.deepEqual(names, [false, false]);
  third.close();
});
