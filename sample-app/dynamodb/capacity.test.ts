/** What operations consume, and what happens when there is too little, through @aws-sdk/client-dynamodb. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  ThrottlingException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type AttributeValue,
  type ConsumedCapacity,
  type PutItemCommandInput,
  type ReturnConsumedCapacity,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';

let dynamodb: TestDynamoDB;
let client: DynamoDBClient;
const TableName = 'notes';

before(async () => {
  dynamodb = await startDynamoDB();
  client = dynamodb.client;
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: ['pk', 'sk', 'author'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-author',
          KeySchema: [{ AttributeName: 'author', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
          ProvisionedThroughput: { ReadCapacityUnits: 500, WriteCapacityUnits: 500 },
        },
      ],
      ProvisionedThroughput: { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 },
    }),
  );
});
after(() => dynamodb.stop());
/** Buckets are full again, of whatever they hold. */
beforeEach(() => void (dynamodb.clock.seconds += 1000));

/** An item of exactly so many bytes. */
function sized(sk: string, bytes: number, more: Record<string, AttributeValue> = {}) {
  const fixed = { pk: { S: 'p' }, sk: { S: sk }, ...more };
  const size = Object.entries(fixed).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value.S ?? ''),
    0,
  );
  return { ...fixed, text: { S: 'x'.repeat(bytes - size - 'text'.length) } };
}
const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
const put = (item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
  client.send(new PutItemCommand({ TableName, Item: item, ReturnConsumedCapacity: 'TOTAL', ...more }));
const remove = (sk: string) => client.send(new DeleteItemCommand({ TableName, Key: keyOf(sk) }));

const KB = 1024;
const Total = { ReturnConsumedCapacity: 'TOTAL' } as const;

/** Each of AWS's rules, on items of known sizes: what is there before, what is done, what it costs. */
const examples: {
  name: string;
  before?: Record<string, number>;
  run: () => Promise<{ ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined }>;
  units: number;
}[] = [
  { name: 'a put of 1 KB', run: () => put(sized('a', KB)), units: 1 },
  { name: 'a put of one byte more', run: () => put(sized('a', KB + 1)), units: 2 },
  { name: 'a put over a larger item', before: { a: 5 * KB }, run: () => put(sized('a', 100)), units: 5 },
  {
    name: 'a put of letters of two bytes',
    run: () => put({ ...keyOf('a'), text: { S: 'é'.repeat(600) } }),
    units: 2,
  },
  {
    name: 'a delete of 3 KB',
    before: { a: 3 * KB },
    run: () => client.send(new DeleteItemCommand({ TableName, Key: keyOf('a'), ...Total })),
    units: 3,
  },
  {
    name: 'a delete of nothing',
    run: () => client.send(new DeleteItemCommand({ TableName, Key: keyOf('a'), ...Total })),
    units: 1,
  },
  {
    name: 'an update of one attribute of 3.5 KB',
    before: { a: 3.5 * KB },
    run: () =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf('a'),
          UpdateExpression: 'SET seen = :yes',
          ExpressionAttributeValues: { ':yes': { BOOL: true } },
          ...Total,
        }),
      ),
    units: 4,
  },
  {
    name: 'an update that removes most of 3.5 KB',
    before: { a: 3.5 * KB },
    run: () =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf('a'),
          UpdateExpression: 'REMOVE #text',
          ExpressionAttributeNames: { '#text': 'text' },
          ...Total,
        }),
      ),
    units: 4,
  },
  {
    name: 'a read of 3.5 KB',
    before: { a: 3.5 * KB },
    run: () => client.send(new GetItemCommand({ TableName, Key: keyOf('a'), ...Total })),
    units: 0.5,
  },
  {
    name: 'a consistent read of 10 KB',
    before: { a: 10 * KB },
    run: () =>
      client.send(new GetItemCommand({ TableName, Key: keyOf('a'), ConsistentRead: true, ...Total })),
    units: 3,
  },
  {
    name: 'a consistent read of one attribute of 10 KB',
    before: { a: 10 * KB },
    run: () =>
      client.send(
        new GetItemCommand({
          TableName,
          Key: keyOf('a'),
          ConsistentRead: true,
          ProjectionExpression: 'sk',
          ...Total,
        }),
      ),
    units: 3,
  },
  {
    name: 'a read of nothing',
    run: () => client.send(new GetItemCommand({ TableName, Key: keyOf('a'), ...Total })),
    units: 0.5,
  },
  {
    name: 'a batch of reads of 1.5 KB, 6.5 KB and nothing, consistent: 4 KB, 8 KB and 4 KB',
    before: { a: 1.5 * KB, b: 6.5 * KB },
    run: () =>
      client.send(
        new BatchGetItemCommand({
          RequestItems: { [TableName]: { Keys: ['a', 'b', 'c'].map(keyOf), ConsistentRead: true } },
          ...Total,
        }),
      ),
    units: 4,
  },
  {
    name: 'a batch of writes: a put of 1.5 KB over 2.5 KB and a delete of 4.5 KB',
    before: { a: 2.5 * KB, b: 4.5 * KB },
    run: () =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: [
              { PutRequest: { Item: sized('a', 1.5 * KB) } },
              { DeleteRequest: { Key: keyOf('b') } },
            ],
          },
          ...Total,
        }),
      ),
    units: 8,
  },
  {
    name: 'a query by the sum of what it reads: three items of 1.5 KB are 4.5 KB',
    before: { a: 1.5 * KB, b: 1.5 * KB, c: 1.5 * KB },
    run: () => query({}),
    units: 1,
  },
  {
    name: 'a consistent query',
    before: { a: 1.5 * KB, b: 1.5 * KB, c: 1.5 * KB },
    run: () => query({ ConsistentRead: true }),
    units: 2,
  },
  {
    name: 'a query that shows only some of what it read',
    before: { a: 1.5 * KB, b: 1.5 * KB, c: 1.5 * KB },
    run: () =>
      query({
        FilterExpression: 'author = :none',
        ExpressionAttributeValues: { ':p': { S: 'p' }, ':none': { S: '' } },
      }),
    units: 1,
  },
  {
    name: 'a query that only counts',
    before: { a: 9 * KB },
    run: () => query({ Select: 'COUNT' }),
    units: 1.5,
  },
  { name: 'a query that finds nothing', run: () => query({}), units: 0.5 },
  {
    name: 'a scan by all it reads',
    before: { a: 6 * KB, b: 6 * KB },
    run: () => client.send(new ScanCommand({ TableName, ...Total })),
    units: 1.5,
  },
  {
    name: 'a transaction of writes, double: a put of 1.5 KB, a delete of 2.5 KB, a check of 0.5 KB',
    before: { b: 2.5 * KB, c: 0.5 * KB },
    run: () =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: sized('a', 1.5 * KB) } },
            { Delete: { TableName, Key: keyOf('b') } },
            { ConditionCheck: { TableName, Key: keyOf('c'), ConditionExpression: 'attribute_exists(pk)' } },
          ],
          ...Total,
        }),
      ),
    units: 2 * (2 + 3 + 1),
  },
  {
    name: 'a transaction of an update of 3.5 KB, double',
    before: { a: 3.5 * KB },
    run: () =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: keyOf('a'),
                UpdateExpression: 'SET seen = :yes',
                ExpressionAttributeValues: { ':yes': { BOOL: true } },
              },
            },
          ],
          ...Total,
        }),
      ),
    units: 8,
  },
  {
    name: 'a transaction of reads, double: 3 KB and 5 KB',
    before: { a: 3 * KB, b: 5 * KB },
    run: () =>
      client.send(
        new TransactGetItemsCommand({
          TransactItems: ['a', 'b'].map((sk) => ({ Get: { TableName, Key: keyOf(sk) } })),
          ...Total,
        }),
      ),
    units: 2 + 4,
  },
];

