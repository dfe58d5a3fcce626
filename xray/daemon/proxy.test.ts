import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { AwsClient } from './aws-client.ts';
import { createProxy } from './proxy.ts';
import { clientFor, fakeXRay, recordingLog } from './testing.ts';

async function setUp(context: TestContext, client: AwsClient) {
  const { log, lines } = recordingLog();
  const complaints: string[] = [];
  const proxy = createProxy(client, log, (text) => complaints.push(text));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    proxy.close();
    proxy.closeAllConnections();
    client.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, lines, complaints };
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
  assert.equal(request.headers['x-forwarded-for'], '127.0.0.1');
  assert.match(request.headers.authorization!, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
  assert.deepEqual(lines, ['[Debug] Received request on HTTP Proxy server : /Whatever?a=1']);
});

for (const headers of [
  { origin: 'https://evil.example', 'content-type': 'text/plain' },
  { origin: 'null', 'content-type': 'application/json' },
  { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
]) {
  test(`what a web page sends is not signed: ${JSON.stringify(headers)}`, async (context) => {
    const xray = await fakeXRay((response) => response.end('{}'));
    context.after(() => xray.close());
    const { url, lines } = await setUp(context, clientFor(xray.endpoint));
    const response = await fetch(`${url}/CreateSamplingRule`, { method: 'POST', body: '{}', headers });
    assert.equal(response.status, 403);
    assert.equal(xray.requests.length, 0);
    assert.match(lines.join(), /\[Warn\] Refused POST \/CreateSamplingRule of a web page/);
  });
}

test('with X-Ray away the answer is a 502 with an empty body', async (context) => {
  const xray = await fakeXRay(() => {});
  await xray.close();
  const { url, complaints } = await setUp(context, clientFor(xray.endpoint));
  const response = await fetch(`${url}/GetSamplingRules`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 502);
  assert.equal(await response.text(), '');
  assert.equal(response.headers.get('content-length'), '0');
  assert.deepEqual(complaints, [
    `http: proxy error: dial tcp ${xray.endpoint.host}: connect: connection refused`,
  ]);
});

test('without credentials the request goes out unsigned, and the log says why', async (context) => {
  const xray = await fakeXRay((response) => response.end('{}'));
  context.after(() => xray.close());
  const client = clientFor(xray.endpoint, {
    credentials: () => Promise.reject(new Error('nothing found')),
  });
  const { url, lines } = await setUp(context, client);
  const response = await fetch(`${url}/GetSamplingRules`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 200);
  assert.equal(xray.requests[0]?.headers.authorization, undefined);
  assert.equal(
    lines[1],
    '[Error] Unable to retrieve credentials: failed to refresh cached credentials, nothing found',
  );
});
