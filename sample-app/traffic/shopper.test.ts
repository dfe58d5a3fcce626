import assert from 'node:assert/strict';
import { test } from 'node:test';
import { products } from '../products.ts';
import { checkoutRate, trafficProfiles } from './profiles.ts';
import { shoppers } from './shopper.ts';

const script = (seed: number) => {
  const visits = shoppers(seed);
  return Array.from({ length: 200 }, () => [visits.checkout(), visits.read(), visits.pause(1)]);
};

test('the same seed gives the same shoppers, another seed others', () => {
  assert.deepEqual(script(7), script(7));
  assert.notDeepEqual(script(7), script(8));
});

test('shoppers are forty customers who buy one to three things that exist', () => {
  const visits = shoppers(1);
  const checkouts = Array.from({ length: 500 }, () => visits.checkout());
  for (const { customerId, items } of checkouts) {
    assert.match(customerId, /^c-0(0[1-9]|[1-3]\d|40)$/);
    assert.ok(items.length >= 1 && items.length <= 3);
    for (const { sku } of items) assert.ok(products.some((product) => product.sku === sku));
  }
  assert.equal(new Set(checkouts.map(({ customerId }) => customerId)).size, 40);
});

test('pauses are never regular, and on average the rate', () => {
  const visits = shoppers(1);
  const pauses = Array.from({ length: 1000 }, () => visits.pause(2));
  const mean = pauses.reduce((sum, pause) => sum + pause) / pauses.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `${mean}`);
  assert.ok(Math.max(...pauses) <= 0.75);
});

test('calm is about one checkout a second', () => {
  const calm = trafficProfiles.find(({ name }) => name === 'calm')!;
  assert.equal(checkoutRate(calm, 10), 1);
  assert.equal(calm.requestsPerMinute, 90);
});

test('a rush comes at the end of each period', () => {
  const burst = trafficProfiles.find(({ name }) => name === 'burst')!;
  const { everySeconds, forSeconds, checkoutsPerSecond } = burst.rush!;
  assert.equal(checkoutRate(burst, 0), burst.checkoutsPerSecond);
  assert.equal(checkoutRate(burst, everySeconds - forSeconds), checkoutsPerSecond);
  assert.equal(checkoutRate(burst, everySeconds), burst.checkoutsPerSecond);
});

test('the orders table takes a burst without throttling', async () => {
  const { normalCapacity } = await import('../dynamodb/tables.ts');
  const unitsPerOrder = 3;
  const peak = Math.max(
    ...trafficProfiles.map((p) => Math.max(p.checkoutsPerSecond, p.rush?.checkoutsPerSecond ?? 0)),
  );
  // Twice, because visits are not evenly spread.
  assert.ok(peak * unitsPerOrder * 2 < normalCapacity.orders.writeUnits);
});
