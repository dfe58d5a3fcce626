/** The DynamoDB of the shop, spoken to as anybody would: through @aws-sdk/client-dynamodb. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';
import { normalCapacity } from './tables.ts';

let dynamodb: TestDynamoDB;
let client: DynamoDBClient;

before(async () => {
  dynamodb = await startDynamoDB();
  client = dynamodb.client;
});
after(() => dynamodb.stop());

const put = (orderId: string, bytes = 100) =>
  client.send(
    new PutItemCommand({
      TableName: 'orders',
      Item: { orderId: { S: orderId }, terms: { S: 'x'.repeat(bytes) } },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );

const provision = (TableName: string, ReadCapacityUnits: number, WriteCapacityUnits: number) =>
  client.send(
    new UpdateTableCommand({
      TableName,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
    }),
  );

const throttled = (error: unknown) => error instanceof ProvisionedThroughputExceededException;

test('the shop’s tables are there, with products on the shelves, one of which is empty', async () => {
  const { TableNames } = await client.send(new ListTablesCommand({}));
  assert.deepEqual(TableNames, Object.keys(normalCapacity).sort());
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'inventory' }));
  assert.equal(Items.length, 9);
  const empty = Items.filter(({ stock }) => stock?.N === '0');
  assert.deepEqual(
    empty.map(({ sku }) => sku?.S),
    ['press-travel'],
  );
});

test('there are forty customers, who have not ordered yet', async () => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'customers' }));
  assert.equal(Items.length, 40);
  assert.ok(Items.some(({ customerId, orders }) => customerId?.S === 'c-040' && orders?.N === '0'));
});

test('a write too many is DynamoDB’s own error, which the SDK knows as throttling; update-table cures it', async () => {
  await provision('orders', 100, 1);
  await assert.rejects(put('o-1'), (error: ProvisionedThroughputExceededException) => {
    assert.ok(throttled(error));
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId ?? '', /^[A-Z0-9]{52}$/);
    assert.match(
      error.message,
      /^The level of configured provisioned throughput for the table was exceeded\./,
    );
    return true;
  });

  dynamodb.clock.seconds += 1;
  const { ConsumedCapacity } = await put('o-1');
  assert.equal(ConsumedCapacity?.CapacityUnits, 1);
  await assert.rejects(put('o-2'), throttled);

  await provision('orders', 100, 50);
  await put('o-2');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'orders' }));
  assert.equal(Table?.TableStatus, 'ACTIVE');
  assert.equal(Table?.ProvisionedThroughput?.WriteCapacityUnits, 50);
});

test('the SDK tries again by itself, and counts its attempts', async () => {
  await provision('orders', 100, 1);
  const patient = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  const command = new PutItemCommand({ TableName: 'orders', Item: { orderId: { S: 'o-3' } } });
  await assert.rejects(patient.send(command), (error: ProvisionedThroughputExceededException) => {
    assert.equal(error.$metadata.attempts, 2);
    return throttled(error);
  });
  patient.destroy();
});

test('an update pays for the whole item, although its cost shows only afterwards', async () => {
  await provision('orders', 100, 10);
  await put('o-big', 4000);
  const update = () =>
    client.send(
      new UpdateItemCommand({
        TableName: 'orders',
        Key: { orderId: { S: 'o-big' } },
        UpdateExpression: 'SET note = :note',
        ExpressionAttributeValues: { ':note': { S: 'x' } },
      }),
    );
  // Ten units, less four for the put and four for each update: the third has nothing left to start with.
  await update();
  await update();
  await assert.rejects(update(), throttled);
});

test('reads are limited too, and a read that need not be consistent costs half', async () => {
  await provision('orders', 101, 100);
  await put('o-read');
  await provision('orders', 1, 100);
  const get = (ConsistentRead: boolean) =>
    client.send(
      new GetItemCommand({ TableName: 'orders', Key: { orderId: { S: 'o-read' } }, ConsistentRead }),
    );
  dynamodb.clock.seconds += 1;
  assert.ok((await get(false)).Item);
  assert.ok((await get(false)).Item);
  await assert.rejects(get(true), throttled);
});

test('an answer tells the consumed capacity only to those who asked', async () => {
  await provision('orders', 100, 101);
  const key = { TableName: 'orders', Key: { orderId: { S: 'o-read' } } };
  assert.equal((await client.send(new GetItemCommand(key))).ConsumedCapacity, undefined);
  const { ConsumedCapacity } = await client.send(
    new GetItemCommand({ ...key, ReturnConsumedCapacity: 'TOTAL' }),
  );
  assert.deepEqual(ConsumedCapacity, { TableName: 'orders', CapacityUnits: 0.5 });
});

test('a batch over two tables comes back in part when one of them is short', async () => {
  await provision('orders', 100, 1);
  const write = (orderId: string) => [{ PutRequest: { Item: { orderId: { S: orderId } } } }];
  const { UnprocessedItems } = await client.send(
    new BatchWriteItemCommand({ RequestItems: { orders: write('o-5'), payments: write('o-5') } }),
  );
  assert.deepEqual(Object.keys(UnprocessedItems ?? {}), ['orders']);
  const { Responses } = await client.send(
    new BatchGetItemCommand({ RequestItems: { payments: { Keys: [{ orderId: { S: 'o-5' } }] } } }),
  );
  assert.equal(Responses?.payments?.length, 1);

  await assert.rejects(
    client.send(new BatchWriteItemCommand({ RequestItems: { orders: write('o-6') } })),
    throttled,
    'a batch of which nothing can be done is an error',
  );
});

test('a table on demand is not limited', async () => {
  await client.send(new UpdateTableCommand({ TableName: 'orders', BillingMode: 'PAY_PER_REQUEST' }));
  for (let index = 0; index < 5; index++) await put(`o-demand-${index}`, 3000);
  await provision('orders', 100, 200);
});

test('a table that does not exist is refused in DynamoDB’s words, without a throttle', async () => {
  await assert.rejects(client.send(new ScanCommand({ TableName: 'nothing' })), {
    name: 'ResourceNotFoundException',
  });
});

const odd = [
  {
    name: 'no JSON',
    body: '{"TableName":',
    operation: 'PutItem',
    type: /SerializationException/,
  },
  { name: 'an array', body: '[]', operation: 'PutItem', type: /Exception/ },
  {
    name: 'an item of a wrong shape',
    body: '{"TableName":"orders","Item":{"a":5}}',
    operation: 'PutItem',
    type: /Exception/,
  },
  {
    name: 'an unknown operation',
    body: '{}',
    operation: 'Dance',
    type: /UnknownOperationException/,
  },
] as const;
for (const { name, body, operation, type } of odd) {
  test(`${name} is refused, and the tables are still there`, async () => {
    const response = await dynamodb.post(operation, body);
    assert.equal(response.status, 400);
    assert.match(await response.text(), type);
    await client.send(new ListTablesCommand({}));
  });
}
