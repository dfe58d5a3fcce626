/** A log that can't be written costs lines, never the process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { logOutput } from './log-output.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });

/** Writes what `trouble` lets through; records by file. */
function disk() {
  const state = { trouble: undefined as string | undefined, isErrorToo: false };
  const written: Record<number, string> = { 1: '', 2: '' };
  const write = (file: number, bytes: Buffer, from = 0) => {
    if (state.trouble && (file === 1 || state.isErrorToo)) throw failing(state.trouble);
    written[file] += bytes.subarray(from).toString();
    return bytes.length - from;
  };
  return { state, written, output: logOutput('order', write) };
}

for (const [code, why] of [
  ['ENOSPC', 'the disk is full'],
  ['EPIPE', 'EPIPE'],
  ['EIO', 'EIO'],
] as const) {
  test(`${code}: lines are lost, that is said once, and the log goes on when it can`, () => {
    const { state, written, output } = disk();
    output.write('one\n');
    state.trouble = code;
    for (let line = 0; line < 5; line++) output.write('lost\n');
    state.trouble = undefined;
    output.write('two\n');
    assert.deepEqual(written, { 1: 'one\ntwo\n', 2: `order: lines of the log are lost: ${why}.\n` });
  });
}

test('nobody to tell is no trouble either', () => {
  const { state, output } = disk();
  state.trouble = 'ENOSPC';
  state.isErrorToo = true;
  output.write('lost\n');
});

test('a pipe that takes a line in parts gets all of it', () => {
  let got = '';
  const write = (_file: number, bytes: Buffer, from = 0) => {
    got += bytes.subarray(from, from + 3).toString();
    return Math.min(3, bytes.length - from);
  };
  logOutput('order', write).write('a longer line\n');
  assert.equal(got, 'a longer line\n');
});

const noFullDevice = existsSync('/dev/full') ? false : 'needs /dev/full, which is part of Linux';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const programs = [
  { name: 'a service of the shop', file: 'sample-app/services/order/main.ts', health: true },
  { name: 'the X-Ray API', file: 'xray/api/main.ts', health: true, XRAY_STORE: ':memory:' },
  { name: 'the daemon', file: 'xray/daemon/main.ts', health: false },
];

for (const { name, file, health, ...more } of programs) {
  test(
    `${name} serves although its log’s disk is full from the first line on`,
    { skip: noFullDevice },
    async (context) => {
      const port = await freePort();
      const full = openSync('/dev/full', 'w');
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', file)],
        {
          stdio: ['ignore', full, full],
          env: {
            ...process.env,
            AWS_REGION: 'us-east-1',
            AWS_ACCESS_KEY_ID: 'a',
            AWS_SECRET_ACCESS_KEY: 'b',
            AWS_EC2_METADATA_DISABLED: 'true',
            HOST: '127.0.0.1',
            PORT: String(port),
            AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:18010',
            ...more,
          },
        },
      );
      closeSync(full);
      context.after(() => child.kill('SIGKILL'));
      const asked = async (path: string, init: RequestInit = {}) =>
        fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(1000) }).then(
          ({ status }) => status,
          () => undefined,
        );
      const ends = Date.now() + 20_000;
      let answers = 0;
      while (health && answers < 5 && child.exitCode === null && Date.now() < ends) {
        if ((await asked('/health')) === 200) answers++;
        else await sleep(100);
        // Refused, which is worth a line.
        await asked('/nothing', { method: 'POST', body: '{}' });
      }
      if (!health) await sleep(2000);
      assert.deepEqual([child.exitCode, child.signalCode, answers], [null, null, health ? 5 : 0]);
    },
  );
}
