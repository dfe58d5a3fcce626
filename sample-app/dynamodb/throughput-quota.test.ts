import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';

let dynamodb: TestDynamoDB;
before(async () => {
  dynamodb = await startDynamoDB();
  const answer = await dynamodb.post('CreateTable', table('events', 5, 5, 5));
  assert.equal(answer.status, 200, await answer.text());
});
after(() => dynamodb.stop());

const throughput = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
});
const table = (TableName: string, reads: number, writes: number, indexReads: number) => ({
  TableName,
  AttributeDefinitions: ['id', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  ...throughput(reads, writes),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-kind',
      KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
      ...throughput(indexReads, 5),
    },
  ],
});
const perTable = 'Cannot increase provisioned throughput to more than 40,000 units per table';
const perIndex =
  'Cannot increase provisioned throughput to more than 40,000 units per global secondary index';

const refused = [
  {
    name: 'a table’s reads raised far beyond the quota',
    operation: 'UpdateTable',
    input: { TableName: 'events', ...throughput(999_999_999_999, 5) },
    message: perTable,
  },
  {
    name: 'a table’s writes raised to one more than the quota',
    operation: 'UpdateTable',
    input: { TableName: 'events', ...throughput(5, 40_001) },
    message: perTable,
  },
  {
    name: 'an index raised beyond the quota',
    operation: 'UpdateTable',
    input: {
      TableName: 'events',
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', ...throughput(5, 40_001) } }],
    },
    message: perIndex,
  },
  {
    name: 'a table made beyond the quota',
    operation: 'CreateTable',
    input: table('new', 40_001, 5, 5),
    message: perTable,
  },
  {
    name: 'a table made with an index beyond the quota',
    operation: 'CreateTable',
    input: table('new', 5, 5, 40_001),
    message: perIndex,
  },
  {
    name: 'a number that is out of bounds by itself',
    operation: 'UpdateTable',
    input: { TableName: 'events', ...throughput(1_000_000_000_001, 5) },
    message: 'Given value 1000000000001 for ReadCapacityUnits is out of bounds',
  },
];
for (const { name, operation, input, message } of refused) {
  test(`${name} is refused, and nothing changes`, async () => {
    const answer = await dynamodb.post(operation, input);
    assert.equal(answer.status, 400);
    const { __type, message: said } = (await answer.json()) as Record<string, string>;
    assert.match(__type!, /#ValidationException$/);
    assert.equal(said, message);

    const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName: 'events' }));
    for (const { ReadCapacityUnits, WriteCapacityUnits } of [
      Table!.ProvisionedThroughput!,
      Table!.GlobalSecondaryIndexes![0]!.ProvisionedThroughput!,
    ])
      assert.deepEqual([ReadCapacityUnits, WriteCapacityUnits], [5, 5]);
    assert.equal((await dynamodb.post('DescribeTable', { TableName: 'new' })).status, 400);
  });
}

test('a table that is not there is said to be missing, however much it is given', async () => {
  const answer = await dynamodb.post('UpdateTable', { TableName: 'missing', ...throughput(40_001, 5) });
  assert.match(((await answer.json()) as { __type: string }).__type, /#ResourceNotFoundException$/);
});

test('the quota itself is allowed', async () => {
  const { TableDescription } = await dynamodb.client.send(
    new UpdateTableCommand({ TableName: 'payments', ...throughput(40_000, 40_000) }),
  );
  assert.equal(TableDescription!.TableName, 'payments');
  const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName: 'payments' }));
  assert.equal(Table!.ProvisionedThroughput!.ReadCapacityUnits, 40_000);
});

for (const body of ['{"GlobalSecondaryIndexUpdates":7}', '{"GlobalSecondaryIndexUpdates":[null]}', '[]', '7'])
  test(`an UpdateTable of ${body} is the engine’s to refuse`, async () => {
    const answer = await dynamodb.post('UpdateTable', body);
    assert.equal(answer.status, 400, await answer.text());
  });