const query = (more: object) =>
  client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      ...Total,
      ...more,
    }),
  );

for (const { name, before: there = {}, run, units } of examples) {
  test(`${name}: ${units} units`, async () => {
    for (const [sk, bytes] of Object.entries(there)) await put(sized(sk, bytes));
    const [consumed] = [(await run()).ConsumedCapacity ?? []].flat();
    assert.equal(consumed?.TableName, TableName);
    assert.equal(consumed?.CapacityUnits, units);
    for (const sk of ['a', 'b', 'c']) await remove(sk);
  });
}

const tell = async (ReturnConsumedCapacity: ReturnConsumedCapacity) =>
  (await put(sized('told', 1.5 * KB, { author: { S: 'me' } }), { ReturnConsumedCapacity })).ConsumedCapacity;

test('NONE tells nothing, TOTAL the sum, INDEXES what the table and each index had of it', async () => {
  await tell('NONE').then((told) => assert.equal(told, undefined));
  await remove('told');
  assert.deepEqual(await tell('TOTAL'), { TableName, CapacityUnits: 4 });
  await remove('told');
  assert.deepEqual(await tell('INDEXES'), {
    TableName,
    CapacityUnits: 4,
    Table: { CapacityUnits: 2 },
    GlobalSecondaryIndexes: { 'by-author': { CapacityUnits: 2 } },
  });
  await remove('told');
});

