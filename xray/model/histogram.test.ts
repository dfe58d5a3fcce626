import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, percentile } from './histogram.ts';

test('a histogram has one entry for each distinct millisecond', () => {
  const histogram = new Histogram();
  for (const seconds of [0.2, 0.0014, 0.0006, 0.2]) histogram.add(seconds);
  assert.deepEqual(histogram.entries(), [
    { Value: 0.001, Count: 2 },
    { Value: 0.2, Count: 2 },
  ]);
});

const entries = [
  { Value: 3, Count: 1 },
  { Value: 0.1, Count: 9 },
];
const percentiles = [
  { share: 0, expected: 0.1 },
  { share: 0.5, expected: 0.1 },
  { share: 0.9, expected: 0.1 },
  { share: 0.95, expected: 3 },
  { share: 1, expected: 3 },
];

for (const { share, expected } of percentiles) {
  test(`of nine requests at 0.1 s and one at 3 s, p${share * 100} is ${expected} s`, () =>
    assert.equal(percentile(entries, share), expected));
}

test('nothing counted has no percentile', () => assert.equal(percentile([], 0.95), undefined));
