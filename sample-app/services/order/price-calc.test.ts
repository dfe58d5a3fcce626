import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withComputingTime } from '../../platform/computing-time.ts';
import { calculateTotal, type PricedItem } from './price-calc.ts';

const lines = (count: number, quantity: number, priceInCents: number): PricedItem[] =>
  Array.from({ length: count }, () => ({ quantity, priceInCents }));

const searching = (milliseconds: number, items: readonly PricedItem[]): Promise<number> =>
  new Promise((resolve, reject) => {
    withComputingTime('price-calc', milliseconds, () => calculateTotal(items).then(resolve, reject));
  });

const carts = [
  { name: 'a few things cost what they cost together', items: lines(2, 3, 950), total: 5700 },
  { name: 'ten pieces in a line are 5 % off', items: lines(1, 10, 950), total: 9025 },
  { name: 'five lines are 2 % off', items: lines(5, 1, 1000), total: 4900 },
  { name: 'from 500.00 on, 25.00 are off', items: lines(1, 5, 10_000), total: 47_500 },
  {
    name: 'what one discount leaves may be too little for the next',
    items: lines(1, 10, 5200),
    total: 49_400,
  },
  { name: 'half a cent counts as a cent', items: lines(1, 10, 129), total: 1226 },
];
for (const { name, items, total } of carts) {
  test(name, async () => assert.equal(await calculateTotal(items), total));
}

test('given time, it finds the order of discounts that is the cheapest', async () => {
  // 520.00 − 25.00, and 5 % of the rest.
  assert.equal(await searching(30, lines(1, 10, 5200)), 47_025);
});

test('it computes as long as it may, and others get their turn meanwhile', async () => {
  const began = performance.now();
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  await searching(120, lines(2, 1, 950));
  clearInterval(timer);
  const took = performance.now() - began;
  assert.ok(took >= 120 && took < 400, `${took} ms`);
  assert.ok(turns >= 3, `${turns} turns`);
});

test('without time to search it answers at once', async () => {
  const before = performance.now();
  await calculateTotal(lines(3, 2, 950));
  assert.ok(performance.now() - before < 50);
});
