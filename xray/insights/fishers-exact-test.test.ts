import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceOfAtLeast } from './fishers-exact-test.ts';

const near = (actual: number, expected: number) =>
  assert.equal(
    Math.abs(actual - expected) <= 1e-9 * Math.max(expected, 1e-300),
    true,
    `${actual}, not ${expected}`,
  );

// Counted by hand: ways to draw the window's requests from all, with at least that many faults.
const cases = [
  {
    name: 'three of four cups of tea, as Fisher asked',
    seen: { faults: 3, requests: 4 },
    before: { faults: 1, requests: 4 },
    chance: 17 / 70,
  },
  {
    name: 'all four cups',
    seen: { faults: 4, requests: 4 },
    before: { faults: 0, requests: 4 },
    chance: 1 / 70,
  },
  {
    name: 'no fault at all is always seen',
    seen: { faults: 0, requests: 9 },
    before: { faults: 3, requests: 9 },
    chance: 1,
  },
  {
    name: 'without a baseline nothing is surprising',
    seen: { faults: 9, requests: 9 },
    before: { faults: 0, requests: 0 },
    chance: 1,
  },
  {
    name: 'one fault in one request after nineteen good ones',
    seen: { faults: 1, requests: 1 },
    before: { faults: 0, requests: 19 },
    chance: 1 / 20,
  },
];
for (const { name, seen, before, chance } of cases) {
  test(name, () => near(chanceOfAtLeast(seen, before), chance));
}

test('thousands of requests are no trouble, also where the factorials turn to a series', () => {
  // 5 of 10 against 0 of n: C(10,5)·C(n,0)·… = product of (10−i)/(n+10−i), i = 0…4.
  for (const n of [200, 246, 1_000, 50_000]) {
    let expected = 1;
    for (let i = 0; i < 5; i++) expected *= (10 - i) / (n + 10 - i);
    const seen = chanceOfAtLeast({ faults: 5, requests: 10 }, { faults: 0, requests: n });
    assert.equal(Math.abs(seen / expected - 1) < 1e-6, true, `${n}: ${seen}, not ${expected}`);
  }
});
