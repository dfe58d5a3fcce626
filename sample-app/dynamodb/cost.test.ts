import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demandsOf, itemSize } from './cost.ts';

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });

const sizes = [
  { name: 'a name and a text, in bytes of UTF-8', item: { naïve: { S: 'é' } }, expected: 6 + 2 },
  { name: 'a number by its significant digits', item: { n: { N: '-1200.50' } }, expected: 1 + 4 },
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
  { name: 'a set of texts', item: { s: { SS: ['ab', 'c'] } }, expected: 1 + 3 },
  {
    name: 'bytes as they are before base64',
    item: { b: { B: Buffer.alloc(10).toString('base64') } },
    expected: 1 + 10,
  },
] as const;
for (const { name, item, expected } of sizes) {
  test(`the size of an item counts ${name}`, () => {
    assert.equal(itemSize(item as unknown as Parameters<typeof itemSize>[0]), expected);
  });
}

const demands = [
  {
    name: 'an item of 1,024 bytes is one write unit',
    operation: 'PutItem',
    input: { TableName: 't', Item: { a: text(1023) } },
    units: 1,
  },
  {
    name: 'one byte more is two',
    operation: 'PutItem',
    input: { TableName: 't', Item: { a: text(1024) } },
    units: 2,
  },
  { name: 'a read is half a unit', operation: 'GetItem', input: { TableName: 't' }, units: 0.5 },
  {
    name: 'a consistent read is one',
    operation: 'GetItem',
    input: { TableName: 't', ConsistentRead: true },
    units: 1,
  },
  { name: 'an update is one at least', operation: 'UpdateItem', input: { TableName: 't' }, units: 1 },
  {
    name: 'a batch of reads is the sum of its keys',
    operation: 'BatchGetItem',
    input: { RequestItems: { t: { Keys: [{}, {}, {}], ConsistentRead: true } } },
    units: 3,
  },
  {
    name: 'a batch of writes is the sum of its items',
    operation: 'BatchWriteItem',
    input: { RequestItems: { t: [{ PutRequest: { Item: { a: text(2000) } } }, { DeleteRequest: {} }] } },
    units: 3,
  },
] as const;
for (const { name, operation, input, units } of demands) {
  test(name, () => {
    const [demand] = demandsOf(operation, input as unknown as Parameters<typeof demandsOf>[1]);
    assert.equal(demand?.table, 't');
    assert.equal(demand?.units, units);
  });
}

test('what concerns tables themselves costs nothing', () => {
  assert.deepEqual(demandsOf('UpdateTable', { TableName: 't' }), []);
});
