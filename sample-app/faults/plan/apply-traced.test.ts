/** What each primitive leaves on the wire, seen by the real SDK in this process. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { serve } from '../../tests/serve.ts';
import { startCollector, subsegmentsOf, until, type Collector, type Entity } from '../../tests/shop.ts';
import type { Primitive } from './primitives.ts';

const ROOT = '1-65ff0a1b-0123456789abcdef01234567';

let collector: Collector;
let url = '';

before(async () => {
  collector = await startCollector();
  // Read by the SDK when it is loaded, which is why it is loaded here and not above.
  process.env.AWS_XRAY_DAEMON_ADDRESS = collector.address;
  const [{ service }, { tracing, annotate, traced }, { httpClient }, { flag }] = await Promise.all([
    import('../../platform/server.ts'),
    import('../../platform/tracing.ts'),
    import('../../platform/http-client.ts'),
    import('../../platform/flags.ts'),
  ]);
  const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
  const { calculateTotal } = await import('../../services/order/price-calc.ts');
  const { default: AWSXRay } = await import('aws-xray-sdk-core');

  const seenHeaders: (string | undefined)[] = [];
  const upstreamUrl = await serve((request, response) => {
    seenHeaders.push(request.headers['x-amzn-trace-id'] as string | undefined);
    response.setHeader('content-type', 'application/json').end('{"answered":true,"TableNames":[]}');
  });
  const upstream = httpClient(upstreamUrl, { timeoutMilliseconds: 2000 });
  const dynamodb = traced(
    new DynamoDBClient({
      endpoint: upstreamUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }),
  );
  url = await serve(
    service('order', tracing, (app) => {
      app.all('/work', (_request, response) => {
        annotate({ worked: true });
        response.json({ flag: flag('cache') });
      });
      app.get('/call', async (_request, response) => {
        await upstream.get('/answer');
        response.json({ header: seenHeaders.at(-1) ?? null });
      });
      app.get('/price', async (_request, response) => {
        response.json({ total: await calculateTotal([]) });
      });
      // What somebody writes who wants to see the computation in the trace.
      app.get('/price-captured', async (_request, response) => {
        const total = await AWSXRay.captureAsyncFunc('price-calc', (subsegment) =>
          calculateTotal([]).finally(() => subsegment?.close()),
        );
        await upstream.get('/answer');
        response.json({ total });
      });
      app.get('/table', async (_request, response) => {
        await dynamodb.send(new ListTablesCommand({}));
        response.json({});
      });
    }),
  );
});
after(() => collector.close());
beforeEach(() => plan());

async function plan(...primitives: Partial<Primitive>[]): Promise<void> {
  const response = await fetch(`${url}/_plan`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      revision: 1,
      primitives: primitives.map((primitive) => ({ service: 'order', ...primitive })),
    }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function ask(path: string, options: RequestInit = {}) {
  const response = await fetch(url + path, options);
  const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
  return { response, traceId };
}

async function segmentOf(path: string, options: RequestInit = {}) {
  const { response, traceId } = await ask(path, options);
  return { response, segment: (await collector.trace(traceId, ['order'])).order! };
}

test('exception: the route throws, and the segment has a fault with that cause', async () => {
  await plan({ kind: 'exception', share: 1, type: 'RangeError', message: 'the price is below zero' });
  const { response, segment } = await segmentOf('/work');
  assert.equal(response.status, 500);
  assert.equal(segment.fault, true);
  const [exception] = segment.cause?.exceptions ?? [];
  assert.equal(exception?.type, 'RangeError');
  assert.equal(exception?.message, 'the price is below zero');
});

const busy: Partial<Primitive> = { kind: 'busy', share: 1, work: 'price-calc', milliseconds: 120 };
const seconds = ({ start_time, end_time }: Entity) => end_time - start_time;

test('busy: the segment is as long as the computation, with nothing inside', async () => {
  await plan(busy);
  const { segment } = await segmentOf('/price');
  assert.ok(seconds(segment) >= 0.119, `${seconds(segment)} s`);
  assert.deepEqual(subsegmentsOf(segment), []);
});

test('busy: the function that computes, once it is captured, is a subsegment as long as that', async () => {
  await plan(busy);
  const { segment } = await segmentOf('/price-captured');
  const [price, call, ...others] = segment.subsegments ?? [];
  assert.deepEqual([price?.name, call?.name, others.length], ['price-calc', '127.0.0.1', 0]);
  assert.ok(seconds(price!) >= 0.119 && seconds(price!) < 0.4, `${seconds(price!)} s`);
  // What remains is what the segment spent elsewhere.
  assert.ok(seconds(segment) - seconds(price!) - seconds(call!) < 0.1);
});

test('busy: work of another name, and requests that are not hit, take no longer', async () => {
  await plan({ ...busy, work: 'invoice' }, { ...busy, method: 'POST' });
  assert.ok(seconds((await segmentOf('/price')).segment) < 0.1);
});

test('lost-header: the segment begins a trace of its own, although its caller sent a header', async () => {
  const sent = { headers: { 'X-Amzn-Trace-Id': `Root=${ROOT};Parent=0123456789abcdef;Sampled=1` } };
  const { segment: kept } = await segmentOf('/work', sent);
  assert.equal(kept.trace_id, ROOT);

  await plan({ kind: 'lost-header', share: 1 });
  const { segment } = await segmentOf('/work', sent);
  assert.notEqual(segment.trace_id, ROOT);
  assert.equal(segment.parent_id, undefined);
});

test('open-subsegment: the request is answered, and its segment never arrives', async () => {
  await plan({ kind: 'open-subsegment', share: 1, name: 'refund' });
  const lost = await ask('/work');
  await plan();
  await segmentOf('/work');
  assert.equal(lost.response.status, 200);
  assert.ok(!collector.segments.some(({ trace_id }) => trace_id === lost.traceId));
});

test('lost-context: what the route records is missing from its segment', async () => {
  const { segment: usual } = await segmentOf('/call');
  assert.equal(subsegmentsOf(usual).length, 1);

  await plan({ kind: 'lost-context', share: 1 });
  const { response, segment } = await segmentOf('/call');
  assert.equal(response.status, 200);
  assert.deepEqual(subsegmentsOf(segment), []);
});

test('uncaptured host: the call has no subsegment, and takes no header along', async () => {
  const captured = await segmentOf('/call');
  assert.match(((await captured.response.json()) as { header: string }).header, /^Root=/);

  await plan({ kind: 'uncaptured', calls: '127.0.0.1' });
  const { response, segment } = await segmentOf('/call');
  assert.deepEqual(await response.json(), { header: null });
  assert.deepEqual(subsegmentsOf(segment), []);

  await plan();
  assert.equal(subsegmentsOf((await segmentOf('/call')).segment).length, 1);
});

test('uncaptured aws: the table’s call has no subsegment, and has one again afterwards', async () => {
  const names = async () => subsegmentsOf((await segmentOf('/table')).segment).map(({ name }) => name);
  assert.ok((await names()).includes('DynamoDB'));
  await plan({ kind: 'uncaptured', calls: 'aws' });
  assert.ok(!(await names()).includes('DynamoDB'));
  await plan();
  assert.ok((await names()).includes('DynamoDB'));
});

test('clock: the segment says it happened in the future, and the next plan puts the clock right', async () => {
  await plan({ kind: 'clock', seconds: 300 });
  const truly = performance.timeOrigin / 1000 + performance.now() / 1000;
  const { segment } = await segmentOf('/work');
  assert.ok(segment.start_time > truly + 290, `${segment.start_time - truly} s ahead`);
  await plan();
  const { segment: right } = await segmentOf('/work');
  assert.ok(Math.abs(right.start_time - truly) < 30);
});

test('flag: a switch of the service is on while the plan says so', async () => {
  const isOn = async () => ((await (await ask('/work')).response.json()) as { flag: boolean }).flag;
  assert.equal(await isOn(), false);
  await plan({ kind: 'flag', flag: 'cache' });
  assert.equal(await isOn(), true);
  await plan();
  assert.equal(await isOn(), false);
});

test('when: only requests whose body says so are hit', async () => {
  await plan({ kind: 'status', share: 1, status: 503, when: { member: 'card.brand', is: 'amex' } });
  const pay = (brand: string) =>
    ask('/work', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ card: { brand } }),
    });
  assert.equal((await pay('visa')).response.status, 200);
  assert.equal((await pay('amex')).response.status, 503);
  assert.equal((await ask('/work')).response.status, 200);
  await until(
    () => collector.segments.length > 0,
    5,
    () => 'segments',
  );
});
