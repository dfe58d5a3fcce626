import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ago, bytes, duration, percent, perMinute, plural, spokenDuration } from './format.ts';

const durations = [
  [0, '0 ms'],
  [0.00042, '0.42 ms'],
  [0.0009999, '1 ms'],
  [0.038, '38 ms'],
  [0.9994, '999 ms'],
  [0.9996, '1.00 s'],
  [1.2399, '1.24 s'],
  [59.99, '59.99 s'],
  [59.999, '1 min 0 s'],
  [123, '2 min 3 s'],
] as const;

for (const [seconds, expected] of durations) {
  test(`${seconds} s reads ${expected}`, () => assert.equal(duration(seconds), expected));
}

test('a duration is spoken in whole words', () => {
  assert.equal(spokenDuration(0.038), '38 milliseconds');
  assert.equal(spokenDuration(1.24), '1.24 seconds');
  assert.equal(spokenDuration(123), '2 minutes 3 seconds');
});

test('ages grow coarser', () => {
  const at = 1000;
  assert.deepEqual(
    [1001, 1012, 1240, 8200, 180_000].map((now) => ago(at, now)),
    ['now', '12 s ago', '4 min ago', '2 h ago', '2 d ago'],
  );
});

test('a small share never reads as nothing, a large one never as everything', () => {
  assert.deepEqual([0, 0.001, 0.25, 0.999, 1].map(percent), ['0 %', '< 1 %', '25 %', '> 99 %', '100 %']);
});

test('rates below ten keep a decimal', () => {
  assert.deepEqual([0, 0.4, 9.94, 9.96, 48.2].map(perMinute), ['0', '0.4', '9.9', '10', '48']);
});

test('bytes count in 1,024s, as the 64 KB limit does', () => {
  assert.deepEqual([812, 65_536, 1_258_291].map(bytes), ['812 B', '64.0 KB', '1.2 MB']);
});

test('one is singular', () => {
  assert.deepEqual(
    [plural(0, 'trace'), plural(1, 'trace'), plural(1480, 'trace')],
    ['0 traces', '1 trace', '1,480 traces'],
  );
});
