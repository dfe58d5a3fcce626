import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../random.ts';
import { answerOf } from './messages.ts';
import {
  accessDenied,
  actionsOf,
  delayOf,
  deniedAction,
  dynamodbPlan,
  partitionLimits,
  planned,
  type DynamoDBPrimitive,
} from './plan.ts';

const one = (primitive: object) => ({ revision: 1, primitives: [primitive] });

const badPlans = [
  { name: 'an unknown kind', plan: one({ kind: 'hang' }), path: 'primitives.0.kind', says: /deny or delay/ },
  {
    name: 'an unknown table',
    plan: one({ kind: 'deny', table: 'invoices' }),
    path: 'primitives.0.table',
    says: /orders, payments, inventory, customers/,
  },
  {
    name: 'an unknown operation',
    plan: one({ kind: 'deny', table: 'orders', operations: ['Put'] }),
    path: 'primitives.0.operations.0',
    says: /GetItem, PutItem/,
  },
  {
    name: 'no operation at all',
    plan: one({ kind: 'deny', table: 'orders', operations: [] }),
    path: 'primitives.0.operations',
    says: /leave it out/,
  },
  {
    name: 'an identity that is no ARN’s end',
    plan: one({ kind: 'deny', table: 'orders', identity: 'order' }),
    path: 'primitives.0.identity',
    says: /assumed-role\/order/,
  },
  {
    name: 'a partition without a limit',
    plan: one({ kind: 'partition-capacity', table: 'orders' }),
    path: 'primitives.0.writeUnits',
    says: /readUnits or writeUnits/,
  },
  {
    name: 'a partition with more than DynamoDB gives one',
    plan: one({ kind: 'partition-capacity', table: 'orders', writeUnits: 1001 }),
    path: 'primitives.0.writeUnits',
    says: /at most 1000/,
  },
  {
    name: 'a partition with nothing',
    plan: one({ kind: 'partition-capacity', table: 'orders', readUnits: 0 }),
    path: 'primitives.0.readUnits',
    says: /at least 0.1/,
  },
  {
    name: 'a share of more than all',
    plan: one({ kind: 'delay', milliseconds: 5, share: 2 }),
    path: 'primitives.0.share',
    says: /<=1/,
  },
  {
    name: 'a member nobody knows',
    plan: one({ kind: 'deny', table: 'orders', service: 'order' }),
    path: 'primitives.0',
    says: /service/,
  },
] as const;
for (const { name, plan, path, says } of badPlans) {
  test(`a plan with ${name} is refused at ${path}, and says what is allowed`, () => {
    const issue = dynamodbPlan.safeParse(plan).error?.issues[0];
    assert.equal(issue?.path.join('.'), path);
    assert.match(issue?.message ?? '', says);
  });
}

test('the lowest of several limits of a partition counts', () => {
  const limits = partitionLimits([
    { kind: 'partition-capacity', table: 'orders', writeUnits: 5 },
    { kind: 'partition-capacity', table: 'orders', writeUnits: 2, readUnits: 7 },
    { kind: 'deny', table: 'payments' },
  ]);
  assert.deepEqual([...limits], [['orders', { readUnits: 7, writeUnits: 2 }]]);
});

const actions = [
  {
    name: 'a request for one item is one action',
    operation: 'PutItem',
    input: { TableName: 'orders' },
    expected: ['PutItem orders'],
  },
  {
    name: 'a batch is one action for each of its tables',
    operation: 'BatchWriteItem',
    input: { RequestItems: { orders: [{}, {}], payments: [{}] } },
    expected: ['BatchWriteItem orders', 'BatchWriteItem payments'],
  },
  {
    name: 'a transaction is an action for each of its items',
    operation: 'TransactWriteItems',
    input: {
      TransactItems: [{ Put: { TableName: 'orders' } }, { ConditionCheck: { TableName: 'customers' } }],
    },
    expected: ['PutItem orders', 'ConditionCheckItem customers'],
  },
  { name: 'a request of another shape is none', operation: 'PutItem', input: [5], expected: [] },
] as const;
for (const { name, operation, input, expected } of actions) {
  test(name, () => {
    assert.deepEqual(
      actionsOf(operation, input).map((action) => `${action.operation} ${action.table}`),
      expected,
    );
  });
}

