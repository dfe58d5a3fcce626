import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { faults, tables, type Fault } from '../faults/index.ts';
import { sendCheckout } from '../traffic/index.ts';
import {
  local,
  startService,
  startShop,
  stopService,
  subsegmentsOf,
  until,
  type Entity,
  type Shop,
} from './shop.ts';

const everyService = ['gateway', 'auth', 'order', 'payment', 'inventory', 'notification'];

let shop: Shop;
before(async () => {
  shop = await startShop();
});
after(() => shop.stop());

const checkout = (
  options: { run?: string; customerId?: string; items?: { sku: string; quantity: number }[] } = {},
) => sendCheckout({ gatewayUrl: shop.gatewayUrl, customerId: 'c-001', ...options });

/** A checkout and the segments of its trace, by service. */
async function tracedCheckout(services = everyService, seconds = 5) {
  const sent = await checkout();
  assert.ok(sent.traceId, `no trace id, but ${JSON.stringify(sent)}`);
  return { sent, trace: await shop.collector.trace(sent.traceId, services, seconds) };
}

function call(caller: Entity | undefined, name: string): Entity {
  const found = subsegmentsOf(caller!).find((entity) => entity.name === name);
  assert.ok(found, `${caller?.name} has no subsegment ${name}`);
  return found;
}

const tableCalls = (entity: Entity | undefined) =>
  subsegmentsOf(entity!)
    .filter(({ name }) => name === 'DynamoDB')
    .map(({ aws }) => `${aws?.operation} ${aws?.table_name}`);

