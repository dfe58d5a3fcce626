/** Who is let in where: the shop imports nothing of ours, so the same rule stands twice, and both are held to this table. */
import assert from 'node:assert/strict';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { webPageGuard } from '@xray-lab/xray/web-pages';
import { whyRefused, withoutWebPages } from '../sample-app/platform/web-pages.ts';

const network = webPageGuard({ names: 'network' });
const loopback = webPageGuard({ names: 'loopback' });

type Headers = Record<string, string>;
const json = { 'content-type': 'application/json', 'content-length': '2' };

/** `network` is what every port but the lab's is; `loopback` the lab's, where it differs. */
const cases: { name: string; method?: string; headers: Headers; letIn: boolean; byTheLab?: boolean }[] = [
  {
    name: 'curl -d, which sends a form’s type',
    headers: {
      host: '127.0.0.1:2001',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '2',
    },
    letIn: true,
  },
  { name: 'an SDK', headers: { host: 'localhost:2001', ...json }, letIn: true },
  {
    name: 'a container under its compose name',
    headers: { host: 'xray-api:2001', ...json },
    letIn: true,
    byTheLab: false,
  },
  {
    name: 'a container that looks for the host',
    headers: { host: 'host.docker.internal:2001', ...json },
    letIn: true,
    byTheLab: false,
  },
  {
    name: 'an address of one’s own network',
    headers: { host: '192.168.1.7:2001', ...json },
    letIn: true,
    byTheLab: false,
  },
  { name: 'an IPv6 address', headers: { host: '[fe80::1]:2001', ...json }, letIn: true, byTheLab: false },
  { name: 'a health check in HTTP/1.0, without a name', method: 'GET', headers: {}, letIn: true },
  {
    name: 'a page of the lab itself',
    headers: {
      host: '127.0.0.1:4321',
      origin: 'http://127.0.0.1:4321',
      'sec-fetch-site': 'same-origin',
      ...json,
    },
    letIn: true,
  },
  {
    name: 'a page of the lab, without a body',
    headers: { host: 'localhost:4321', origin: 'http://localhost:4321', 'content-length': '0' },
    letIn: true,
  },
  {
    name: 'a page of the lab on a port of its own',
    headers: {
      host: '127.0.0.1:8080',
      origin: 'http://localhost:4321',
      'sec-fetch-site': 'same-site',
      ...json,
    },
    letIn: true,
  },
  {
    name: 'a link from elsewhere',
    method: 'GET',
    headers: { host: 'localhost:4321', 'sec-fetch-site': 'cross-site' },
    letIn: true,
  },

  {
    name: 'a page from elsewhere, no-cors',
    headers: {
      host: '127.0.0.1:2001',
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'content-type': 'text/plain;charset=UTF-8',
      'content-length': '2',
    },
    letIn: false,
  },
  {
    name: 'a page from elsewhere, with JSON',
    headers: { host: '127.0.0.1:2001', origin: 'https://evil.example', ...json },
    letIn: false,
  },
  {
    name: 'a page from elsewhere in a browser that sends no Origin',
    headers: { host: '127.0.0.1:2001', 'sec-fetch-site': 'cross-site', ...json },
    letIn: false,
  },
  {
    name: 'a page of the intranet',
    headers: { host: '127.0.0.1:2001', origin: 'http://wiki', ...json },
    letIn: false,
  },
  {
    name: 'a page whose name only begins like ours',
    headers: { host: '127.0.0.1:2001', origin: 'http://localhost.evil.example', ...json },
    letIn: false,
  },
  { name: 'a sandboxed frame', headers: { host: '127.0.0.1:2001', origin: 'null', ...json }, letIn: false },
  {
    name: 'a DELETE from elsewhere',
    method: 'DELETE',
    headers: { host: '127.0.0.1:2001', origin: 'https://evil.example' },
    letIn: false,
  },
  {
    name: 'a page of loopback that sends a form',
    headers: {
      host: '127.0.0.1:2001',
      origin: 'http://127.0.0.1:9',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '2',
    },
    letIn: false,
  },
  {
    name: 'a page of loopback whose body has no type',
    headers: { host: '127.0.0.1:2001', origin: 'http://127.0.0.1:9', 'transfer-encoding': 'chunked' },
    letIn: false,
  },
  {
    name: 'a page of loopback with a type that only begins like JSON',
    headers: {
      host: '127.0.0.1:2001',
      origin: 'http://127.0.0.1:9',
      'content-type': 'application/jsonp',
      'content-length': '2',
    },
    letIn: false,
  },
  { name: 'a rebound name', headers: { host: 'evil.example:2001', ...json }, letIn: false },
  {
    name: 'a rebound name that only reads',
    method: 'GET',
    headers: { host: 'evil.example:2001' },
    letIn: false,
  },
  {
    name: 'a rebound name, same origin for its browser',
    headers: {
      host: 'evil.example:2001',
      origin: 'http://evil.example:2001',
      'sec-fetch-site': 'same-origin',
      ...json,
    },
    letIn: false,
  },
  {
    name: 'a rebound name that looks like an address',
    method: 'GET',
    headers: { host: '127.0.0.1.evil.example' },
    letIn: false,
  },
  { name: 'a name that is none', method: 'GET', headers: { host: 'a b' }, letIn: false },
];

for (const { name, method = 'POST', headers, letIn, byTheLab = letIn } of cases) {
  test(`${letIn ? 'let in' : 'refused'}: ${name}`, () => {
    assert.equal(network(method, headers) === undefined, letIn, 'X-Ray and the supervisor');
    assert.equal(whyRefused(method, headers) === undefined, letIn, 'the shop');
    assert.equal(loopback(method, headers) === undefined, byTheLab, 'the lab');
  });
}

test('a name that was allowed is let in, in whatever letters, and its pages', () => {
  const guard = webPageGuard({ names: 'network', allowed: ['Lab.Example'] });
  assert.equal(
    guard('POST', { host: 'lab.example:4321', origin: 'https://LAB.example', ...json }),
    undefined,
  );
  assert.equal(guard('POST', { host: 'other.example:4321', ...json })?.status, 403);
});

describe('a service of the shop', () => {
  test('answers 403 with a sentence, and the service learns nothing of it', async (context) => {
    let reached = 0;
    const server = createServer(
      withoutWebPages((_request, response) => {
        reached += 1;
        response.end('done');
      }),
    ).listen(0, '127.0.0.1');
    context.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (headers: Headers) =>
      new Promise<string>((resolve, reject) => {
        const call = request({ port, method: 'POST', headers }, (response: IncomingMessage) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(`${response.statusCode} ${text}`));
        });
        call.on('error', reject).end('{}');
      });
    assert.equal(await ask({}), '200 done');
    assert.match(
      await ask({ origin: 'https://evil.example' }),
      /^403 \{"error":"forbidden","message":"A page of https:\/\/evil/,
    );
    assert.equal(reached, 1);
  });
});
