/** The shop's growing tables keep their newest items: what is forgotten, what is not, and who pays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine, type Engine } from './engine.ts';
import { withForgetting } from './forgetting.ts';
import { ITEMS_KEPT, normalCapacity, newestKept } from './tables.ts';
import { withTransactions } from './transactions.ts';
import { trafficProfiles } from '../traffic/profiles.ts';

const KEPT = 3;

interface Answer {
  Items?: { orderId: { S: string } }[];
  Table?: { TableStatus: string };
}

/** An engine with the tables orders, payments and `mine`, of which the first two keep three items. */
async function shop() {
  const asked: string[] = [];
  const dynalite = startEngine();
  const recorded: Engine = (request) => {
    asked.push(String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', ''));
    return dynalite(request);
  };
  const engine = withTransactions(withForgetting(recorded, { orders: KEPT, payments: KEPT }));
  const ask = async (operation: string, input: object) => {
    const { status, body } = await engine({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20261122T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
      },
      body: JSON.stringify(input),
    });
    return { status, answer: JSON.parse(body) as Answer };
  };
  const isThere = async (TableName: string) =>
    (await ask('DescribeTable', { TableName })).answer.Table?.TableStatus;
  const create = async (TableName: string) => {
    while (await isThere(TableName)) await sleep(2);
    await ask('CreateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 9, WriteCapacityUnits: 9 },
    });
    while ((await isThere(TableName)) !== 'ACTIVE') await sleep(2);
  };
  for (const table of ['orders', 'payments', 'mine']) await create(table);
  return {
    asked,
    ask,
    create,
    put: (table: string, ...ids: string[]) =>
      ids.reduce(
        (before, orderId) =>
          before.then(() => ask('PutItem', { TableName: table, Item: { orderId: { S: orderId } } })),
        Promise.resolve<unknown>(undefined),
      ),
    ids: async (table: string) => {
      const { answer } = await ask('Scan', { TableName: table });
      return answer.Items!.map(({ orderId }) => orderId.S).sort();
    },
  };
}

test('as many as are kept stay, and one more takes the place of the one that was written longest ago', async () => {
  const { put, ids } = await shop();
  await put('orders', 'a', 'b', 'c');
  assert.deepEqual(await ids('orders'), ['a', 'b', 'c']);
  await put('orders', 'd');
  assert.deepEqual(await ids('orders'), ['b', 'c', 'd']);
  await put('orders', 'e', 'f', 'g', 'h');
  assert.deepEqual(await ids('orders'), ['f', 'g', 'h']);
});

test('each table counts for itself, and a table of another name keeps everything', async () => {
  const { put, ids } = await shop();
  await put('orders', 'a', 'b');
  await put('payments', 'a', 'b', 'c', 'd');
  await put('mine', 'a', 'b', 'c', 'd', 'e');
  assert.deepEqual(await ids('orders'), ['a', 'b']);
  assert.deepEqual(await ids('payments'), ['b', 'c', 'd']);
  assert.deepEqual(await ids('mine'), ['a', 'b', 'c', 'd', 'e']);
});

test('what is written again is new again, and what is deleted makes room', async () => {
  const { ask, put, ids } = await shop();
  await put('orders', 'a', 'b', 'c');
  await ask('UpdateItem', {
    TableName: 'orders',
    Key: { orderId: { S: 'a' } },
    UpdateExpression: 'SET refunded = :yes',
    ExpressionAttributeValues: { ':yes': { BOOL: true } },
  });
  await put('orders', 'd');
  assert.deepEqual(await ids('orders'), ['a', 'c', 'd']);
  await ask('DeleteItem', { TableName: 'orders', Key: { orderId: { S: 'd' } } });
  await put('orders', 'e');
  assert.deepEqual(await ids('orders'), ['a', 'c', 'e']);
});

test('a write that failed its condition forgets nothing', async () => {
  const { ask, put, ids } = await shop();
  await put('orders', 'a', 'b', 'c');
  const { status } = await ask('PutItem', {
    TableName: 'orders',
    Item: { orderId: { S: 'd' } },
    ConditionExpression: 'attribute_exists(orderId)',
  });
  assert.equal(status, 400);
  assert.deepEqual(await ids('orders'), ['a', 'b', 'c']);
});

test('batches and transactions count as single writes do', async () => {
  const { ask, ids } = await shop();
  const put = (id: string) => ({ Item: { orderId: { S: id } } });
  await ask('BatchWriteItem', {
    RequestItems: { orders: ['a', 'b', 'c', 'd'].map((id) => ({ PutRequest: put(id) })) },
  });
  assert.deepEqual(await ids('orders'), ['b', 'c', 'd']);
  await ask('TransactWriteItems', {
    TransactItems: ['e', 'f'].map((id) => ({ Put: { TableName: 'orders', ...put(id) } })),
  });
  assert.deepEqual(await ids('orders'), ['d', 'e', 'f']);
});

test('a table that is made anew starts from nothing', async () => {
  const { ask, create, put, ids } = await shop();
  await put('orders', 'a', 'b', 'c');
  await ask('DeleteTable', { TableName: 'orders' });
  await create('orders');
  await put('orders', 'd', 'e', 'f');
  assert.deepEqual(await ids('orders'), ['d', 'e', 'f']);
});

test('reading asks the engine for nothing else', async () => {
  const { ask, asked, put } = await shop();
  await put('orders', 'a', 'b', 'c');
  asked.length = 0;
  await ask('GetItem', { TableName: 'orders', Key: { orderId: { S: 'a' } } });
  assert.deepEqual(asked, ['GetItem']);
});

test('the shop keeps the orders of more than an hour of a quiet day, and their payments', () => {
  const quiet = trafficProfiles.find(({ name }) => name === 'calm')!;
  const kept = newestKept(ITEMS_KEPT);
  assert.ok(kept.orders > 3600 * quiet.checkoutsPerSecond);
  assert.ok(kept.payments >= kept.orders);
  for (const table of Object.keys(kept)) assert.ok(table in normalCapacity, table);
});
