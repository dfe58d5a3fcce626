import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startedSince } from './new-traces.ts';

const traceOf = (seconds: number) => `1-${seconds.toString(16)}-0123456789abcdef01234567`;

for (const { name, starts, expected } of [
  { name: 'those of the half minute before do not count', starts: [970, 985, 999], expected: 0 },
  { name: 'one of the same second does', starts: [1000], expected: 1 },
  { name: 'each later one counts', starts: [999, 1001, 1002], expected: 2 },
  { name: 'no trace is none', starts: [], expected: 0 },
])
  test(`new since the page was opened: ${name}`, () =>
    assert.equal(startedSince(starts.map(traceOf), 1000.7), expected));
