import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inStock } from '../products.ts';
import { checkoutRate, readRate, trafficProfiles } from './profiles.ts';
import { shoppers } from './shopper.ts';

const script = (seed: number) => {
  const visits = shoppers(seed);
  return Array.from({ length: 200 }, () => [visits.checkout(), visits.read(), visits.pause(1)]);
};

test('the same seed gives the same shoppers, another seed others', () => {
  assert.deepEqual(script(7), script(7));
  assert.notDeepEqual(script(7), script(8));
});

test('shoppers are forty customers who buy one to three things that are not sold out', () => {
  const visits = shoppers(1);
  const checkouts = Array.from({ length: 500 }, () => visits.checkout());
  for (const { customerId, items } of checkouts) {
    assert.match(customerId, /^c-0(0[1-9]|[1-3]\d|40)$/);
    assert.ok(items.length >= 1 && items.length <= 3);
    for (const { sku } of items) assert.ok(inStock.some((product) => product.sku === sku));
  }
  assert.equal(new Set(checkouts.map(({ customerId }) => customerId)).size, 40);
});

test('each customer keeps one card and a taste, in every run', () => {
  const carts = new Map<string, { cards: Set<string>; skus: string[] }>();
  for (const seed of [1, 2]) {
    const visits = shoppers(seed);
    for (let visit = 0; visit < 2000; visit++) {
      const { customerId, items, card } = visits.checkout();
      const known = carts.get(customerId) ?? { cards: new Set(), skus: [] };
      known.cards.add(card.number);
      known.skus.push(...items.map(({ sku }) => sku));
      carts.set(customerId, known);
    }
  }
  for (const { cards, skus } of carts.values()) {
    assert.equal(cards.size, 1);
    const bySku = Object.values(Object.groupBy(skus, (sku) => sku)).map((found) => found!.length);
    const favourites = bySku.toSorted((a, b) => b - a).slice(0, 4);
    assert.ok(favourites.reduce((sum, count) => sum + count) > 0.6 * skus.length);
  }
  assert.equal(new Set([...carts.values()].flatMap(({ cards }) => [...cards])).size, 3);
});

test('a profile says how much looks at products', () => {
  const visits = shoppers(1);
  const looks = (share?: number) =>
    Array.from({ length: 1000 }, () => visits.read(share)).filter(({ kind }) => kind === 'look-at-products')
      .length;
  assert.ok(Math.abs(looks(0.95) - 950) < 40);
  assert.ok(Math.abs(looks() - 400) < 60);
});

test('the rush hour swells to its highest in the middle of its period, and ebbs', () => {
  const rush = trafficProfiles.find(({ name }) => name === 'rush-hour')!;
  const { everySeconds, times } = rush.swell!;
  assert.ok(everySeconds >= 120, 'over minutes');
  const rates = Array.from({ length: 9 }, (_, eighth) => checkoutRate(rush, (everySeconds * eighth) / 8));
  assert.deepEqual(
    rates.slice(0, 5),
    rates.slice(0, 5).toSorted((a, b) => a - b),
  );
  assert.equal(rates[4], rush.checkoutsPerSecond * times);
  assert.ok(Math.abs(rates[8]! - rates[0]!) < 1e-9);
  assert.equal(readRate(rush, everySeconds / 2), rush.readsPerSecond * times);
});

test('checkout-only never reads, catalogue-heavy seldom buys', () => {
  const named = (wanted: string) => trafficProfiles.find(({ name }) => name === wanted)!;
  assert.equal(readRate(named('checkout-only'), 5), 0);
  assert.ok(readRate(named('catalogue-heavy'), 5) > 10 * checkoutRate(named('catalogue-heavy'), 5));
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
    ...trafficProfiles.map((p) =>
      Math.max(p.checkoutsPerSecond * (p.swell?.times ?? 1), p.rush?.checkoutsPerSecond ?? 0),
    ),
  );
  // Twice, because visits are not evenly spread.
  assert.ok(peak * unitsPerOrder * 2 < normalCapacity.orders.writeUnits);
});
