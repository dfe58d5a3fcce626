import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from './engine.ts';
import { withBoundedExpressions } from './expressions.ts';

const engine = withBoundedExpressions(startEngine());

const ask = (operation: string, input: object) =>
  engine({
    method: 'POST',
    url: '/',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
      'x-amz-date': '20260101T000000Z',
    },
    body: JSON.stringify(input),
  });

/** What dynalite says of an expression it has read whole: the table it is for is not there. */
const wasRead = /ResourceNotFoundException/;
const tooDeep = /parentheses nest deeper than this local DynamoDB can read/;
const around = (pairs: number, inner: string) => `${'('.repeat(pairs)}${inner}${')'.repeat(pairs)}`;
const or = (number: number) => Array(number).fill('a = :a').join(' OR ');

const cases: { name: string; expression: string; says: RegExp }[] = [
  { name: 'a usual one', expression: 'attribute_not_exists(b) OR (a = :a AND size(b) < :a)', says: wasRead },
  {
    name: 'five levels of a short one',
    expression: 'a = :a OR '.concat('(a = :a AND '.repeat(4), 'size(b) < :a', '))))'),
    says: wasRead,
  },
  { name: 'one of 4 KB without parentheses', expression: or(400), says: wasRead },
  {
    name: 'one of more',
    expression: or(500),
    says: /Expression size has exceeded the maximum allowed size; expression size: 4996/,
  },
  { name: 'ten pairs', expression: around(10, 'a = :a'), says: tooDeep },
  { name: 'two thousand pairs', expression: around(2000, 'a = :a'), says: tooDeep },
  { name: 'pairs that are never closed', expression: '('.repeat(6).concat(or(300)), says: tooDeep },
  { name: 'four levels of a long one', expression: around(4, `${or(200)} x`), says: tooDeep },
];
for (const { name, expression, says } of cases) {
  test(`of ${name} the answer comes in a moment`, async () => {
    const start = process.threadCpuUsage();
    const answer = await ask('PutItem', {
      TableName: 'orders',
      Item: { a: { S: 'a' } },
      ConditionExpression: expression,
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    });
    const { user } = process.threadCpuUsage(start);
    assert.match(answer.body, says);
    assert.ok(user < 100_000, `${user / 1000} ms`);
  });
}

test('a batch’s expressions are bounded, too', async () => {
  const Keys = [{ a: { S: 'a' } }];
  const answer = await ask('BatchGetItem', {
    RequestItems: { orders: { Keys, ProjectionExpression: 'a, '.repeat(2000) } },
  });
  assert.match(answer.body, /Invalid ProjectionExpression: Expression size has exceeded/);
});