test('a transaction also tells which units they were', async () => {
  const { ConsumedCapacity } = await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName, Item: sized('told', 100) } }],
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const units = { CapacityUnits: 2, WriteCapacityUnits: 2 };
  assert.deepEqual(ConsumedCapacity, [{ TableName, ...units, Table: units }]);
  const read = await client.send(
    new TransactGetItemsCommand({
      TransactItems: [{ Get: { TableName, Key: keyOf('told') } }],
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  assert.deepEqual(read.ConsumedCapacity, [{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
  await remove('told');
});

test('a query of an index is paid by the index', async () => {
  await put(sized('told', 5 * KB, { author: { S: 'me' } }));
  const { ConsumedCapacity } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-author',
      KeyConditionExpression: 'author = :me',
      ExpressionAttributeValues: { ':me': { S: 'me' } },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  assert.deepEqual(ConsumedCapacity, {
    TableName,
    CapacityUnits: 1,
    Table: { CapacityUnits: 0 },
    GlobalSecondaryIndexes: { 'by-author': { CapacityUnits: 1 } },
  });
  await remove('told');
});

test('an update of the key of an index is two writes there', async () => {
  await put(sized('told', 100, { author: { S: 'me' } }));
  const { ConsumedCapacity, Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf('told'),
      UpdateExpression: 'SET author = :you',
      ExpressionAttributeValues: { ':you': { S: 'you' } },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  assert.equal(ConsumedCapacity?.GlobalSecondaryIndexes?.['by-author']?.CapacityUnits, 2);
  assert.equal(Attributes, undefined, 'what metering asked for is not told to others');
  await remove('told');
});

test('a wish that DynamoDB doesn’t know is refused by it', async () => {
  const response = await dynamodb.post('PutItem', {
    TableName,
    Item: sized('a', 100),
    ReturnConsumedCapacity: 'ALL',
  });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /ValidationException.*returnConsumedCapacity/);
});

const provision = (table: string, ReadCapacityUnits: number, WriteCapacityUnits: number) =>
  client.send(
    new UpdateTableCommand({
      TableName: table,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
    }),
  );

const throughputExceeded =
  'The level of configured provisioned throughput for the table was exceeded. ' +
  'Consider increasing your provisioning level with the UpdateTable API.';

const order = (orderId: string) => ({ orderId: { S: orderId } });
const putOrder = (orderId: string) =>
  client.send(new PutItemCommand({ TableName: 'orders', Item: order(orderId) }));

test('the body of a throttle, byte for byte', async () => {
  await provision('orders', 100, 1);
  const response = await dynamodb.post('PutItem', { TableName: 'orders', Item: order('o-1') });
  assert.equal(response.status, 400);
  assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[A-Z0-9]{52}$/);
  assert.match(response.headers.get('x-amz-crc32') ?? '', /^\d+$/);
  assert.equal(response.headers.get('content-type'), 'application/x-amz-json-1.0');
  assert.equal(
    await response.text(),
    JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      ThrottlingReasons: [
        {
          reason: 'TableWriteProvisionedThroughputExceeded',
          resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders',
        },
      ],
      message: throughputExceeded,
    }),
  );
  await provision('orders', 100, 200);
});

test('a batch comes back item by item: what there was capacity for is done', async () => {
  await provision('orders', 100, 3);
  dynamodb.clock.seconds += 1;
  const ids = ['o-1', 'o-2', 'o-3', 'o-4', 'o-5'];
  const { UnprocessedItems } = await client.send(
    new BatchWriteItemCommand({
      RequestItems: { orders: ids.map((orderId) => ({ PutRequest: { Item: order(orderId) } })) },
    }),
  );
  assert.deepEqual(
    UnprocessedItems?.orders?.map(({ PutRequest }) => PutRequest?.Item?.orderId?.S),
    ['o-4', 'o-5'],
  );
  await provision('orders', 2, 100);
  dynamodb.clock.seconds += 1;
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { orders: { Keys: ids.slice(0, 3).map(order), ConsistentRead: true } },
    }),
  );
  assert.deepEqual(Responses?.orders?.map(({ orderId }) => orderId?.S).sort(), ['o-1', 'o-2']);
  assert.deepEqual(UnprocessedKeys, { orders: { Keys: [order('o-3')], ConsistentRead: true } });
  await provision('orders', 100, 200);
});

