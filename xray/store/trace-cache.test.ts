import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trace } from '../model/vocabulary.ts';
import { TraceCache } from './trace-cache.ts';

const trace = (id: string) => ({ id }) as Trace;

test('the least recently read trace is dropped first', () => {
  const cache = new TraceCache(30);
  for (const id of ['a', 'b', 'c']) cache.set(id, trace(id), 10);
  cache.get('a');
  cache.set('d', trace('d'), 10);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].filter((id) => cache.get(id)),
    ['a', 'c', 'd'],
  );
});

test('a trace that is written again counts once', () => {
  const cache = new TraceCache(20);
  cache.set('a', trace('a'), 10);
  cache.set('a', trace('a'), 10);
  cache.set('b', trace('b'), 10);
  assert.equal(cache.size, 2);
});
