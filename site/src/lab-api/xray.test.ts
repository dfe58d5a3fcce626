import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eachOnce } from './xray.ts';

test('a trace that stands on two pages is one trace, as it was read last', () => {
  const once = eachOnce([
    { Id: 'a', Duration: 1 },
    { Id: 'b', Duration: 1 },
    { Id: 'a', Duration: 2 },
  ]);
  assert.deepEqual(once, [
    { Id: 'a', Duration: 2 },
    { Id: 'b', Duration: 1 },
  ]);
});