test('a transaction that is throttled does nothing, and says which of its actions was', async () => {
  await provision('orders', 100, 1);
  const documents = DynamoDBDocumentClient.from(client);
  const both = new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName: 'payments', Item: { orderId: 'o-t' } } },
      { Put: { TableName: 'orders', Item: { orderId: 'o-t' } } },
    ],
  });
  await assert.rejects(documents.send(both), (error: TransactionCanceledException) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.equal(
      error.message,
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ProvisionedThroughputExceeded]',
    );
    assert.deepEqual(error.CancellationReasons, [
      { Code: 'None' },
      { Code: 'ProvisionedThroughputExceeded', Message: throughputExceeded },
    ]);
    return true;
  });
  const get = new GetItemCommand({ TableName: 'payments', Key: order('o-t') });
  assert.equal((await client.send(get)).Item, undefined);
  await provision('orders', 100, 200);
});

test('a condition that does not hold is paid all the same, a request that is wrong is not', async () => {
  await provision('orders', 100, 1);
  dynamodb.clock.seconds += 1;
  const wrong = new PutItemCommand({ TableName: 'orders', Item: { nothing: { S: 'x' } } });
  await assert.rejects(client.send(wrong), { name: 'ValidationException' });
  const conditional = new PutItemCommand({
    TableName: 'orders',
    Item: order('o-1'),
    ConditionExpression: 'attribute_exists(nothing)',
  });
  await assert.rejects(client.send(conditional), { name: 'ConditionalCheckFailedException' });
  await assert.rejects(putOrder('o-2'), ProvisionedThroughputExceededException);
  await provision('orders', 100, 200);
});