const denying = (more: object = {}): DynamoDBPrimitive[] => [{ kind: 'deny', table: 'orders', ...more }];

test('a refusal is for its table and its operations only', () => {
  const of = (operation: string, table: string, primitives = denying()) =>
    deniedAction(primitives, [{ operation, table }]) !== undefined;
  assert.equal(of('PutItem', 'orders'), true);
  assert.equal(of('PutItem', 'payments'), false);
  assert.equal(of('PutItem', 'orders', denying({ operations: ['GetItem'] })), false);
  assert.equal(of('GetItem', 'orders', denying({ operations: ['GetItem'] })), true);
});

test('a refusal that names no operations leaves those on tables alone, so that capacity can still be changed', () => {
  assert.equal(deniedAction(denying(), [{ operation: 'UpdateTable', table: 'orders' }]), undefined);
  assert.ok(
    deniedAction(denying({ operations: ['UpdateTable'] }), [{ operation: 'UpdateTable', table: 'orders' }]),
  );
});

const identities = [
  { identity: 'user/order', arn: 'arn:aws:iam::000000000000:user/order' },
  { identity: 'assumed-role/order/i-01', arn: 'arn:aws:sts::000000000000:assumed-role/order/i-01' },
] as const;
for (const { identity, arn } of identities) {
  test(`${identity} is refused in DynamoDB’s words`, () => {
    const answer = accessDenied({ operation: 'PutItem', table: 'payments', identity });
    assert.equal(answer.status, 400);
    assert.deepEqual(JSON.parse(answer.body), {
      __type: 'com.amazon.coral.service#AccessDeniedException',
      Message:
        `User: ${arn} is not authorized to perform: dynamodb:PutItem on resource: ` +
        'arn:aws:dynamodb:us-east-1:000000000000:table/payments ' +
        'because no identity-based policy allows the dynamodb:PutItem action',
    });
  });
}

test('a delay comes to a share of the operations, the same ones for the same seed', () => {
  const primitives: DynamoDBPrimitive[] = [{ kind: 'delay', milliseconds: 40, share: 0.25 }];
  const draw = () => {
    const random = randomFrom(7);
    return Array.from({ length: 400 }, () =>
      delayOf(primitives, [{ operation: 'GetItem', table: 'orders' }], random),
    );
  };
  const late = draw().filter((milliseconds) => milliseconds === 40).length;
  assert.ok(late > 70 && late < 130, `${late} of 400`);
  assert.deepEqual(draw(), draw());
});

test('delays of several primitives add up, and concern only what they name', () => {
  const primitives: DynamoDBPrimitive[] = [
    { kind: 'delay', milliseconds: 40, share: 1 },
    { kind: 'delay', table: 'orders', operations: ['Query'], milliseconds: 5, share: 1 },
  ];
  assert.equal(
    delayOf(primitives, [{ operation: 'Query', table: 'orders' }], () => 0),
    45,
  );
  assert.equal(
    delayOf(primitives, [{ operation: 'Query', table: 'payments' }], () => 0),
    40,
  );
  assert.equal(
    delayOf(primitives, [{ operation: 'UpdateTable', table: 'orders' }], () => 0),
    0,
  );
});

test('a delay comes before the usual answer, and a plan that has gone delays nobody', async () => {
  const events: string[] = [];
  const plan = planned(
    () => undefined,
    async (milliseconds) => void events.push(`${milliseconds} ms`),
  );
  const engine = plan.apply(async () => {
    events.push('answer');
    return answerOf(200, {});
  });
  const request = {
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    body: '{"TableName":"orders"}',
  };
  plan.run({ revision: 1, primitives: [{ kind: 'delay', table: 'orders', milliseconds: 40, share: 1 }] });
  await engine(request);
  plan.run({ revision: 2, primitives: [] });
  await engine(request);
  assert.deepEqual(events, ['40 ms', 'answer', 'answer']);
});
