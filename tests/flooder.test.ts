/** What measures whether others wait must see who blocks, and must not blame who works in turns. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { longestWait, underFlood } from './flooder.ts';

/** Uses so many milliseconds of this thread's processor time. */
function burn(milliseconds: number) {
  const spent = () => process.threadCpuUsage().user + process.threadCpuUsage().system;
  const start = spent();
  while (spent() - start < milliseconds * 1000);
}

async function waitUnder(t: TestContext, flood: () => void | Promise<void>) {
  const listener: RequestListener = (request, response) => {
    if (request.url === '/small') return void response.end('{}');
    request.resume().on('end', () => void Promise.resolve(flood()).then(() => response.end()));
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return underFlood([{ url: `${url}/flood`, body: 'x' }], { url: `${url}/small` });
}

for (const milliseconds of [150, 400]) {
  test(`who blocks for ${milliseconds} ms is seen`, async (t) => {
    const { longestWait: waited } = await waitUnder(t, () => burn(milliseconds));
    assert.ok(waited >= milliseconds * 0.9, `${waited} ms`);
  });
}

test('who works for 600 ms in turns of 10 keeps nobody waiting', async (t) => {
  const seen = await waitUnder(t, async () => {
    for (let turn = 0; turn < 60; turn++) {
      burn(10);
      await nextTurn();
    }
  });
  assert.ok(seen.longestWait < longestWait, `${seen.longestWait} ms`);
  assert.ok(seen.answered > 0);
});
