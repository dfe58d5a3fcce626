import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reserve } from './reserve.ts';

/** Shelves in memory. What is in `broken` can't be written. */
function shelves(stock: Record<string, number>, broken: { take?: string; add?: string } = {}) {
  const writes: string[] = [];
  return {
    stock,
    writes,
    take: async (sku: string, quantity: number) => {
      writes.push(`take ${sku}`);
      if (sku === broken.take) throw new Error('throttled');
      const left = (stock[sku] ?? 0) - quantity;
      if (left < 0) return false;
      stock[sku] = left;
      return true;
    },
    add: async (sku: string, quantity: number) => {
      writes.push(`add ${sku}`);
      if (sku === broken.add) throw new Error('throttled');
      return (stock[sku] = (stock[sku] ?? 0) + quantity);
    },
  };
}

const items = [
  { sku: 'mug', quantity: 2 },
  { sku: 'jar', quantity: 1 },
  { sku: 'press', quantity: 1 },
];

test('what is there is taken, one write for each item', async () => {
  const full = shelves({ mug: 5, jar: 5, press: 5 });
  assert.equal(await reserve(full, 'o-1', items), undefined);
  assert.deepEqual(full.stock, { mug: 3, jar: 4, press: 4 });
  assert.deepEqual(full.writes, ['take mug', 'take jar', 'take press']);
});

test('when the last item is sold out, the others go back, the last one first', async () => {
  const some = shelves({ mug: 5, jar: 5, press: 0 });
  assert.deepEqual(await reserve(some, 'o-1', items), { sku: 'press', quantity: 1 });
  assert.deepEqual(some.stock, { mug: 5, jar: 5, press: 0 });
  assert.deepEqual(some.writes.slice(3), ['add jar', 'add mug']);
});

test('one product in two lines is reserved only when there is enough for both', async () => {
  const few = shelves({ mug: 3 });
  const twice = [
    { sku: 'mug', quantity: 2 },
    { sku: 'mug', quantity: 2 },
  ];
  assert.deepEqual(await reserve(few, 'o-1', twice), { sku: 'mug', quantity: 2 });
  assert.deepEqual(few.stock, { mug: 3 });
});

test('when the table fails, what was taken goes back, and the caller gets the table’s error', async () => {
  const failing = shelves({ mug: 5, jar: 5, press: 5 }, { take: 'press' });
  await assert.rejects(reserve(failing, 'o-1', items), /throttled/);
  assert.deepEqual(failing.stock, { mug: 5, jar: 5, press: 5 });
});

test('goods that can’t be put back keep neither the others nor the answer', async () => {
  const stuck = shelves({ mug: 5, jar: 5, press: 0 }, { add: 'jar' });
  assert.deepEqual(await reserve(stuck, 'o-1', items), { sku: 'press', quantity: 1 });
  assert.deepEqual(stuck.stock, { mug: 5, jar: 4, press: 0 });
});
