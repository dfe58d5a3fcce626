import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { listOf } from './list.ts';

const item = z.strictObject({ id: z.string(), count: z.number().optional() });
const ours = z.object({ items: listOf(item) });
const zods = z.object({ items: z.array(item) });

const cases: { name: string; value: unknown }[] = [
  { name: 'no list', value: { items: 'a' } },
  { name: 'nothing', value: {} },
  { name: 'an empty list', value: { items: [] } },
  { name: 'good items', value: { items: [{ id: 'a' }, { id: 'b', count: 1 }] } },
  {
    name: 'a wrong item among good ones',
    value: { items: [{ id: 'a' }, { id: 1, more: true }, { id: 'b' }] },
  },
  { name: 'nine wrong items', value: { items: Array(9).fill({}) } },
];
for (const { name, value } of cases) {
  test(`${name}: the answer is zod's own`, () => {
    const [own, other] = [ours.safeParse(value), zods.safeParse(value)];
    assert.deepEqual(own.data, other.data);
    assert.deepEqual(own.error?.issues, other.error?.issues);
  });
}

test('of fifty thousand wrong items the first ten are told', () => {
  const { error } = ours.safeParse({ items: Array.from({ length: 50_000 }, () => ({})) });
  assert.deepEqual(
    error!.issues.map(({ path }) => path),
    Array.from({ length: 10 }, (_, index) => ['items', index, 'id']),
  );
});
