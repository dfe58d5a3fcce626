import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DigestBlock } from '../model/trace-digest/digest-block.ts';
import { DigestCache } from './digest-cache.ts';

const block = DigestBlock.of([]);

test('the least recently used block is dropped first, and its size with it', () => {
  const cache = new DigestCache(2 * block.size);
  cache.set(1, block, true);
  cache.set(2, block, true);
  cache.get(1);
  cache.set(3, block, false);
  assert.equal(cache.get(2), undefined);
  assert.equal(cache.get(1)?.isKept, true);
  assert.equal(cache.get(3)?.isKept, false);
  assert.equal(cache.bytes, 2 * block.size);
});

test('a block that is set again counts once; one larger than all memory stays until the next', () => {
  const cache = new DigestCache(1);
  cache.set(1, block, true);
  cache.set(1, block, true);
  assert.equal(cache.bytes, block.size);
  cache.set(2, block, true);
  assert.equal(cache.get(1), undefined);
  assert.equal(cache.bytes, block.size);
});