test('an index that can’t keep up holds back writes to its table', async () => {
  const units = (WriteCapacityUnits: number) =>
    client.send(
      new UpdateTableCommand({
        TableName,
        GlobalSecondaryIndexUpdates: [
          {
            Update: {
              IndexName: 'by-author',
              ProvisionedThroughput: { ReadCapacityUnits: 500, WriteCapacityUnits },
            },
          },
        ],
      }),
    );
  await units(1);
  await put(sized('a', 2 * KB, { author: { S: 'me' } }));
  await assert.rejects(put(sized('b', 100)), (error: ProvisionedThroughputExceededException) => {
    assert.match(error.message, /for one or more global secondary indexes of the table was exceeded/);
    assert.deepEqual(error.ThrottlingReasons, [
      {
        reason: 'IndexWriteProvisionedThroughputExceeded',
        resource: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}/index/by-author`,
      },
    ]);
    return true;
  });
  dynamodb.clock.seconds += 5;
  await put(sized('b', 100));
  await units(500);
});

test('a table goes on demand and back, and says so', async () => {
  const describe = async () => (await client.send(new DescribeTableCommand({ TableName: 'orders' }))).Table;
  await provision('orders', 100, 1);
  await assert.rejects(putOrder('o-1'), ProvisionedThroughputExceededException);

  await client.send(new UpdateTableCommand({ TableName: 'orders', BillingMode: 'PAY_PER_REQUEST' }));
  for (let index = 0; index < 20; index++) await putOrder(`o-${index}`);
  const onDemand = await describe();
  assert.equal(onDemand?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
  assert.ok(onDemand.BillingModeSummary.LastUpdateToPayPerRequestDateTime instanceof Date);
  assert.equal(onDemand.ProvisionedThroughput?.ReadCapacityUnits, 0);
  assert.equal(onDemand.ProvisionedThroughput.WriteCapacityUnits, 0);

  await assert.rejects(
    client.send(
      new UpdateTableCommand({
        TableName: 'orders',
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
    ),
    { name: 'ValidationException', message: /when BillingMode is PAY_PER_REQUEST/ },
  );
  await provision('orders', 100, 2);
  assert.equal((await describe())?.BillingModeSummary?.BillingMode, 'PROVISIONED');
  await putOrder('o-1');
  await putOrder('o-2');
  await assert.rejects(putOrder('o-3'), ProvisionedThroughputExceededException);
  await provision('orders', 100, 200);
});

test('a table made on demand is on demand', async () => {
  const made = new CreateTableCommand({
    TableName: 'events',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const { TableDescription } = await client.send(made);
  assert.equal(TableDescription?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'events' }));
  assert.equal(Table?.ProvisionedThroughput?.WriteCapacityUnits, 0);
  const item = { id: { S: 'a' }, text: { S: 'x'.repeat(100_000) } };
  for (let index = 0; index < 10; index++) {
    await client.send(new PutItemCommand({ TableName: 'events', Item: item }));
  }
  // 980 of the 1,000 write units of a partition are gone.
  await assert.rejects(
    client.send(new PutItemCommand({ TableName: 'events', Item: item })),
    (error: ThrottlingException) => {
      assert.ok(error instanceof ThrottlingException);
      assert.match(error.message, /^Throughput exceeds the current capacity of your table or index\./);
      assert.equal(error.throttlingReasons?.[0]?.reason, 'TableWriteKeyRangeThroughputExceeded');
      return true;
    },
  );
  await client.send(new DeleteTableCommand({ TableName: 'events' }));
});

test('changes of capacity are dated and counted; one that changes nothing is refused in DynamoDB’s words', async () => {
  const throughput = async () => {
    for (;;) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: 'payments' }));
      if (Table?.TableStatus === 'ACTIVE') return Table.ProvisionedThroughput;
    }
  };
  const before = (await throughput())?.NumberOfDecreasesToday ?? 0;
  await provision('payments', 100, 50);
  const decreased = await throughput();
  assert.equal(decreased?.NumberOfDecreasesToday, before + 1);
  assert.ok(decreased?.LastDecreaseDateTime instanceof Date);
  await provision('payments', 100, 100);
  assert.ok((await throughput())?.LastIncreaseDateTime instanceof Date);
  await assert.rejects(provision('payments', 100, 100), {
    name: 'ValidationException',
    message:
      'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
      'Current ReadCapacityUnits provisioned for the table: 100. Requested ReadCapacityUnits: 100. ' +
      'Current WriteCapacityUnits provisioned for the table: 100. Requested WriteCapacityUnits: 100. ' +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  });
});

const countOrder = (customerId: string) =>
  DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: 'customers',
      Key: { customerId },
      UpdateExpression: 'ADD orders :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );

test('one hot customer is throttled, the other thirty-nine are not', async () => {
  await dynamodb.plan([{ kind: 'partition-capacity', table: 'customers', writeUnits: 2 }]);
  await countOrder('c-001');
  await countOrder('c-001');
  await assert.rejects(countOrder('c-001'), (error: ProvisionedThroughputExceededException) => {
    assert.ok(error instanceof ProvisionedThroughputExceededException);
    assert.equal(error.message, throughputExceeded);
    assert.equal(error.ThrottlingReasons?.[0]?.reason, 'TableWriteKeyRangeThroughputExceeded');
    return true;
  });
  for (let customer = 2; customer <= 40; customer++) {
    await countOrder(`c-${String(customer).padStart(3, '0')}`);
  }
  dynamodb.clock.seconds += 0.5;
  await countOrder('c-001');
  await assert.rejects(countOrder('c-001'), ProvisionedThroughputExceededException);
  await dynamodb.plan([]);
  await countOrder('c-001');
});

test('on-demand does not cure a hot key', async () => {
  await client.send(new UpdateTableCommand({ TableName: 'customers', BillingMode: 'PAY_PER_REQUEST' }));
  await dynamodb.plan([{ kind: 'partition-capacity', table: 'customers', writeUnits: 1 }]);
  await countOrder('c-002');
  await assert.rejects(countOrder('c-002'), ThrottlingException);
  await dynamodb.plan([]);
  await provision('customers', 100, 100);
});
