import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../tests/serve.ts';
import { CallFailed, CallTimeout, CallUnanswered, httpClient, readAliases, send } from './http-client.ts';

test('JSON goes out and comes back', async () => {
  const url = await serve((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (text: string) => (body += text));
    request.on('end', () =>
      response.end(JSON.stringify({ got: JSON.parse(body), type: request.headers['content-type'] })),
    );
  });
  const answer = await httpClient(url, { timeoutMilliseconds: 1000 }).post('/echo', { naïve: 'é' });
  assert.deepEqual(answer, { got: { naïve: 'é' }, type: 'application/json' });
});

test('a connection is used again', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{}');
  });
  const client = httpClient(url, { timeoutMilliseconds: 1000 });
  for (let call = 0; call < 3; call++) await client.get('/');
  assert.equal(ports.size, 1);
});

test('no answer in time is a CallTimeout that says who, what and how long', async () => {
  const url = await serve(() => {});
  const call = httpClient(url, { timeoutMilliseconds: 50 }).get('/slow');
  await assert.rejects(call, (error: Error) => {
    assert.ok(error instanceof CallTimeout);
    assert.equal(error.message, '127.0.0.1 did not answer GET /slow within 50 ms');
    return true;
  });
});

test('an answer that begins and then stalls is a CallTimeout too', async () => {
  const url = await serve((_request, response) => void response.writeHead(200).write('{"half":'));
  await assert.rejects(httpClient(url, { timeoutMilliseconds: 100 }).get('/'), CallTimeout);
});

test('an answer that is cut off is a CallUnanswered', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"half":');
    setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(httpClient(url, { timeoutMilliseconds: 1000 }).get('/'), CallUnanswered);
});

test('a refused connection is a CallUnanswered', async () => {
  await assert.rejects(
    httpClient('http://127.0.0.1:1', { timeoutMilliseconds: 1000 }).get('/'),
    CallUnanswered,
  );
});

test('a status of 400 and more is a CallFailed with the status and the body', async () => {
  const url = await serve((_request, response) => response.writeHead(409).end('{"error":"sold-out"}'));
  await assert.rejects(httpClient(url, { timeoutMilliseconds: 1000 }).get('/x'), (error: Error) => {
    assert.ok(error instanceof CallFailed);
    assert.equal(error.status, 409);
    assert.deepEqual(error.body, { error: 'sold-out' });
    assert.equal(error.message, '127.0.0.1 answered 409 to GET /x');
    return true;
  });
});

test('an answer that is no JSON counts as empty', async () => {
  const url = await serve((_request, response) => response.end('<html>'));
  const { status, body } = await send({ method: 'GET', url: `${url}/`, timeoutMilliseconds: 1000 });
  assert.equal(status, 200);
  assert.deepEqual(body, {});
});

test('aliases are read as name:address pairs, also of IPv6', () => {
  assert.deepEqual(
    [...readAliases('auth:127.0.0.1, order:::1')],
    [
      ['auth', '127.0.0.1'],
      ['order', '::1'],
    ],
  );
  assert.equal(readAliases('').size, 0);
  assert.throws(() => readAliases('auth=127.0.0.1'), /HOST_ALIASES has the entry "auth=127.0.0.1"/);
});

test('replicas are called by turns, each as often as its weight says', async () => {
  const calls: string[] = [];
  const replica = (name: string) =>
    serve((_request, response) => {
      calls.push(name);
      response.end('{}');
    });
  const client = httpClient(
    [
      { url: await replica('a'), weight: 3 },
      { url: await replica('b'), weight: 1 },
    ],
    { timeoutMilliseconds: 1000 },
  );
  for (let call = 0; call < 8; call++) await client.get('/');
  assert.equal(calls.join(''), 'aabaaaba');
});
