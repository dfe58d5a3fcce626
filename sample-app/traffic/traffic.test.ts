import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { inStock, products } from '../products.ts';
import { serve } from '../tests/serve.ts';
import { until } from '../tests/shop.ts';
import { sendCheckout, startExtraClient, startTraffic } from './index.ts';

interface Seen {
  method: string;
  url: string;
  run: string | undefined;
  traceHeader: string | undefined;
}

async function gateway(answer: RequestListener) {
  const seen: Seen[] = [];
  const gatewayUrl = await serve((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({
      method,
      url,
      run: headers['x-run-id'] as string,
      traceHeader: headers['x-amzn-trace-id'] as string,
    });
    request.resume();
    answer(request, response);
  });
  return { seen, gatewayUrl };
}

const root = 'Root=1-6b0338d1-cf2bdecd9f870703cf5d7191';

test('a checkout asks for the sampling decision and reports the trace id, the order and the run', async () => {
  const { seen, gatewayUrl } = await gateway((_request, response) => {
    response.writeHead(201, { 'X-Amzn-Trace-Id': `${root};Sampled=1` }).end('{"orderId":"o-1"}');
  });
  const sent = await sendCheckout({ gatewayUrl, run: 'r-1' });
  assert.equal(sent.status, 201);
  assert.equal(sent.traceId, '1-6b0338d1-cf2bdecd9f870703cf5d7191');
  assert.equal(sent.orderId, 'o-1');
  assert.deepEqual(seen, [{ method: 'POST', url: '/checkout', run: 'r-1', traceHeader: 'Sampled=?' }]);
});

test('a checkout that was not sampled has no trace id', async () => {
  const { gatewayUrl } = await gateway((_request, response) => {
    response.writeHead(503, { 'X-Amzn-Trace-Id': `${root};Sampled=0` }).end('{"error":"x"}');
  });
  const sent = await sendCheckout({ gatewayUrl });
  assert.equal(sent.status, 503);
  assert.equal(sent.traceId, undefined);
  assert.deepEqual(sent.body, { error: 'x' });
});

test('a gateway that is down is status 0 with the reason', async () => {
  const sent = await sendCheckout({ gatewayUrl: 'http://127.0.0.1:1' });
  assert.equal(sent.status, 0);
  assert.match((sent.body as { message: string }).message, /ECONNREFUSED/);
});

test('shoppers keep coming while the shop hangs', async () => {
  const { seen, gatewayUrl } = await gateway(() => {});
  const traffic = startTraffic({ gatewayUrl, profile: 'busy' });
  await until(
    () => seen.length >= 4,
    5,
    () => 'four unanswered requests',
  );
  traffic.stop();
  assert.equal(traffic.snapshot().answered.ok, 0);
  assert.ok(traffic.snapshot().sent >= 4);
});

test('a shop that is slow gets as many requests as one that is quick', async () => {
  const quick = await gateway((_request, response) => response.writeHead(200).end('{}'));
  const slow = await gateway((_request, response) =>
    setTimeout(() => response.writeHead(200).end('{}'), 1500),
  );
  const traffics = [quick, slow].map(({ gatewayUrl }) =>
    startTraffic({ gatewayUrl, profile: 'checkout-only' }),
  );
  await until(
    () => quick.seen.length >= 8,
    10,
    () => `eight checkouts, not ${quick.seen.length}`,
  );
  for (const traffic of traffics) traffic.stop();
  // The two scripts are the same; at this moment one of them may be a request ahead.
  assert.ok(
    Math.abs(slow.seen.length - quick.seen.length) <= 1,
    `${slow.seen.length} of ${quick.seen.length}`,
  );
});

