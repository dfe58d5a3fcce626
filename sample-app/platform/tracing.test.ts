/** The SDK as configured here, in this process, against a daemon that keeps what it is sent. */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, mock, test } from 'node:test';
import { serve } from '../tests/serve.ts';
import { startCollector, subsegmentsOf, until, type Collector } from '../tests/shop.ts';
import { httpClient } from './http-client.ts';
import { log } from './log.ts';

let collector: Collector;
let url = '';
let upstream: RequestListener;

before(async () => {
  collector = await startCollector();
  // Read by the SDK when it is loaded, which is why it is loaded here and not above.
  process.env.AWS_XRAY_DAEMON_ADDRESS = collector.address;
  const [{ service }, { tracing, annotate }] = await Promise.all([
    import('./server.ts'),
    import('./tracing.ts'),
  ]);

  const provider = httpClient(await serve((request, response) => upstream(request, response)), {
    timeoutMilliseconds: 150,
  });
  url = await serve(
    service('caller', tracing, (app) => {
      app.get('/call', async (_request, response) => {
        annotate({ shown: 'yes', left_out: undefined });
        response.json(await provider.get('/answer'));
      });
    }),
  );
});
after(() => collector.close());

async function callerSegment(headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/call`, { headers });
  const [, traceId = ''] = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '') ?? [];
  return { response, segment: (await collector.trace(traceId, ['caller'])).caller! };
}

const broken: { name: string; answer: RequestListener; message: RegExp }[] = [
  {
    name: 'stalls in the middle',
    answer: (_request, response) => void response.writeHead(200).write('{"half":'),
    message: /did not answer GET \/answer within 150 ms/,
  },
  {
    name: 'is cut off in the middle',
    answer: (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    },
    message: /aborted/,
  },
];
for (const { name, answer, message } of broken) {
  test(`an answer that ${name} closes its subsegment as a fault, so that the segment is sent`, async () => {
    upstream = answer;
    const { segment } = await callerSegment();
    const [call] = subsegmentsOf(segment);
    assert.equal(call?.fault, true);
    assert.match(call?.cause?.exceptions?.[0]?.message ?? '', message);
    assert.equal(segment.fault, true);
  });
}

test('annotations without a value are left out', async () => {
  upstream = (_request, response) => response.end('{}');
  const { segment } = await callerSegment();
  assert.deepEqual(segment.annotations, { shown: 'yes' });
});

test('the trace id of the caller is kept, its segment is the parent, and its decision is honoured', async () => {
  upstream = (_request, response) => response.end('{}');
  const root = '1-6b0338d1-cf2bdecd9f870703cf5d7191';
  const { segment } = await callerSegment({
    'X-Amzn-Trace-Id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`,
  });
  assert.equal(segment.trace_id, root);
  assert.equal(segment.parent_id, '53995c3f42cd8ad8');

  const unsampled = await fetch(`${url}/call`, { headers: { 'X-Amzn-Trace-Id': `Root=${root};Sampled=0` } });
  assert.equal(unsampled.headers.get('x-amzn-trace-id'), `Root=${root};Sampled=0`);
});

test('a caller that asks for the decision without a Root is told the trace id', async () => {
  upstream = (_request, response) => response.end('{}');
  const { response } = await callerSegment({ 'X-Amzn-Trace-Id': 'Sampled=?' });
  assert.match(response.headers.get('x-amzn-trace-id') ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/);
});

test('a call says that its other end is traced', async () => {
  upstream = (_request, response) => response.end('{}');
  const { segment } = await callerSegment();
  assert.equal(subsegmentsOf(segment)[0]?.traced, true);
});

test('the access log has a line for each request, with the status and without the query', async () => {
  upstream = (_request, response) => response.end('{}');
  const info = mock.method(log, 'info', () => {});
  await (await fetch(`${url}/call?card=4242`)).text();
  await fetch(`${url}/nowhere`);
  await until(
    () => info.mock.callCount() === 2,
    2,
    () => 'two lines',
  );
  info.mock.restore();
  assert.deepEqual(
    info.mock.calls.map(({ arguments: [, line] }) => line as unknown as string),
    ['GET /call 200', 'GET /nowhere 404'],
  );
});
