import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexWritesOf } from './index-writes.ts';
import type { Item } from './item-size.ts';
import type { IndexFacts, TableFacts } from './table-facts.ts';

const tableWith = (projects: IndexFacts['projects']): TableFacts => ({
  name: 'orders',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders',
  active: true,
  onDemand: false,
  partitionKey: 'id',
  capacity: { readUnits: 1, writeUnits: 1 },
  indexes: [
    { name: 'by-customer', partitionKey: 'customer', projects, capacity: { readUnits: 1, writeUnits: 1 } },
  ],
});
const item = (attributes: Item = {}): Item => ({ id: { S: 'a' }, ...attributes });
const of = (customer: string, attributes: Item = {}) => item({ customer: { S: customer }, ...attributes });
const big = { text: { S: 'x'.repeat(3000) } };

// The rules of the developer guide, "write capacity units" of global secondary indexes.
const cases = [
  { name: 'a new item with the key of the index is one write', before: {}, after: of('c'), units: 1 },
  { name: 'a new item without it is none', before: {}, after: item(), units: undefined },
  { name: 'a key that comes is one write', before: item(), after: of('c'), units: 1 },
  { name: 'a key that changes is two writes', before: of('c'), after: of('d'), units: 2 },
  { name: 'a key that goes is one write', before: of('c'), after: item(), units: 1 },
  { name: 'an item that goes is one write', before: of('c'), after: {}, units: 1 },
  { name: 'an item that stays is none', before: of('c'), after: of('c'), units: undefined },
  {
    name: 'a projected attribute that changes is one write of the larger size',
    before: of('c'),
    after: of('c', big),
    units: 3,
  },
] as const;
for (const { name, before, after, units } of cases) {
  test(name, () => {
    assert.deepEqual(
      indexWritesOf(tableWith('ALL'), before, after).map((write) => write.units),
      units === undefined ? [] : [units],
    );
  });
}

test('an attribute that the index does not project costs it nothing', () => {
  assert.deepEqual(indexWritesOf(tableWith([]), of('c'), of('c', big)), []);
  assert.equal(indexWritesOf(tableWith(['text']), of('c'), of('c', big))[0]?.units, 3);
});

test('the write is of the partition of the index', () => {
  assert.equal(indexWritesOf(tableWith([]), {}, of('c-001'))[0]?.partition, 'S:c-001');
});
