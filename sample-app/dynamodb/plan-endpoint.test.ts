/** `/_plan` of the DynamoDB process, and what it does to those who use the tables. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';

let dynamodb: TestDynamoDB;
before(async () => void (dynamodb = await startDynamoDB()));
after(() => dynamodb.stop());
beforeEach(() => dynamodb.plan([]));

const Item = { orderId: { S: 'o-1' } };
const put = (TableName: string) => dynamodb.client.send(new PutItemCommand({ TableName, Item }));
const get = (TableName: string) => dynamodb.client.send(new GetItemCommand({ TableName, Key: Item }));
const denied = (operation: string, table: string) => ({
  name: 'AccessDeniedException',
  message:
    `User: arn:aws:iam::000000000000:user/order is not authorized to perform: dynamodb:${operation} on resource: ` +
    `arn:aws:dynamodb:us-east-1:000000000000:table/${table} ` +
    `because no identity-based policy allows the dynamodb:${operation} action`,
});

test('a plan can be read again', async () => {
  const primitives = [
    { kind: 'partition-capacity', table: 'customers', writeUnits: 2 },
    { kind: 'deny', table: 'payments', operations: ['PutItem'], identity: 'user/order' },
    { kind: 'delay', milliseconds: 1, share: 0.5 },
  ];
  assert.equal((await dynamodb.plan(primitives, 7)).status, 200);
  const response = await fetch(`${dynamodb.endpoint}/_plan`);
  assert.deepEqual(await response.json(), { revision: 7, primitives });
});

test('a refusal is DynamoDB’s own error, for its table and its operations only, until the plan goes', async () => {
  await dynamodb.plan([{ kind: 'deny', table: 'payments', operations: ['PutItem'], identity: 'user/order' }]);
  await assert.rejects(put('payments'), denied('PutItem', 'payments'));
  await get('payments');
  await put('orders');
  await dynamodb.plan([]);
  await put('payments');
});

test('a batch and a transaction are refused whole, and nothing is done', async () => {
  await dynamodb.plan([{ kind: 'deny', table: 'payments', identity: 'user/order' }]);
  const both = { orders: [{ PutRequest: { Item: { orderId: { S: 'o-2' } } } }] };
  await assert.rejects(
    dynamodb.client.send(
      new BatchWriteItemCommand({ RequestItems: { ...both, payments: [{ PutRequest: { Item } }] } }),
    ),
    denied('BatchWriteItem', 'payments'),
  );
  await assert.rejects(
    dynamodb.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'orders', Item: { orderId: { S: 'o-2' } } } },
          { Put: { TableName: 'payments', Item } },
        ],
      }),
    ),
    denied('PutItem', 'payments'),
  );
  const found = await dynamodb.client.send(
    new GetItemCommand({ TableName: 'orders', Key: { orderId: { S: 'o-2' } } }),
  );
  assert.equal(found.Item, undefined);
});

test('who is refused on a table may still change its capacity, so that every fault can be stopped', async () => {
  await dynamodb.plan([{ kind: 'deny', table: 'orders' }]);
  const units = (WriteCapacityUnits: number) =>
    dynamodb.client.send(
      new UpdateTableCommand({
        TableName: 'orders',
        ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits },
      }),
    );
  await units(150);
  await units(200);
});

test('a refusal costs no capacity', async () => {
  const units = (ReadCapacityUnits: number) =>
    dynamodb.client.send(
      new UpdateTableCommand({
        TableName: 'inventory',
        ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits: 200 },
      }),
    );
  await units(1);
  dynamodb.clock.seconds += 1;
  const read = () =>
    dynamodb.client.send(
      new GetItemCommand({ TableName: 'inventory', Key: { sku: { S: 'mug-blue' } }, ConsistentRead: true }),
    );
  await dynamodb.plan([{ kind: 'deny', table: 'inventory' }]);
  await assert.rejects(read(), { name: 'AccessDeniedException' });
  await dynamodb.plan([]);
  assert.ok((await read()).Item);
  await units(200);
});

const wrong = [
  { name: 'no JSON', body: '{', field: 'body' },
  { name: 'nothing', body: '', field: 'revision' },
  { name: 'an array', body: '[]', field: 'body' },
  { name: 'an unknown kind', body: '{"revision":1,"primitives":[{"kind":"x"}]}', field: 'primitives.0.kind' },
  { name: 'an unknown member', body: '{"revision":1,"primitives":[],"fault":"x"}', field: 'fault' },
  {
    name: 'an unknown table',
    body: '{"revision":1,"primitives":[{"kind":"deny","table":"x"}]}',
    field: 'primitives.0.table',
  },
];
for (const { name, body, field } of wrong) {
  test(`a plan of ${name} is answered 400, naming ${field}, and the running plan stays`, async () => {
    await dynamodb.plan([{ kind: 'deny', table: 'orders', identity: 'user/order' }], 3);
    const response = await fetch(`${dynamodb.endpoint}/_plan`, { method: 'PUT', body });
    assert.equal(response.status, 400);
    const answer = (await response.json()) as { field: string; message: string };
    assert.equal(answer.field, field);
    assert.ok(answer.message.startsWith(`${field}: `), answer.message);
    await assert.rejects(put('orders'), denied('PutItem', 'orders'));
  });
}

test('a plan too large is refused', async () => {
  const response = await fetch(`${dynamodb.endpoint}/_plan`, { method: 'PUT', body: ' '.repeat(70_000) });
  assert.equal(response.status, 413);
});

test('another method is refused', async () => {
  const response = await fetch(`${dynamodb.endpoint}/_plan`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 405);
});

test('the health check is not part of any plan', async () => {
  await dynamodb.plan([{ kind: 'delay', milliseconds: 60_000, share: 1 }]);
  const response = await fetch(`${dynamodb.endpoint}/health`);
  assert.deepEqual(await response.json(), { status: 'ok' });
});
