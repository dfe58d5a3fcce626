import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { readSettings } from '../settings.ts';
import { testLab } from '../testing/test-lab.ts';
import { xrayClient } from './client.ts';
import { xrayWire, type XRayWireOptions } from './wire.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** What a route is asked, on a real connection, and the lab in front of it. */
async function labBefore(answer: Handler, options: Pick<XRayWireOptions, 'silenceMilliseconds'> = {}) {
  const asked: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    asked.push({ url: request.url ?? '', headers: request.headers, body });
    answer(request, response, body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = readSettings({
    AWS_ENDPOINT_URL_XRAY: endpoint,
    AWS_ACCESS_KEY_ID: 'reader',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const client = xrayClient(settings);
  const sdk = () => client.signer();
  const wire = xrayWire({ endpoint, signer: sdk, ...options });
  const lab = await testLab({ sendToXRay: wire.send });
  after(async () => {
    await lab.close();
    wire.close();
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { asked, lab, server, wire };
}

const json = (response: ServerResponse, status: number, body: string, headers = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

test('the bytes of the API reach the page as they are: spelling, order, unknown members, times', async () => {
  const bytes = '{ "TraceSummaries": [{"Id":"1-a","StartTime":1.7E9,"New":null}],\n"NextToken":"x" }';
  const { asked, lab } = await labBefore((_request, response) => json(response, 200, bytes));
  const input = '{"StartTime":1700000000.25,"EndTime":1700000060,"FilterExpression":"fault"}';
  const answer = await fetch(`${lab.url}/lab/xray/GetTraceSummaries`, { method: 'POST', body: input });
  assert.deepEqual([answer.status, await answer.text()], [200, bytes]);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(asked[0]?.url, '/TraceSummaries');
  assert.equal(asked[0]?.body, input);
});

for (const { operation, path } of [
  { operation: 'GetServiceGraph', path: '/ServiceGraph' },
  { operation: 'BatchGetTraces', path: '/Traces' },
  { operation: 'GetTimeSeriesServiceStatistics', path: '/TimeSeriesServiceStatistics' },
]) {
  test(`${operation} is asked under AWS's path ${path}, with {} where the page sends nothing`, async () => {
    const { asked, lab } = await labBefore((_request, response) => json(response, 200, '{}'));
    assert.equal((await lab.ask('POST', `/lab/xray/${operation}`)).status, 200);
    assert.deepEqual([asked[0]?.url, asked[0]?.body], [path, '{}']);
  });
}

for (const operation of ['PutTraceSegments', 'DeleteSamplingRule', '__proto__', 'toString']) {
  test(`${operation} is not one that reads: X-Ray is not asked`, async () => {
    const { asked, lab } = await labBefore((_request, response) => json(response, 200, '{}'));
    const { status, body } = await lab.ask('POST', `/lab/xray/${operation}`, {});
    assert.deepEqual([status, asked], [404, []]);
    assert.match(body.message, /GetTraceSummaries/);
  });
}

test('the request is signed: the signature is the one that its bytes and the secret give', async () => {
  const { asked, lab } = await labBefore((_request, response) => json(response, 200, '{}'));
  await lab.ask('POST', '/lab/xray/GetTraceSummaries', { StartTime: 1, EndTime: 2 });
  const { headers, body, url } = asked[0]!;
  const [, access, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    )!;
  assert.equal(access, 'reader');
  assert.match(scope!, /^\d{8}\/us-east-1\/xray\/aws4_request$/);
  const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
  const signed = names!.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = ['POST', url, '', signed.join(''), names, sha256(body)].join('\n');
  const key = scope!
    .split('/')
    .reduce<Buffer | string>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      'AWS4secret',
    );
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  assert.equal(signature, createHmac('sha256', key).update(toSign).digest('hex'));
});

for (const { name, status, body, headers, says } of [
  {
    name: 'a refused filter',
    status: 400,
    body: '{"__type":"InvalidRequestException","Message":"Invalid input symbol"}',
    says: ['InvalidRequestException', 'Invalid input symbol'],
  },
  {
    name: 'an error as AWS itself writes it, its name in a header',
    status: 429,
    body: '{"message":"Rate exceeded"}',
    headers: { 'x-amzn-errortype': 'ThrottledException:http://internal.amazon.com/coral/' },
    says: ['ThrottledException', 'Rate exceeded'],
  },
  {
    name: 'an identity that may not',
    status: 403,
    body: '{"__type":"com.amazonaws.xray#AccessDeniedException","Message":"not authorized"}',
    says: ['AccessDeniedException', 'not authorized'],
  },
  {
    name: 'a gateway that answers HTML',
    status: 502,
    body: '<html>Bad gateway</html>',
    says: ['InternalFailure', 'The X-Ray API answered 502.'],
  },
]) {
  test(`${name} is a problem with X-Ray's status and words`, async () => {
    const { lab } = await labBefore((_request, response) => json(response, status, body, headers));
    const answer = await lab.ask('POST', '/lab/xray/GetTraceSummaries', {});
    assert.equal(answer.status, status);
    const { __type, Message, error, message } = answer.body;
    assert.deepEqual([__type, Message, error, message], [...says, ...says]);
  });
}

test('an X-Ray API that does not answer is a 503 with the command that helps', async () => {
  const { lab, server } = await labBefore(() => {});
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const { status, body } = await lab.ask('POST', '/lab/xray/GetTraceSummaries', {});
  assert.equal(status, 503);
  assert.match(body.remedy, /start xray-api/);
});

test('an X-Ray API that takes the request and is silent is one that does not answer', async () => {
  const { lab } = await labBefore(() => {}, { silenceMilliseconds: 50 });
  assert.equal((await lab.ask('POST', '/lab/xray/GetTraceSummaries', {})).status, 503);
});

for (const { name, breakOff } of [
  { name: 'ends', breakOff: (response: ServerResponse) => response.destroy() },
  { name: 'falls silent', breakOff: () => {} },
]) {
  test(`an API that ${name} in the middle of an answer: the page gets no whole answer`, async () => {
    const { lab } = await labBefore(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"TraceSummaries":[]');
        setTimeout(breakOff, 20, response);
      },
      { silenceMilliseconds: 80 },
    );
    const answer = await fetch(`${lab.url}/lab/xray/GetTraceSummaries`, { method: 'POST', body: '{}' });
    await assert.rejects(answer.text());
  });
}

test('a page that goes away takes its question along: the API is not kept at work', async () => {
  let isLeft: () => void;
  const left = new Promise<void>((resolve) => (isLeft = resolve));
  let isAsked: () => void;
  const arrived = new Promise<void>((resolve) => (isAsked = resolve));
  const { lab } = await labBefore((request) => {
    request.socket.on('close', () => isLeft());
    isAsked();
  });
  const page = httpRequest(`${lab.url}/lab/xray/GetTraceSummaries`, { method: 'POST' });
  page.on('error', () => {});
  page.end('{}');
  await arrived;
  page.destroy();
  await left;
});

test('a connection kept from before the API restarted does not fail the next question', async () => {
  let answers = 0;
  const { asked, lab } = await labBefore((request, response) => {
    answers += 1;
    if (answers === 2) request.socket.destroy();
    else json(response, 200, '{}');
  });
  assert.equal((await lab.ask('POST', '/lab/xray/GetGroups', {})).status, 200);
  assert.equal((await lab.ask('POST', '/lab/xray/GetGroups', {})).status, 200);
  assert.equal(asked.length, 3);
});

test('an input larger than 256 KB is refused with its limit', async () => {
  const { asked, lab } = await labBefore((_request, response) => json(response, 200, '{}'));
  const input = JSON.stringify({ FilterExpression: 'x'.repeat(256 * 1024) });
  const { status, body } = await lab.ask('POST', '/lab/xray/GetTraceSummaries', input);
  assert.deepEqual([status, asked], [413, []]);
  assert.match(body.message, /256 KB/);
});

test('objects go over the same wire: dates in as epoch seconds, X-Ray’s errors out by their names', async () => {
  let status = 200;
  const { asked, wire } = await labBefore((_request, response) =>
    json(response, status, '{"__type":"InvalidRequestException","Message":"no"}'),
  );
  await wire.sendJson('GetTraceSummaries', { StartTime: new Date(1_700_000_000_250), NextToken: 'x' });
  assert.equal(asked[0]?.body, '{"StartTime":1700000000.25,"NextToken":"x"}');
  status = 400;
  await assert.rejects(wire.sendJson('GetTraceSummaries', {}), { name: 'InvalidRequestException' });
});
