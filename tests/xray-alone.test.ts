/** `npm run xray`: the API and the daemon, without the lab. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ownerOfPort } from '../labs/cli/port-owner.ts';
import { isListening } from '../scripts/listening.ts';
import { portOffsets } from '../scripts/supervisor/port-offsets.ts';
import { root } from './imports.ts';
import { eventually } from './stack.ts';

const HOST = '127.0.0.1';
const [API, DAEMON] = [2001 + portOffsets['xray-alone'], 2000 + portOffsets['xray-alone']];
const home = mkdtempSync(join(tmpdir(), 'xray-alone-'));
const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

function start() {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'scripts/xray.ts')],
    { env: { ...process.env, LAB_HOME: home, LAB_PORT_OFFSET: String(portOffsets['xray-alone']) } },
  );
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    output: () => output,
    ended: once(child, 'close').then(([code]) => code as number | null),
    ready: () =>
      eventually(
        'X-Ray is ready',
        async () => {
          assert.equal(child.exitCode, null, output);
          return output.includes('Ctrl-C stops both');
        },
        60,
      ),
  };
}

const isAnyThere = async () => (await isListening(HOST, API)) || (await isListening(HOST, DAEMON));

test('a segment that is sent to its daemon is read from its API, and one signal stops both', async () => {
  const { child, output, ended, ready } = start();
  await ready();
  assert.ok(output().includes(`export AWS_ENDPOINT_URL_XRAY=http://${HOST}:${API} `), output());
  assert.ok(output().includes(`AWS_XRAY_DAEMON_ADDRESS=${HOST}:${DAEMON}`), output());

  const seconds = Date.now() / 1000;
  const id = `1-${Math.floor(seconds).toString(16)}-0123456789abcdef01234567`;
  const document = {
    name: 'mine',
    id: 'a1b2c3d4e5f60718',
    trace_id: id,
    start_time: seconds - 1,
    end_time: seconds,
  };
  const socket = createSocket('udp4');
  await new Promise((resolve) =>
    socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, DAEMON, HOST, resolve),
  );
  socket.close();
  await eventually('the trace', async () => {
    const answer = await fetch(`http://${HOST}:${API}/Traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ TraceIds: [id] }),
    });
    return ((await answer.json()) as { Traces: unknown[] }).Traces.length === 1;
  });

  child.kill('SIGINT');
  assert.equal(await ended, 0, output());
  assert.equal(await isAnyThere(), false);
});

for (const [what, port] of [
  ['the API', API],
  ['the daemon', DAEMON],
] as const) {
  test(`where the port of ${what} is taken, it says so and leaves nothing behind`, async () => {
    const other = createServer().listen(port, HOST);
    await once(other, 'listening');
    const { output, ended } = start();
    assert.equal(await ended, 1);
    assert.match(output(), new RegExp(`Port ${port}, .* is taken`));
    assert.match(output(), /LAB_PORT_OFFSET=1000 npm run xray/);
    other.close();
    assert.equal(await isAnyThere(), false);
  });
}

const whoListens = process.platform === 'linux' ? false : 'only Linux tells who listens on a port';
test(
  'when one of them ends, the other does too, and the exit code says that something was wrong',
  { skip: whoListens },
  async () => {
    const { output, ended, ready } = start();
    await ready();
    process.kill(ownerOfPort(API, 'tcp')!.pid, 'SIGKILL');
    assert.equal(await ended, 1);
    assert.match(output(), /the X-Ray API \(xray-api\) has ended by SIGKILL; stopping/);
    assert.equal(await isAnyThere(), false);
  },
);
