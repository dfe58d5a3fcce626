import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemSize, type Item } from './item-size.ts';

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });

const sizes = [
  { name: 'a name and a text, in bytes of UTF-8', item: { naïve: { S: 'é' } }, expected: 6 + 2 },
  { name: 'a number by its significant digits', item: { n: { N: '-1200.50' } }, expected: 1 + 4 },
  { name: 'a small fraction by its significant digits', item: { n: { N: '0.0015' } }, expected: 1 + 2 },
  { name: 'the digits before an exponent', item: { n: { N: '12e34' } }, expected: 1 + 2 },
  { name: 'nought as one byte', item: { n: { N: '0' } }, expected: 1 + 1 },
  {
    name: 'a map with its names, and three bytes of its own',
    item: { m: { M: { a: { BOOL: true } } } },
    expected: 1 + 3 + 1 + 2,
  },
  {
    name: 'a list with its elements',
    item: { l: { L: [text(5), { NULL: true }] } },
    expected: 1 + 3 + 6 + 2,
  },
  { name: 'an empty list as three bytes', item: { l: { L: [] } }, expected: 1 + 3 },
  { name: 'a set of texts', item: { s: { SS: ['ab', 'c'] } }, expected: 1 + 3 },
  { name: 'a set of numbers', item: { s: { NS: ['1', '2345'] } }, expected: 1 + 2 + 3 },
  {
    name: 'bytes as they are before base64',
    item: { b: { B: Buffer.alloc(10).toString('base64') } },
    expected: 1 + 10,
  },
  {
    name: 'a set of bytes',
    item: { b: { BS: [Buffer.alloc(10).toString('base64'), Buffer.alloc(3).toString('base64')] } },
    expected: 1 + 13,
  },
] as const;
for (const { name, item, expected } of sizes) {
  test(`the size of an item counts ${name}`, () => {
    assert.equal(itemSize(item as unknown as Item), expected);
  });
}