const dynamodb = () =>
  new DynamoDBClient({
    endpoint: local(shop.services.dynamodb!.url),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

async function switchOn(fault: Fault): Promise<void> {
  for (const primitive of fault.primitives(fault.parameters.parse({}))) {
    if (primitive.kind === 'capacity') await setWriteUnits(primitive.table, primitive.writeUnits!);
    else if ('service' in primitive) await shop.plan(primitive.service, [primitive]);
  }
}

async function switchOff(fault: Fault): Promise<void> {
  for (const primitive of fault.primitives(fault.parameters.parse({}))) {
    if (primitive.kind === 'capacity') await setWriteUnits(primitive.table, tables.orders.writeUnits);
    else if ('service' in primitive) await shop.plan(primitive.service, []);
  }
}

const setWriteUnits = (table: string, units: number) =>
  dynamodb().send(
    new UpdateTableCommand({
      TableName: table,
      ProvisionedThroughput: { ReadCapacityUnits: tables.orders.readUnits, WriteCapacityUnits: units },
    }),
  );

const fault = (id: string) => faults.find((candidate) => candidate.id === id)!;

test('a checkout is one trace: every segment names the subsegment that called it', async () => {
  const sent = await checkout({ run: 'run-1', customerId: 'you' });
  assert.equal(sent.status, 201);
  const trace = await shop.collector.trace(sent.traceId!, everyService);

  assert.equal(trace.gateway!.parent_id, undefined);
  const calls = [
    ['gateway', 'auth'],
    ['gateway', 'order'],
    ['order', 'inventory'],
    ['order', 'payment'],
    ['order', 'notification'],
  ] as const;
  for (const [caller, callee] of calls) {
    assert.equal(trace[callee]!.parent_id, call(trace[caller], callee).id, `${caller} → ${callee}`);
  }
  for (const service of everyService) assert.equal(trace[service]!.origin, 'AWS::ECS::Container');
});

test('the third party is a subsegment without a segment', async () => {
  const { trace } = await tracedCheckout();
  const provider = call(trace.payment, 'payment-provider');
  assert.equal(provider.namespace, 'remote');
  assert.equal(provider.http?.response?.status, 201);
  assert.equal(trace['payment-provider'], undefined);
});

test('each table is called by its own service', async () => {
  const { trace } = await tracedCheckout();
  assert.deepEqual(tableCalls(trace.order), ['PutItem orders', 'UpdateItem customers']);
  assert.deepEqual(tableCalls(trace.payment), ['PutItem payments']);
  assert.deepEqual(tableCalls(trace.inventory), ['UpdateItem inventory']);
});

test('annotations and the user say which order, customer and run it was', async () => {
  const sent = await checkout({ run: 'run-2', customerId: 'you' });
  const trace = await shop.collector.trace(sent.traceId!, everyService);
  assert.deepEqual(trace.gateway!.annotations, { run: 'run-2', customerId: 'you', orderId: sent.orderId });
  assert.equal(trace.gateway!.user, 'you');
  for (const service of ['order', 'payment', 'inventory', 'notification']) {
    assert.equal(trace[service]!.annotations?.orderId, sent.orderId, service);
  }
  assert.ok(trace.order!.metadata?.default?.cart);
});

test('order hands the notification over; the mail is sent afterwards, in the same trace', async () => {
  const { sent, trace } = await tracedCheckout();
  const handOver = call(trace.order, 'notification');
  assert.equal(handOver.http?.response?.status, 202);
  assert.ok(trace.notification!.start_time >= handOver.start_time);
  assert.ok(trace.notification!.end_time > trace.gateway!.end_time, 'the trace ends after the answer');
  assert.equal(trace.notification!.annotations?.attempt, 1);
  assert.equal(trace.notification!.annotations?.orderId, sent.orderId);
  // A subsegment opened after its segment closed would send the segment a second time.
  const documents = shop.collector.segments.filter(({ id }) => id === trace.order!.id);
  assert.equal(documents.length, 1);
});

test('a mail that cannot be sent is tried three times, then lies with the dead letters', async () => {
  await shop.plan('notification', [
    { kind: 'exception', service: 'notification', type: 'MailboxFull', message: 'no', share: 1 },
  ]);
  const { traceId, orderId } = await checkout();
  const attempts = () =>
    shop.collector.segments.filter(({ trace_id, name }) => trace_id === traceId && name === 'notification');
  await until(
    () => attempts().length === 3,
    5,
    () => `three attempts, but there are ${attempts().length}`,
  );
  await shop.plan('notification', []);
  assert.ok(attempts().every(({ fault }) => fault));
  assert.equal(new Set(attempts().map(({ parent_id }) => parent_id)).size, 1);

  const url = `${local(shop.services.notification!.url)}/queue/dead-letters`;
  let dead = '';
  for (let round = 0; round < 50 && !dead.includes(orderId!); round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    dead = await (await fetch(url)).text();
  }
  assert.ok(dead.includes(orderId!), dead);
});

test('an order can be refunded, once', async () => {
  const { orderId } = await checkout();
  const refund = async () => {
    const response = await fetch(`${shop.gatewayUrl}/orders/${orderId}/refund`, { method: 'POST' });
    assert.equal(response.status, 200);
    return (await response.json()) as { status: string; refundId: string };
  };
  const first = await refund();
  assert.equal(first.status, 'refunded');
  assert.equal((await refund()).refundId, first.refundId);
  const order = (await (await fetch(`${shop.gatewayUrl}/orders/${orderId}`)).json()) as { status: string };
  assert.equal(order.status, 'refunded');
});

test('a refund of an order nobody placed is 404', async () => {
  const response = await fetch(`${shop.gatewayUrl}/orders/o-000000000000/refund`, { method: 'POST' });
  assert.equal(response.status, 404);
});

const restock = (key: string, body: object) =>
  fetch(`${shop.gatewayUrl}/admin/restock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-admin-key': key },
    body: JSON.stringify(body),
  });

async function stockOf(wanted: string): Promise<number> {
  const { products } = (await (await fetch(`${shop.gatewayUrl}/products`)).json()) as {
    products: { sku: string; stock: number }[];
  };
  return products.find(({ sku }) => sku === wanted)!.stock;
}

test('the warehouse restocks with its key, and nobody else', async () => {
  const before = await stockOf('jar-1l');
  assert.equal((await restock('guess', { sku: 'jar-1l', quantity: 5 })).status, 403);
  assert.equal(await stockOf('jar-1l'), before);
  assert.equal((await restock('warehouse', { sku: 'jar-1l', quantity: 5 })).status, 200);
  assert.equal(await stockOf('jar-1l'), before + 5);
  assert.equal((await restock('warehouse', { sku: 'tea', quantity: 5 })).status, 404);
});

const soldOut = { sku: 'press-travel', quantity: 1 };

test('what is sold out is a condition that fails in the table, and 409 all the way; it is no throttle', async () => {
  const sent = await checkout({ items: [soldOut] });
  assert.equal(sent.status, 409);
  assert.deepEqual(sent.body, {
    error: 'sold-out',
    message: 'There is not enough press-travel left for an order of 1.',
  });

  const trace = await shop.collector.trace(sent.traceId!, ['gateway', 'order', 'inventory']);
  const write = call(trace.inventory, 'DynamoDB');
  assert.deepEqual([write.aws?.operation, write.aws?.table_name], ['UpdateItem', 'inventory']);
  assert.equal(write.http?.response?.status, 400);
  assert.equal(write.cause?.exceptions?.[0]?.type, 'ConditionalCheckFailedException');
  // The SDK closes the subsegment with the error, which makes it a fault as well.
  assert.deepEqual([write.error, write.fault, write.throttle], [true, true, undefined]);
  for (const service of ['gateway', 'order', 'inventory']) {
    const { http, error, fault, throttle } = trace[service]!;
    assert.equal(http?.response?.status, 409, service);
    assert.deepEqual([error, fault, throttle], [true, undefined, undefined], service);
  }
  assert.ok(!subsegmentsOf(trace.order!).some(({ name }) => name === 'payment'), 'no money was taken');
});

test('an order of which one thing is sold out reserves nothing', async () => {
  const before = await stockOf('jar-1l');
  const sent = await checkout({ items: [{ sku: 'jar-1l', quantity: 3 }, soldOut] });
  assert.equal(sent.status, 409);
  assert.equal(await stockOf('jar-1l'), before);

  const { inventory } = await shop.collector.trace(sent.traceId!, ['inventory']);
  assert.deepEqual(tableCalls(inventory), Array(3).fill('UpdateItem inventory'), 'taken, refused, put back');
});

test('what was sold out is sold once it is restocked, and sold out again', async () => {
  assert.equal((await restock('warehouse', soldOut)).status, 200);
  assert.equal((await checkout({ items: [soldOut] })).status, 201);
  assert.equal((await checkout({ items: [soldOut] })).status, 409);
  assert.equal(await stockOf('press-travel'), 0);
});

test('a load balancer’s check is traced like any request', async () => {
  const response = await fetch(`${shop.gatewayUrl}/healthz`);
  const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
  const { gateway } = await shop.collector.trace(traceId, ['gateway']);
  assert.match(gateway!.http?.request?.url ?? '', /\/healthz$/);
});

test('with the cache on, products are read from the table once and then from memory', async () => {
  await shop.plan('inventory', [{ kind: 'flag', service: 'inventory', flag: 'cache' }]);
  const read = async () => {
    const response = await fetch(`${shop.gatewayUrl}/products`);
    const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
    return (await shop.collector.trace(traceId, ['inventory'])).inventory!;
  };
  const [first, second] = [await read(), await read()];
  await shop.plan('inventory', []);
  assert.deepEqual(
    [
      first.annotations?.cache,
      tableCalls(first).length,
      second.annotations?.cache,
      tableCalls(second).length,
    ],
    ['miss', 1, 'hit', 0],
  );
  assert.equal((await read()).annotations?.cache, undefined);
});

test('no card number is in any document', async () => {
  const number = '4242424242424242';
  const sent = await sendCheckout({ gatewayUrl: shop.gatewayUrl, card: { brand: 'visa', number } });
  const trace = await shop.collector.trace(sent.traceId!, everyService);
  assert.doesNotMatch(JSON.stringify(trace), new RegExp(number));
});

test('checkouts at the same time do not mix their traces', async () => {
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, index) => checkout({ customerId: `c-${100 + index}` })),
  );
  for (const { traceId, orderId } of sent) {
    const trace = await shop.collector.trace(traceId!, everyService);
    for (const service of ['gateway', 'order', 'payment', 'inventory', 'notification']) {
      assert.equal(trace[service]!.annotations?.orderId, orderId);
    }
    assert.equal(subsegmentsOf(trace.order!).length, 5);
  }
});

test('an order can be read again, with its payment', async () => {
  const { orderId } = await checkout();
  const response = await fetch(`${shop.gatewayUrl}/orders/${orderId}`);
  const order = (await response.json()) as Record<string, unknown>;
  assert.equal(response.status, 200);
  assert.equal(order.status, 'paid');
  assert.equal(order.orderId, orderId);
});

test('every answer says the trace id, also without a header of the client’s', async () => {
  const response = await fetch(`${shop.gatewayUrl}/products`);
  assert.match(response.headers.get('x-amzn-trace-id') ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/);
  assert.equal(((await response.json()) as { products: unknown[] }).products.length, 9);
});

test('health checks are in no trace', async () => {
  const before = shop.collector.segments.length;
  for (const { url } of Object.values(shop.services)) {
    const response = await fetch(`${local(url)}/health`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ok' });
  }
  const { traceId } = await checkout();
  await shop.collector.trace(traceId!, everyService);
  const later = shop.collector.segments.slice(before).filter((segment) => segment.trace_id !== traceId);
  assert.deepEqual(
    later.filter((segment) => segment.http?.request?.url?.endsWith('/health')),
    [],
  );
});

const refusals = [
  { name: 'a body that is no JSON', body: '{"items":', status: 400, field: 'body' },
  { name: 'no items', body: '{}', status: 400, field: 'items' },
  {
    name: 'a quantity of nothing',
    body: '{"items":[{"sku":"mug-blue","quantity":0}]}',
    status: 400,
    field: 'items.0.quantity',
  },
  {
    name: 'a member that is not known',
    body: '{"items":[{"sku":"mug-blue","quantity":1}],"tip":1}',
    status: 400,
    field: 'tip',
  },
  {
    name: 'a product that is not sold',
    body: '{"items":[{"sku":"tea","quantity":1}]}',
    status: 400,
    field: 'items.0.sku',
  },
  {
    name: 'a card of no known brand',
    body: '{"items":[{"sku":"mug-blue","quantity":1}],"card":{"brand":"x"}}',
    status: 400,
    field: 'card.brand',
  },
];
for (const { name, body, status, field } of refusals) {
  test(`${name} is answered ${status}, naming ${field}, and is an error but no fault`, async () => {
    const response = await fetch(`${shop.gatewayUrl}/checkout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(response.status, status);
    assert.equal(((await response.json()) as { field: string }).field, field);
    const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
    const { gateway } = await shop.collector.trace(traceId, ['gateway']);
    assert.equal(gateway!.error, true);
    assert.equal(gateway!.fault, undefined);
  });
}

