import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demandsOf, readUnits, writeUnits, type Facts, type Input } from './cost.ts';
import type { TableFacts } from './table-facts.ts';

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });

const table: TableFacts = {
  name: 't',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t',
  active: true,
  onDemand: false,
  partitionKey: 'id',
  sortKey: 'at',
  capacity: { readUnits: 1, writeUnits: 1 },
  indexes: [
    {
      name: 'by-customer',
      partitionKey: 'customer',
      projects: 'ALL',
      capacity: { readUnits: 1, writeUnits: 1 },
    },
  ],
};
const facts: Facts = (name) => (name === 't' ? table : undefined);
const demands = (operation: string, input: object) => demandsOf(operation, input as Input, facts);

// The examples of the developer guide, "capacity unit consumption".
const reads = [
  { bytes: 0, eventual: 0.5, consistent: 1, transactional: 2 },
  { bytes: 3500, eventual: 0.5, consistent: 1, transactional: 2 },
  { bytes: 4096, eventual: 0.5, consistent: 1, transactional: 2 },
  { bytes: 4097, eventual: 1, consistent: 2, transactional: 4 },
  { bytes: 8 * 1024, eventual: 1, consistent: 2, transactional: 4 },
  { bytes: 10 * 1024, eventual: 1.5, consistent: 3, transactional: 6 },
] as const;
for (const { bytes, ...units } of reads) {
  for (const consistency of ['eventual', 'consistent', 'transactional'] as const) {
    test(`reading ${bytes} bytes costs ${units[consistency]} (${consistency})`, () => {
      assert.equal(readUnits(bytes, consistency), units[consistency]);
    });
  }
}

const writes = [
  { bytes: 0, units: 1 },
  { bytes: 500, units: 1 },
  { bytes: 1024, units: 1 },
  { bytes: 1025, units: 2 },
  { bytes: 400 * 1024, units: 400 },
] as const;
for (const { bytes, units } of writes) {
  test(`writing ${bytes} bytes costs ${units}, and ${2 * units} in a transaction`, () => {
    assert.equal(writeUnits(bytes), units);
    assert.equal(writeUnits(bytes, true), 2 * units);
  });
}

const key = { id: { S: 'a' }, at: { N: '1' } };

const asked = [
  {
    name: 'an item of 1,024 bytes is one write unit',
    operation: 'PutItem',
    input: { TableName: 't', Item: { ...key, a: text(1016) } },
    units: [1],
  },
  {
    name: 'one byte more is two',
    operation: 'PutItem',
    input: { TableName: 't', Item: { ...key, a: text(1017) } },
    units: [2],
  },
  { name: 'a read is half a unit', operation: 'GetItem', input: { TableName: 't', Key: key }, units: [0.5] },
  {
    name: 'a consistent read is one',
    operation: 'GetItem',
    input: { TableName: 't', Key: key, ConsistentRead: true },
    units: [1],
  },
  {
    name: 'an update is one at least',
    operation: 'UpdateItem',
    input: { TableName: 't', Key: key },
    units: [1],
  },
  {
    name: 'a batch of reads is each of its keys',
    operation: 'BatchGetItem',
    input: { RequestItems: { t: { Keys: [key, key, key], ConsistentRead: true } } },
    units: [1, 1, 1],
  },
  {
    name: 'a batch of writes is each of its items',
    operation: 'BatchWriteItem',
    input: {
      RequestItems: {
        t: [{ PutRequest: { Item: { ...key, a: text(2000) } } }, { DeleteRequest: { Key: key } }],
      },
    },
    units: [2, 1],
  },
  {
    name: 'a transaction of writes is double each of its items, also of those it only checks',
    operation: 'TransactWriteItems',
    input: {
      TransactItems: [
        { Put: { TableName: 't', Item: { ...key, a: text(2000) } } },
        { Update: { TableName: 't', Key: key } },
        { Delete: { TableName: 't', Key: key } },
        { ConditionCheck: { TableName: 't', Key: key } },
      ],
    },
    units: [4, 2, 2, 2],
  },
  {
    name: 'a transaction of reads is double consistent ones',
    operation: 'TransactGetItems',
    input: { TransactItems: [{ Get: { TableName: 't', Key: key } }, { Get: { TableName: 't', Key: key } }] },
    units: [2, 2],
  },
  { name: 'what concerns tables themselves costs nothing', operation: 'UpdateTable', input: {}, units: [] },
] as const;
for (const { name, operation, input, units } of asked) {
  test(name, () => {
    assert.deepEqual(
      demands(operation, input).map((demand) => demand.units),
      units,
    );
    for (const demand of demands(operation, input)) {
      assert.equal(demand.table, 't');
      assert.equal(demand.partition, 'S:a');
    }
  });
}

const partitions = [
  {
    name: 'a query is of the partition its expression names',
    input: {
      KeyConditionExpression: '#at > :from AND #id = :id',
      ExpressionAttributeNames: { '#id': 'id', '#at': 'at' },
      ExpressionAttributeValues: { ':id': { S: 'b' }, ':from': { N: '0' } },
    },
    expected: 'S:b',
  },
  {
    name: 'a query in the older form too',
    input: { KeyConditions: { id: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'b' }] } } },
    expected: 'S:b',
  },
  {
    name: 'a query of an index is of the index’s partition',
    input: {
      IndexName: 'by-customer',
      KeyConditionExpression: 'customer=:customer',
      ExpressionAttributeValues: { ':customer': { S: 'c-001' } },
    },
    expected: 'S:c-001',
  },
] as const;
for (const { name, input, expected } of partitions) {
  test(name, () => {
    assert.equal(demands('Query', { TableName: 't', ...input })[0]?.partition, expected);
  });
}

test('a scan has no one partition', () => {
  assert.equal(demands('Scan', { TableName: 't' })[0]?.partition, undefined);
});

test('the number 1 and the text 1 are different partitions', () => {
  const of = (id: object) => demands('GetItem', { TableName: 't', Key: { ...key, id } })[0]?.partition;
  assert.notEqual(of({ S: '1' }), of({ N: '1' }));
});
