/** A write whose condition does not hold, and that wants to see why. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';

let dynamodb: TestDynamoDB;
before(async () => {
  dynamodb = await startDynamoDB();
  await dynamodb.client.send(new PutItemCommand({ TableName: 'orders', Item: there }));
});
after(() => dynamodb.stop());

const there = { orderId: { S: 'o-1' }, status: { S: 'paid' } };
const Key = { orderId: { S: 'o-1' } };
const paid = { '#s': 'status' };

/** The item that a failed write shows. */
const shown = async (write: Promise<unknown>) => {
  const error = await write.then(
    () => assert.fail('the write was done'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConditionalCheckFailedException, String(error));
  assert.equal(error.message, 'The conditional request failed');
  return error.Item;
};

const wish = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
const condition = {
  TableName: 'orders',
  ConditionExpression: '#s = :open',
  ExpressionAttributeNames: paid,
  ExpressionAttributeValues: { ':open': { S: 'open' } },
};

test('a put, an update and a delete show the item that is there, when they wish for it', async () => {
  const put = new PutItemCommand({ ...condition, ...wish, Item: Key });
  assert.deepEqual(await shown(dynamodb.client.send(put)), there);
  const remove = new DeleteItemCommand({ ...condition, ...wish, Key });
  assert.deepEqual(await shown(dynamodb.client.send(remove)), there);
  const update = new UpdateItemCommand({ ...condition, ...wish, Key, UpdateExpression: 'SET #s = :open' });
  assert.deepEqual(await shown(dynamodb.client.send(update)), there);
});

test('nothing is shown without the wish, and none of an item that is not there', async () => {
  assert.equal(await shown(dynamodb.client.send(new PutItemCommand({ ...condition, Item: Key }))), undefined);
  const missing = new DeleteItemCommand({ ...condition, ...wish, Key: { orderId: { S: 'o-2' } } });
  assert.equal(await shown(dynamodb.client.send(missing)), undefined);
});