test('a declined card is answered 402', async () => {
  const sent = await sendCheckout({
    gatewayUrl: shop.gatewayUrl,
    card: { brand: 'visa', number: '4000000000000002' },
  });
  assert.equal(sent.status, 402);
});

test('a token that auth issued says whose checkout it is', async () => {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${shop.gatewayUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { response, body: (await response.json()) as { customerId: string; token: string } };
  };
  const session = await post('/sessions', { customerId: 'c-012' });
  assert.equal(session.response.status, 201);
  assert.equal(session.body.customerId, 'c-012');

  const { response } = await post(
    '/checkout',
    { items: [{ sku: 'beans-500', quantity: 1 }] },
    { authorization: `Bearer ${session.body.token}` },
  );
  assert.equal(response.status, 201);
  const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
  const { gateway, auth } = await shop.collector.trace(traceId, ['gateway', 'auth']);
  assert.equal(gateway?.annotations?.['customerId'], 'c-012');
  assert.match(auth?.http?.request?.url ?? '', /\/sessions\/current$/);
});

test('a run id that is wrong is answered 400 with the header’s name', async () => {
  const response = await fetch(`${shop.gatewayUrl}/products`, { headers: { 'x-run-id': '../..' } });
  assert.equal(response.status, 400);
  assert.equal(((await response.json()) as { field: string }).field, 'x-run-id');
});

