import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { summarizeTrace } from '../../model/index.ts';
import type { SegmentDocument } from '../../model/vocabulary.ts';
import type { Store, TimeRange } from '../store.ts';
import { openStore } from './index.ts';

const now = 1_795_000_000;
const range: TimeRange = { type: 'TraceId', start: now - 1000, end: now + 1000 };

let ids = 0;
const newId = () => (++ids).toString(16).padStart(16, '0');
const traceId = (number: number) => `1-${now.toString(16)}-${number.toString(16).padStart(24, '0')}`;
const segment = (number: number, members: object = {}): SegmentDocument => ({
  trace_id: traceId(number),
  id: newId(),
  name: 'gateway',
  start_time: now,
  end_time: now + 1,
  annotations: { order: `O${number}` },
  ...members,
});

const places = (store: Store) => store.traces.list(range, undefined, 10_000);
const texts = (store: Store) => places(store).map((place) => store.traces.summaryText(place));
/** Made from the documents, as if nothing was kept. */
const made = (store: Store) =>
  places(store).map(({ id }) => JSON.stringify(summarizeTrace(store.traces.get(id)!)));

function filled(traces: number): Store {
  const store = openStore(':memory:');
  for (let number = 0; number < traces; number++) store.traces.put([segment(number)], now);
  return store;
}

test('the text of a summary is its JSON, the first time and when it is kept', () => {
  const store = filled(600);
  const expected = made(store);
  assert.deepEqual(texts(store), expected);
  assert.deepEqual(texts(store), expected);
  store.close();
});

test('a document that arrives later is in the text, whoever made the one before', async () => {
  const store = filled(300);
  await sleep(2050);
  while (store.indexSlice(50));
  const before = made(store);
  assert.deepEqual(texts(store), before);
  store.traces.put([segment(7, { name: 'late', fault: true, http: { response: { status: 500 } } })], now);
  const grown = texts(store);
  assert.deepEqual(grown, made(store));
  assert.equal(grown.filter((text, index) => text !== before[index]).length, 1);
  assert.match(grown.join(), /"Name":"late"/);
  store.close();
});

test('once traces have settled, their texts are there before anybody asks', async (context) => {
  const store = filled(600);
  await sleep(2050);
  while (store.indexSlice(50));
  // Documents are JSON: who assembles a trace has to parse them.
  const parse = context.mock.method(JSON, 'parse');
  const given = texts(store);
  assert.equal(parse.mock.callCount(), 0);
  parse.mock.restore();
  assert.deepEqual(given, made(store));
  store.close();
});

for (const { name, documents } of [
  {
    name: 'a trace of which nothing but a subsegment has come',
    documents: [segment(1, { type: 'subsegment', parent_id: newId() })],
  },
  { name: 'a trace that nobody has sent', documents: [] },
]) {
  test(`${name} has no text`, () => {
    const store = openStore(':memory:');
    if (documents.length > 0) store.traces.put(documents, now);
    assert.equal(store.traces.summaryText({ idTime: now, number: 1 }), undefined);
    store.close();
  });
}

test('a trace that is forgotten has no text, also when one was kept', () => {
  const store = filled(300);
  const all = places(store);
  texts(store);
  while (store.forgetSlice({ before: now + 1, maximumBytes: Infinity }));
  assert.deepEqual(
    all.map((place) => store.traces.summaryText(place)),
    all.map(() => undefined),
  );
  store.close();
});
