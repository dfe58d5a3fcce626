import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const names = ['inventory-down', 'inventory-slow', 'retry-storm'];
const cases = [
  { typed: 'inventry-down', meant: 'inventory-down' },
  { typed: 'inventory-slwo', meant: 'inventory-slow' },
  { typed: 'RETRY_STORM', meant: 'retry-storm' },
  { typed: 'something-else-entirely', meant: undefined },
  { typed: '', meant: undefined },
];
for (const { typed, meant } of cases)
  test(`"${typed}" means ${meant ?? 'none of them'}`, () => assert.equal(nearest(typed, names), meant));