test('a token that auth did not issue is answered 401', async () => {
  const response = await fetch(`${shop.gatewayUrl}/checkout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer c-001.9999999999999.forged' },
    body: '{"items":[{"sku":"mug-blue","quantity":1}]}',
  });
  assert.equal(response.status, 401);
});

test('a plan that is wrong is answered 400 with the field, and the running plan stays', async () => {
  const url = `${local(shop.services.inventory!.url)}/_plan`;
  const before = await (await fetch(url)).json();
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision: 9, primitives: [{ kind: 'hang', service: 'inventory', share: 2 }] }),
  });
  assert.equal(response.status, 400);
  assert.equal(((await response.json()) as { field: string }).field, 'primitives.0.share');
  assert.deepEqual(await (await fetch(url)).json(), before);
});

test('inventory-unavailable: a fault inside, 201 outside, and gone when it is off', async () => {
  await switchOn(fault('inventory-unavailable'));
  const { sent, trace } = await tracedCheckout();
  assert.equal(sent.status, 201);
  assert.equal((sent.body as { stock: string }).stock, 'unconfirmed');
  assert.equal(trace.gateway!.fault, undefined);
  assert.equal(trace.order!.fault, undefined);
  assert.equal(trace.inventory!.fault, true);
  assert.equal(call(trace.order, 'inventory').fault, true);
  assert.equal(call(trace.order, 'inventory').http?.response?.status, 503);

  await switchOff(fault('inventory-unavailable'));
  const cured = await tracedCheckout();
  assert.equal((cured.sent.body as { stock: string }).stock, 'reserved');
  assert.equal(call(cured.trace.order, 'inventory').fault, undefined);
});

test('order-computes: the segment is longer than its subsegments by what it computes, which comes before them', async () => {
  await switchOn(fault('order-computes'));
  const { sent, trace } = await tracedCheckout();
  await switchOff(fault('order-computes'));
  assert.equal(sent.status, 201);

  const order = trace.order!;
  const children = order.subsegments!.toSorted((one, other) => one.start_time - other.start_time);
  assert.ok(
    Math.abs(children[0]!.start_time - order.start_time - 0.8) < 0.15,
    `${children[0]!.start_time - order.start_time} s before the first`,
  );
  let inChildren = 0;
  let end = 0;
  for (const child of children) {
    inChildren += Math.max(0, child.end_time - Math.max(end, child.start_time));
    end = Math.max(end, child.end_time);
  }
  const gap = order.end_time - order.start_time - inChildren;
  assert.ok(Math.abs(gap - 0.8) < 0.2, `${gap} s in order itself`);
  assert.deepEqual([order.error, order.fault], [undefined, undefined]);

  const cured = await tracedCheckout();
  assert.ok(cured.trace.order!.end_time - cured.trace.order!.start_time < 0.6);
});

test('orders-table-throttled: calm traffic is throttled within 3 s and goes on being so; update-table cures it', async () => {
  await switchOn(fault('orders-table-throttled'));
  const outcomes: { status: number; order: Entity }[] = [];
  // One checkout a second, as calm traffic sends them.
  for (let sent = 0; sent < 6; sent++) {
    const nextAt = performance.now() + 1000;
    const { sent: answer, trace } = await tracedCheckout(['gateway', 'order']);
    outcomes.push({ status: answer.status, order: trace.order! });
    await until(
      () => performance.now() >= nextAt,
      2,
      () => 'the next second',
    );
  }
  await switchOff(fault('orders-table-throttled'));

  const throttled = outcomes.map(({ order }) => call(order, 'DynamoDB').throttle === true);
  assert.ok(throttled.slice(0, 3).includes(true), `within 3 s: ${throttled}`);
  assert.ok(throttled.slice(3).includes(true), `and later: ${throttled}`);

  const { status, order } = outcomes[throttled.indexOf(true)]!;
  const put = call(order, 'DynamoDB');
  assert.equal(status, 503);
  assert.equal(put.aws?.operation, 'PutItem');
  assert.equal(put.aws?.table_name, 'orders');
  assert.equal(put.aws?.retries, 2);
  assert.equal(put.http?.response?.status, 400);
  assert.equal(put.cause?.exceptions?.[0]?.type, 'ProvisionedThroughputExceededException');
  assert.ok(!subsegmentsOf(order).some(({ name }) => name === 'payment'), 'no money was taken');

  const cured = await tracedCheckout();
  assert.equal(cured.sent.status, 201);
});

test('payment-provider-hangs: three attempts of 3 s each make a root of more than 9 s; off, it is quick again', async () => {
  await switchOn(fault('payment-provider-hangs'));
  const { sent, trace } = await tracedCheckout(['gateway', 'auth', 'order', 'payment', 'inventory'], 15);
  await switchOff(fault('payment-provider-hangs'));

  assert.equal(sent.status, 504);
  const attempts = subsegmentsOf(trace.payment!).filter(({ name }) => name === 'payment-provider');
  assert.equal(attempts.length, 3);
  for (const attempt of attempts) {
    assert.ok(
      Math.abs(attempt.end_time - attempt.start_time - 3) < 0.5,
      `took ${attempt.end_time - attempt.start_time} s`,
    );
    assert.equal(attempt.fault, true);
    assert.equal(attempt.http?.response, undefined);
    assert.match(
      attempt.cause?.exceptions?.[0]?.message ?? '',
      /payment-provider did not answer POST \/charges within 3000 ms/,
    );
  }
  // The segment's cause points at the subsegment in which the exception happened.
  assert.equal(trace.payment!.cause?.id, attempts[2]!.id);
  assert.ok(trace.gateway!.end_time - trace.gateway!.start_time > 9);
  assert.equal(trace.gateway!.fault, true);

  const cured = await tracedCheckout();
  assert.equal(cured.sent.status, 201);
});

test('a service that is down is a fault of its caller’s subsegment, with a 502 outside', async () => {
  assert.equal(await stopService(shop.services['payment-provider']!), 0);
  const { sent, trace } = await tracedCheckout(['gateway', 'order', 'payment']);
  assert.equal(sent.status, 502);
  assert.match(call(trace.payment, 'payment-provider').cause?.exceptions?.[0]?.message ?? '', /ECONNREFUSED/);
});

test('a port that is taken ends the process with one sentence that says what to do', async () => {
  const port = new URL(shop.services.auth!.url).port;
  await assert.rejects(
    startService('notification', { PORT: port }),
    /notification ended with 1: .*notification can't listen on 127.0.0.1:\d+, because another program does/,
  );
});

test('log lines carry the trace id', async () => {
  // The provider was stopped above, so order has a failure to log.
  const { traceId } = await checkout();
  const lines = () => shop.services.order!.log.map((line) => JSON.parse(line) as Record<string, unknown>);
  await until(
    () => lines().some((line) => line.traceId === traceId),
    5,
    () => `a line with ${traceId}`,
  );
});
