import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createProxy } from './proxy.ts';
import { clientFor, fakeXRay, recordingLog } from './testing.ts';
import { XRayClient } from './xray-client.ts';

async function setUp(context: TestContext, client: XRayClient) {
  const { log, lines } = recordingLog();
  const proxy = createProxy(client, log);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    proxy.close();
    proxy.closeAllConnections();
    client.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, lines };
}

test('any path is signed, passed on, and answered unchanged', async (context) => {
  const xray = await fakeXRay((response) => {
    response.writeHead(404, { 'x-amzn-errortype': 'UnknownOperationException' });
    response.end('{"Message":"no"}');
  });
  context.after(() => xray.close());
  const { url, lines } = await setUp(context, clientFor(xray.endpoint));

  const response = await fetch(`${url}/Whatever?a=1`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: 'someone else’s'.replace('’', "'"), 'content-type': 'application/json' },
  });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get('x-amzn-errortype'), 'UnknownOperationException');
  assert.equal(await response.text(), '{"Message":"no"}');

  const [request] = xray.requests;
  assert.equal(request?.path, '/Whatever?a=1');
  assert.equal(request.body, '{}');
  assert.equal(request.headers.host, xray.endpoint.host);
  assert.match(request.headers.authorization!, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
  assert.deepEqual(lines, ['[Debug] Received request on HTTP Proxy server : /Whatever?a=1']);
});

test('with X-Ray away the answer is a 502 with an empty body', async (context) => {
  const xray = await fakeXRay(() => {});
  await xray.close();
  const { url } = await setUp(context, clientFor(xray.endpoint));
  const response = await fetch(`${url}/GetSamplingRules`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 502);
  assert.equal(await response.text(), '');
});

test('without credentials the request goes out unsigned, and the log says why', async (context) => {
  const xray = await fakeXRay((response) => response.end('{}'));
  context.after(() => xray.close());
  const client = new XRayClient({
    endpoint: xray.endpoint,
    region: 'us-east-1',
    credentials: () => Promise.reject(new Error('nothing found')),
    timeoutMilliseconds: 2000,
    connections: 8,
    verifyCertificate: true,
  });
  const { url, lines } = await setUp(context, client);
  const response = await fetch(`${url}/GetSamplingRules`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 200);
  assert.equal(xray.requests[0]?.headers.authorization, undefined);
  assert.equal(lines[1], '[Error] Unable to retrieve credentials: nothing found');
});
