import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestJson } from '../request.ts';
import { createSlowLink } from './slow-link.ts';

let requests = 0;
const server = createServer((request, response) => {
  let text = '';
  requests++;
  request.on('data', (chunk) => (text += String(chunk)));
  request.on('end', () => response.end(JSON.stringify({ got: text.length })));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const link = createSlowLink(
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  '127.0.0.1',
  '127.0.0.1',
);
after(() => {
  link.close();
  server.close();
  server.closeAllConnections();
});

test('everything arrives, whole and in order', async () => {
  const body = { text: 'x'.repeat(300_000) };
  const answer = await requestJson('POST', await link.url(), { body });
  assert.deepEqual(answer.body, { got: JSON.stringify(body).length });
});

test('with a delay, an answer takes at least the way there and the way back', async () => {
  link.delay(60);
  const began = performance.now();
  await requestJson('POST', await link.url(), { body: {} });
  assert.ok(performance.now() - began >= 110);
  link.delay(0);
});

test('a caller that gives up is no error here', async () => {
  link.delay(500);
  await assert.rejects(requestJson('POST', await link.url(), { body: {}, timeoutMilliseconds: 40 }));
  link.delay(0);
  assert.equal((await requestJson('POST', await link.url(), { body: {} })).status, 200);
});

const givenUp = [
  { name: 'at once, is lost', patience: 5, arrives: 0 },
  { name: 'just before the far end has it, is lost', patience: 100, arrives: 0 },
  { name: 'on the way back, has arrived', patience: 300, arrives: 1 },
];
for (const { name, patience, arrives } of givenUp) {
  test(`what a caller gives up ${name}`, async () => {
    const before = requests;
    link.delay(200);
    await assert.rejects(requestJson('POST', await link.url(), { body: {}, timeoutMilliseconds: patience }));
    await sleep(500);
    link.delay(0);
    assert.equal(requests - before, arrives);
  });
}
