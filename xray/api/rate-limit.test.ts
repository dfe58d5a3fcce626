import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateLimit } from './rate-limit.ts';

function limited(callsPerSecond: number) {
  let time = 1000;
  const limit = rateLimit({ callsPerSecond: () => callsPerSecond, code: 'ThrottledException' }, () => time);
  return {
    pass: (seconds: number) => (time += seconds),
    taken: (calls: number, operation = 'PutTraceSegments') =>
      Array.from({ length: calls }, () => {
        try {
          limit.take(operation);
          return true;
        } catch {
          return false;
        }
      }).filter(Boolean).length,
  };
}

test('a second’s calls pass at once, the next one does not', () => assert.equal(limited(5).taken(6), 5));

test('calls come back with time, never more than a second’s', () => {
  const { taken, pass } = limited(5);
  taken(5);
  pass(0.5);
  assert.equal(taken(5), 2);
  pass(60);
  assert.equal(taken(10), 5);
});

test('each operation has its own bucket', () => {
  const { taken } = limited(5);
  taken(5);
  assert.equal(taken(5, 'GetTraceSummaries'), 5);
});

test('less than one call a second is one call now and then', () => {
  const { taken, pass } = limited(0.5);
  assert.equal(taken(2), 1);
  pass(2);
  assert.equal(taken(2), 1);
});

test('a clock that goes back takes no calls away', () => {
  const { taken, pass } = limited(2);
  taken(1);
  pass(-3600);
  assert.equal(taken(2), 1);
});

test('0 is no limit', () => assert.equal(limited(0).taken(1000), 1000));
