/** Transactions on dynalite, which has none of its own. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { startEngine } from './engine.ts';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';
import { answerOf } from './messages.ts';
import { withTransactions } from './transactions.ts';

let dynamodb: TestDynamoDB;
let documents: DynamoDBDocumentClient;
before(async () => {
  dynamodb = await startDynamoDB();
  documents = DynamoDBDocumentClient.from(dynamodb.client);
});
after(() => dynamodb.stop());
beforeEach(() => void (dynamodb.clock.seconds += 1000));

const TableName = 'orders';
const Key = (orderId: string) => ({ orderId: { S: orderId } });
const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  dynamodb.client.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }),
  );
const get = async (orderId: string) =>
  (await documents.send(new GetCommand({ TableName, Key: { orderId } }))).Item;
const put = (Item: { orderId: string; [name: string]: unknown }) =>
  documents.send(new PutCommand({ TableName, Item }));
const reasonsOf = async (doing: Promise<unknown>) => {
  const error = await doing.then(
    () => assert.fail('the transaction was done'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TransactionCanceledException, String(error));
  return error.CancellationReasons;
};

const consumed = (table: string, units: object) => ({ TableName: table, ...units, Table: units });

const putting = (orderId: string): TransactWriteItem => ({ Put: { TableName, Item: Key(orderId) } });
const adding = (orderId: string): TransactWriteItem => ({
  Update: {
    TableName,
    Key: Key(orderId),
    UpdateExpression: 'ADD visits :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  },
});
const deleting = (orderId: string): TransactWriteItem => ({ Delete: { TableName, Key: Key(orderId) } });
const checking = (orderId: string, ConditionExpression: string): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: Key(orderId), ConditionExpression },
});

test('all of its actions are done', async () => {
  await put({ orderId: 'a-2', visits: 1 });
  await put({ orderId: 'a-3' });
  await write([
    putting('a-1'),
    adding('a-2'),
    deleting('a-3'),
    checking('a-4', 'attribute_not_exists(orderId)'),
    { Put: { TableName: 'payments', Item: Key('a-1') } },
  ]);
  assert.deepEqual(await get('a-1'), { orderId: 'a-1' });
  assert.deepEqual(await get('a-2'), { orderId: 'a-2', visits: 2 });
  assert.equal(await get('a-3'), undefined);
  assert.equal(await get('a-4'), undefined, 'a check leaves nothing behind');

  const { Responses } = await dynamodb.client.send(
    new TransactGetItemsCommand({
      TransactItems: ['a-1', 'a-3'].map((orderId) => ({ Get: { TableName, Key: Key(orderId) } })),
    }),
  );
  assert.deepEqual(Responses, [{ Item: Key('a-1') }, {}]);
});

test('or none: what was done before a condition failed is undone', async () => {
  await put({ orderId: 'b-2', visits: 1 });
  await put({ orderId: 'b-3', note: 'kept' });
  const reasons = await reasonsOf(
    write([
      putting('b-1'),
      adding('b-2'),
      deleting('b-3'),
      {
        ConditionCheck: {
          ...checking('b-3', 'attribute_not_exists(orderId)').ConditionCheck!,
          Key: Key('b-4'),
          ConditionExpression: 'attribute_exists(orderId)',
        },
      },
      adding('b-5'),
    ]),
  );
  const None = { Code: 'None' };
  const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  assert.deepEqual(reasons, [None, None, None, failed, None]);
  assert.equal(await get('b-1'), undefined);
  assert.deepEqual(await get('b-2'), { orderId: 'b-2', visits: 1 });
  assert.deepEqual(await get('b-3'), { orderId: 'b-3', note: 'kept' });
  assert.equal(await get('b-4'), undefined);
  assert.equal(await get('b-5'), undefined);
});

test('a failed condition shows the item, when that was asked for', async () => {
  await put({ orderId: 'c-1', note: 'there' });
  const reasons = await reasonsOf(
    write([
      {
        Put: {
          TableName,
          Item: Key('c-1'),
          ConditionExpression: 'attribute_not_exists(orderId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]),
  );
  assert.deepEqual(reasons?.[0]?.Item, { orderId: { S: 'c-1' }, note: { S: 'there' } });
});

test('an update that does not fit the item is a reason, and nothing is done', async () => {
  await put({ orderId: 'd-2', visits: 'many' });
  const reasons = await reasonsOf(write([putting('d-1'), adding('d-2')]));
  assert.equal(reasons?.[1]?.Code, 'ValidationError');
  assert.match(reasons?.[1]?.Message ?? '', /incorrect data type/);
  assert.equal(await get('d-1'), undefined);
});

const wrong = [
  {
    name: 'two actions on one item',
    items: () => [putting('e-1'), deleting('e-1')],
    error: { name: 'ValidationException', message: /cannot include multiple operations on one item/ },
  },
  {
    name: 'no actions',
    items: () => [],
    error: { name: 'ValidationException', message: /greater than or equal to 1/ },
  },
  {
    name: 'more than a hundred',
    items: () => Array.from({ length: 101 }, (_, index) => putting(`e-${index}`)),
    error: { name: 'ValidationException', message: /less than or equal to 100/ },
  },
  {
    name: 'a table that is not there',
    items: () => [putting('e-1'), { Put: { TableName: 'nothing', Item: Key('e-1') } }],
    error: { name: 'ResourceNotFoundException' },
  },
  {
    name: 'an expression that can’t be read',
    items: () => [putting('e-1'), checking('e-2', 'this is not')],
    error: { name: 'ValidationException', message: /ConditionExpression/ },
  },
  {
    name: 'an item without its key',
    items: () => [putting('e-1'), { Put: { TableName, Item: { note: { S: 'x' } } } }],
    error: { name: 'ValidationException' },
  },
];
for (const { name, items, error } of wrong) {
  test(`a transaction with ${name} is refused, and nothing is done`, async () => {
    await assert.rejects(write(items()), error);
    assert.equal(await get('e-1'), undefined);
  });
}

for (const [operation, items] of [
  ['TransactWriteItems', [null]],
  ['TransactWriteItems', [{ Put: null }]],
  ['TransactWriteItems', [{ toString: {} }]],
  ['TransactWriteItems', 'x'],
  ['TransactGetItems', [null]],
  ['TransactGetItems', [{}]],
] as const) {
  test(`${operation} of ${JSON.stringify(items)} is refused`, async () => {
    const response = await dynamodb.post(operation, { TransactItems: items });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /(Validation|Serialization)Exception/);
  });
}

test('the same token does it once; with other actions it is refused', async () => {
  await write([adding('f-1')], 'token-1');
  await write([adding('f-1')], 'token-1');
  assert.deepEqual(await get('f-1'), { orderId: 'f-1', visits: 1 });
  await assert.rejects(write([adding('f-2')], 'token-1'), { name: 'IdempotentParameterMismatchException' });
});

test('with a token that was used, the items are only read: the cost is reads, and so is what the meter takes', async () => {
  const actions = [
    { Put: { TableName, Item: { ...Key('r-1'), terms: { S: 'x'.repeat(5000) } } } },
    {
      Update: {
        TableName,
        Key: Key('r-2'),
        UpdateExpression: 'SET terms = :terms',
        ExpressionAttributeValues: { ':terms': { S: 'x'.repeat(5000) } },
      },
    },
    { Put: { TableName: 'payments', Item: Key('r-3') } },
  ];
  const send = () =>
    dynamodb.client.send(
      new TransactWriteItemsCommand({
        TransactItems: actions,
        ClientRequestToken: 'token-2',
        ReturnConsumedCapacity: 'INDEXES',
      }),
    );
  // 5,000 bytes are five pieces of 1 KB, and each piece is two units in a transaction.
  assert.deepEqual((await send()).ConsumedCapacity, [
    consumed(TableName, { CapacityUnits: 20, WriteCapacityUnits: 20 }),
    consumed('payments', { CapacityUnits: 2, WriteCapacityUnits: 2 }),
  ]);
  // Read, they are two pieces of 4 KB.
  assert.deepEqual((await send()).ConsumedCapacity, [
    consumed(TableName, { CapacityUnits: 8, ReadCapacityUnits: 8 }),
    consumed('payments', { CapacityUnits: 2, ReadCapacityUnits: 2 }),
  ]);

  // In one second there are 20 units to write and 11 to read: the repetition takes 8 of the reads and no write.
  await dynamodb.client.send(
    new UpdateTableCommand({
      TableName,
      ProvisionedThroughput: { ReadCapacityUnits: 11, WriteCapacityUnits: 20 },
    }),
  );
  dynamodb.clock.seconds += 1;
  await send();
  await write([putting('r-4'), putting('r-5'), putting('r-6')]);
  await assert.rejects(
    dynamodb.client.send(
      new TransactGetItemsCommand({
        TransactItems: [{ Get: { TableName, Key: Key('r-1') } }, { Get: { TableName, Key: Key('r-2') } }],
      }),
    ),
    { name: 'TransactionCanceledException' },
  );
  await dynamodb.client.send(
    new UpdateTableCommand({
      TableName,
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 200 },
    }),
  );
});

test('transactions and single updates of the same item lose nothing, however they meet', async () => {
  await put({ orderId: 'g-1', visits: 0 });
  const single = () =>
    documents.send(
      new UpdateCommand({
        TableName,
        Key: { orderId: 'g-1' },
        UpdateExpression: 'ADD visits :one',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => [
      write([adding('g-1'), adding('g-2')]),
      single(),
      index % 4 === 0
        ? write([adding('g-1'), checking('g-9', 'attribute_exists(orderId)')]).catch(() => 0)
        : 0,
    ]).flat(),
  );
  assert.equal((await get('g-1'))?.visits, 40);
  assert.equal((await get('g-2'))?.visits, 20);
});

test('a transaction waits for what runs, and what comes waits for it', async () => {
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const dynalite = startEngine();
  const engine = withTransactions(async (request) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1]!;
    events.push(operation);
    if (operation !== 'Scan') return dynalite(request);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return answerOf(200, {});
  });
  const ask = (operation: string, input: object) =>
    engine({
      method: 'POST',
      url: '/',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
    });
  const scan = ask('Scan', {});
  const transaction = ask('TransactWriteItems', { TransactItems: [putting('h-1')] });
  const query = ask('Query', {});
  await new Promise(setImmediate);
  assert.deepEqual(events, ['Scan']);
  waiting[0]!();
  await Promise.all([scan, transaction, query]);
  assert.deepEqual(events, ['Scan', 'DescribeTable', 'Query']);
});
