import { test } from 'node:test';
import assert from 'node:assert/strict';
import { joined, rowOf, sorted, type Column, type TraceRow } from './trace-row.ts';

const row = (id: string, start: number, more: Partial<TraceRow> = {}): TraceRow => ({
  id,
  start,
  status: 'ok',
  method: '',
  url: '',
  user: '',
  ...more,
});
const ids = (rows: readonly TraceRow[]) => rows.map(({ id }) => id).join('');

test('a summary becomes what the list shows of it', () =>
  assert.deepEqual(
    rowOf({
      Id: '1-00000064-aaaaaaaaaaaaaaaaaaaaaaaa',
      ResponseTime: 0.5,
      Duration: 0.7,
      HasThrottle: true,
      Http: { HttpURL: 'http://shop/checkout', HttpStatus: 429, HttpMethod: 'POST' },
      Users: [{ UserName: 'ann' }, { UserName: 'you' }],
    }),
    {
      id: '1-00000064-aaaaaaaaaaaaaaaaaaaaaaaa',
      start: 100,
      status: 'throttle',
      code: 429,
      response: 0.5,
      duration: 0.7,
      method: 'POST',
      url: 'http://shop/checkout',
      user: 'ann, you',
    },
  ));

const rows = [
  row('c', 3, { code: 200, user: 'Zoe', status: 'fault', duration: 2 }),
  row('b', 2, { code: 500, user: 'ann', status: 'ok', duration: 0.5 }),
  row('a', 1, { code: 200, user: 'bob', status: 'error' }),
];

const orders: [Column, boolean, string][] = [
  ['when', true, 'cba'],
  ['when', false, 'abc'],
  ['code', false, 'cab'],
  ['code', true, 'bca'],
  ['duration', false, 'abc'],
  ['status', true, 'cab'],
  ['user', false, 'bac'],
];
for (const [column, descending, expected] of orders) {
  test(`by ${column}, ${descending ? 'largest' : 'smallest'} first, equal ones newest first: ${expected}`, () =>
    assert.equal(ids(sorted(rows, { column, descending })), expected));
}

test('rows that come later find their place; one that comes again is the new one', () => {
  const known = [row('c', 3), row('a', 1)];
  const next = joined(known, [row('b', 2), row('a', 1, { status: 'fault' })]);
  assert.equal(ids(next), 'cba');
  assert.equal(next[2]?.status, 'fault');
  assert.equal(joined(known, []), known);
  const twice = joined(known, [row('b', 2), row('b', 2, { status: 'error' })]);
  assert.deepEqual([ids(twice), twice[1]?.status], ['cba', 'error']);
});

test('ten thousand rows are in order by text in less than a long task', () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    row(String(i), 10_000 - i, { url: `http://shop/orders/O${(i * 7919) % 10_000}` }),
  );
  const began = performance.now();
  const inOrder = sorted(many, { column: 'url', descending: false });
  assert.equal(inOrder[0]?.url, 'http://shop/orders/O0');
  assert.ok(performance.now() - began < 100, `${performance.now() - began} ms`);
});