test('steady means exactly so many a second, however late timers are', async () => {
  const { gatewayUrl } = await gateway((_request, response) => response.writeHead(200).end('{}'));
  const began = performance.now();
  const traffic = startTraffic({ gatewayUrl, profile: 'steady' });
  await until(
    () => traffic.snapshot().sent >= 60,
    10,
    () => `sixty requests, not ${traffic.snapshot().sent}`,
  );
  const seconds = (performance.now() - began) / 1000;
  traffic.stop();
  assert.ok(Math.abs(traffic.snapshot().sent - 20 * seconds) <= 3, `${seconds} s for sixty`);
});

test('a client besides the shoppers comes at once, then at its rate, however slow the answers are', async () => {
  const { seen, gatewayUrl } = await gateway((request, response) => {
    if (request.method === 'POST') response.writeHead(201).end('{"orderId":"o-7"}');
  });
  const rare = startExtraClient(gatewayUrl, { kind: 'client', sends: 'quote', perSecond: 0.1 }, () => 'r-1');
  await until(
    () => seen.length === 1,
    5,
    () => 'the first of one in ten seconds',
  );
  rare();
  assert.deepEqual([seen[0]?.url, seen[0]?.run], ['/quotes/kettle-1l', 'r-1']);

  const steady = startExtraClient(
    gatewayUrl,
    { kind: 'client', sends: 'order-status', perSecond: 10 },
    () => undefined,
  );
  await until(
    () => seen.length >= 5,
    5,
    () => 'a purchase and three looks at it, none of which is answered',
  );
  steady();
  const { length } = seen;
  assert.deepEqual(
    new Set(seen.slice(1).map(({ method, url }) => `${method} ${url}`)),
    new Set(['POST /checkout', 'GET /orders/o-7']),
  );
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(seen.length, length, 'gone is gone');
});

test('a client that comes too late orders the one product that no shopper buys', async () => {
  const orders: string[] = [];
  const gatewayUrl = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { items } = JSON.parse(body) as { items: { sku: string; quantity: number }[] };
    orders.push(...items.map(({ sku, quantity }) => `${request.url} ${quantity} × ${sku}`));
    response.writeHead(409).end('{"error":"sold-out"}');
  });
  const late = { kind: 'client', sends: 'sold-out-checkout', perSecond: 0.1 } as const;
  const leave = startExtraClient(gatewayUrl, late, () => undefined);
  await until(
    () => orders.length === 1,
    5,
    () => 'its order',
  );
  leave();
  const [soldOut] = products.filter(({ soldOut }) => soldOut);
  assert.deepEqual(orders, [`/checkout 1 × ${soldOut!.sku}`]);
  assert.ok(!inStock.some(({ sku }) => sku === soldOut!.sku));
});

test('answers are counted by outcome, runs are asked for at each request, and reads follow checkouts', async () => {
  const { seen, gatewayUrl } = await gateway((request, response) => {
    const status = request.method === 'POST' ? 503 : 200;
    response.writeHead(status).end('{}');
  });
  const lab: { run?: string } = {};
  const traffic = startTraffic({ gatewayUrl, profile: 'busy', run: () => lab.run });
  const counted = () => traffic.snapshot().answered;
  await until(
    () => counted().fault > 0 && counted().ok > 0,
    5,
    () => 'a checkout and a read',
  );
  assert.ok(seen.every((request) => request.run === undefined));

  lab.run = 'r-2';
  await until(
    () => seen.some((request) => request.run === 'r-2'),
    5,
    () => 'a request of the run',
  );

  traffic.setProfile('off');
  assert.deepEqual(traffic.snapshot(), {
    profile: 'off',
    sent: 0,
    answered: { ok: 0, error: 0, throttle: 0, fault: 0, unanswered: 0 },
  });
  traffic.stop();
});

test('a profile that does not exist is refused with the names of those that do', async () => {
  assert.throws(
    () => startTraffic({ gatewayUrl: 'http://127.0.0.1:1', profile: 'rush' }),
    /off, calm, busy, steady, burst, rush-hour, checkout-only, catalogue-heavy/,
  );
});
