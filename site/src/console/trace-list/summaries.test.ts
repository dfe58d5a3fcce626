import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import { SeenCounts } from './seen-values.ts';
import {
  alternatives,
  rememberQuery,
  recentQueries,
  startOf,
  statusOfSummary,
  valuesAt,
} from './summaries.ts';

const summary = (Id: string, more: Partial<TraceSummary> = {}): TraceSummary => ({ Id, ...more });

const statuses = [
  [{ HasFault: true, HasError: true, HasThrottle: true }, 'fault'],
  [{ HasError: true, HasThrottle: true }, 'throttle'],
  [{ HasError: true }, 'error'],
  [{ IsPartial: true }, 'pending'],
  [{}, 'ok'],
] as const;

for (const [flags, expected] of statuses) {
  test(`${JSON.stringify(flags)} is ${expected}`, () =>
    assert.equal(statusOfSummary(summary('1', flags)), expected));
}

test('a summary without start time takes it from the id', () =>
  assert.equal(startOf(summary('1-00000064-aaaaaaaaaaaaaaaaaaaaaaaa')), 100));

const seen = new SeenCounts();
seen.add([
  summary('a', {
    ServiceIds: [{ Name: 'gateway' }, { Name: 'payment' }, { Name: 'payment' }],
    Annotations: {
      orderId: [{ AnnotationValue: { StringValue: 'A17' } }],
      items: [{ AnnotationValue: { NumberValue: 3 } }],
    },
    Http: { HttpURL: 'http://gateway/checkout', HttpStatus: 201, HttpMethod: 'POST' },
    Users: [{ UserName: 'you' }],
  }),
  summary('b', { ServiceIds: [{ Name: 'gateway' }] }),
]);

test('traces that come later are counted with those before', () => {
  const counts = new SeenCounts();
  for (const user of ['ann', 'you', 'you'])
    counts.add([
      summary(user, {
        Users: [{ UserName: user }],
        Annotations: { toString: [{ AnnotationValue: { BooleanValue: false } }] },
      }),
    ]);
  assert.deepEqual(counts.users, [
    { text: '"you"', count: 2 },
    { text: '"ann"', count: 1 },
  ]);
  assert.deepEqual(counts.annotations.get('toString'), [{ text: 'false', count: 3 }]);
});

test('a service counts once per trace', () =>
  assert.deepEqual(seen.services, [
    { text: '"gateway"', count: 2 },
    { text: '"payment"', count: 1 },
  ]));

const carets = [
  ['service(', 8, ['"gateway"', '"payment"']],
  ['service("pay', 8, ['"gateway"', '"payment"']],
  ['edge("gateway", ', 16, ['"gateway"', '"payment"']],
  ['fault AND annotation.', 21, ['orderId', 'items']],
  ['annotation.items = ', 19, ['3']],
  ['annotation.orderId = "A', 21, ['"A17"']],
  ['http.status >= 2', 15, ['201']],
  ['user = ', 7, ['"you"']],
] as const;

for (const [before, from, texts] of carets) {
  test(`after ${before} come ${texts.join(', ')}`, () => {
    const found = valuesAt(before, seen);
    assert.equal(found?.from, from);
    assert.deepEqual(
      found?.values.map(({ text }) => text),
      texts,
    );
  });
}

test('where a keyword is expected no value is offered', () =>
  assert.equal(valuesAt('fault AND res', seen), undefined));

test('an empty result for fault suggests looking in every service', () => {
  assert.deepEqual(alternatives('fault AND duration > 1'), [
    { filter: 'service() { fault }', flag: 'fault' },
  ]);
  assert.deepEqual(alternatives('service("payment") { fault }'), []);
  assert.deepEqual(alternatives('!error'), []);
});

test('the last twenty queries are kept, without repeats', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  for (let i = 0; i < 25; i++) rememberQuery(storage, `duration > ${i}`);
  rememberQuery(storage, 'duration > 20');
  rememberQuery(storage, ' ');
  assert.equal(recentQueries(storage).length, 20);
  assert.deepEqual(recentQueries(storage).slice(0, 2), ['duration > 20', 'duration > 24']);
});

test('an annotation may be called as a member of every object', () => {
  const one = new SeenCounts();
  one.add([
    summary('a', { Annotations: { constructor: [{ AnnotationValue: { StringValue: 'c' } }] } as never }),
    summary('b', { Annotations: {} }),
    summary('c'),
  ]);
  assert.deepEqual(one.annotations.get('constructor'), [{ text: '"c"', count: 1 }]);
  assert.deepEqual(valuesAt('annotation.constructor = ', one)?.values, [{ text: '"c"', count: 1 }]);
});

for (const key of ['constructor', 'toString', '__proto__']) {
  test(`no value is offered for annotation.${key} when no trace has it`, () =>
    assert.equal(valuesAt(`annotation.${key} = `, seen), undefined));
}

for (const kept of ['{', 'null', '{"a":1}', '[1,"fault"]']) {
  test(`recent queries that were kept as ${kept} are read as far as they are some`, () =>
    assert.deepEqual(recentQueries({ getItem: () => kept }), kept.startsWith('[') ? ['fault'] : []));
}
