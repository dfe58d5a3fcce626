/** What `npm start` promises besides a running lab: clear refusals, and nothing left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAlive } from '../../scripts/lab-file.ts';
import { supervisorHeaders } from '../../scripts/supervisor-token.ts';
import { portOffsets } from '../../scripts/supervisor/port-offsets.ts';
import { processTable } from '../../scripts/supervisor/table.ts';
import { root } from '../imports.ts';
import { eventually, runProgram, stackEnvironment } from '../stack.ts';
import type { Faults, LabProcess } from '@xray-lab/labs/server/contract';

const OFFSET = portOffsets.start;
const { environment, home } = stackEnvironment('start');
after(() => runProgram('labs/cli/lab.ts', ['down'], environment));

interface Foreground {
  child: ReturnType<typeof spawn>;
  printed: () => string;
  exit: Promise<number | null>;
  pids: number[];
}

async function startInForeground(): Promise<Foreground> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'scripts/start.ts')],
    {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await eventually('X-Ray Lab is ready', async () => printed.includes('Ctrl-C stops everything.'), 60).catch(
    (error: Error) => {
      child.kill('SIGKILL');
      throw new Error(`${error.message}\n${printed}`);
    },
  );
  const response = await fetch(`http://127.0.0.1:${4322 + OFFSET}/processes`, {
    headers: supervisorHeaders(home),
  });
  const processes = (await response.json()) as LabProcess[];
  return { child, printed: () => printed, exit, pids: processes.flatMap(({ pid }) => pid ?? []) };
}

test(
  'one line a process, then addresses, time and memory; Ctrl-C leaves nothing running',
  { timeout: 120_000 },
  async () => {
    const lab = await startInForeground();
    for (const name of ['xray-api', 'xray-daemon', 'dynamodb', 'payment-provider', 'gateway', 'lab']) {
      assert.match(lab.printed(), new RegExp(`^  ✓ ${name} `, 'm'));
    }
    // The others run only when something needs them.
    assert.equal(lab.pids.length, processTable.filter(({ optional }) => !optional).length);

    const again = await runProgram('scripts/start.ts', [], environment);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /already running.*npm run lab -- down/);

    lab.child.kill('SIGINT');
    assert.equal(await lab.exit, 0);
    assert.match(lab.printed(), /Nothing of the lab is running any more/);
    assert.deepEqual(lab.pids.filter(isAlive), []);
  },
);

test(
  'when the supervisor is killed for good, its processes end by themselves',
  { timeout: 120_000 },
  async () => {
    const lab = await startInForeground();
    lab.child.kill('SIGKILL');
    await lab.exit;
    await eventually('all processes are gone', async () => lab.pids.filter(isAlive).length === 0, 10);
  },
);

test(
  'a lab process that is killed comes back by itself and undoes what faults did; a service stays down',
  { timeout: 120_000 },
  async () => {
    const lab = await startInForeground();
    const labUrl = `http://127.0.0.1:${4321 + OFFSET}`;
    const processes = async () =>
      (await (
        await fetch(`http://127.0.0.1:${4322 + OFFSET}/processes`, { headers: supervisorHeaders(home) })
      ).json()) as LabProcess[];
    const named = async (name: string) => (await processes()).find((process) => process.name === name)!;

    const fault = await fetch(`${labUrl}/lab/faults/daemon-stopped`, { method: 'POST' });
    assert.equal(fault.status, 200);
    await eventually(
      'the daemon is stopped',
      async () => (await named('xray-daemon')).state === 'stopped',
      10,
    );

    const before = await named('lab');
    process.kill(before.pid!, 'SIGKILL');
    await eventually(
      'the lab process is back',
      async () => {
        const now = await named('lab');
        return now.healthy && now.pid !== before.pid;
      },
      20,
    );
    await eventually('the daemon runs again', async () => (await named('xray-daemon')).healthy, 20);
    const { active } = (await (await fetch(`${labUrl}/lab/faults`)).json()) as Faults;
    assert.deepEqual(active, []);
    const told = lab.printed().match(/^ {2}✕ lab .*$/gm);
    assert.deepEqual(told, ['  ✕ lab               ended by SIGKILL (it is started again in 0.5 s).']);

    process.kill((await named('payment')).pid!, 'SIGKILL');
    await eventually('payment is down', async () => (await named('payment')).state === 'crashed', 10);
    assert.match(lab.printed(), /✕ payment .*Start it again: npm run lab -- start payment$/m);

    const pids = (await processes()).flatMap(({ pid }) => pid ?? []);
    lab.child.kill('SIGINT');
    assert.equal(await lab.exit, 0);
    assert.deepEqual(pids.filter(isAlive), []);
  },
);

test('--detach returns 0 with the first trace, and down stops everything', { timeout: 120_000 }, async () => {
  const started = await runProgram('scripts/start.ts', ['--detach'], environment);
  assert.equal(started.code, 0, started.stdout + started.stderr);
  assert.match(started.stdout, /First joined trace/);
  const { pid } = JSON.parse(readFileSync(join(home, 'lab.pid'), 'utf8')) as { pid: number };
  assert.ok(isAlive(pid));
  if (process.platform !== 'win32') assert.deepEqual(openToOthers(home), []);

  const down = await runProgram('labs/cli/lab.ts', ['down'], environment);
  assert.equal(down.code, 0, down.stderr);
  assert.ok(!isAlive(pid));

  const status = await runProgram('labs/cli/lab.ts', ['status'], environment);
  assert.notEqual(status.code, 0);
  assert.match(status.stdout + status.stderr, /not running[\s\S]*npm start/i);
});

/** What of the lab's state somebody else on this machine may read or write, the folder itself included. */
const openToOthers = (folder: string) =>
  ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  );

test('a taken port is named, with the process that needs it and the way around', async () => {
  const squatter = createServer().listen(8083 + OFFSET, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  try {
    const { code, stderr } = await runProgram('scripts/start.ts', [], environment);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`Port ${8083 + OFFSET} .payment.*taken by .*LAB_PORT_OFFSET=`));
  } finally {
    squatter.close();
  }
});

test('a port offset that is no number is refused by its name', async () => {
  const { code, stderr } = await runProgram('scripts/start.ts', [], {
    ...environment,
    LAB_PORT_OFFSET: 'many',
  });
  assert.equal(code, 1);
  assert.match(stderr, /LAB_PORT_OFFSET is "many"/);
});

test(
  'a process that cannot start is named with its last words and its log',
  { timeout: 60_000 },
  async () => {
    const broken = stackEnvironment('start-broken');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(
      join(broken.sampleApp, 'services/payment/main.ts'),
      `throw new Error('the vault is closed');\n`,
    );
    const { code, stdout } = await runProgram('scripts/start.ts', ['--detach'], broken.environment);
    assert.equal(code, 1);
    assert.match(stdout, /payment .*the vault is closed/);
    assert.match(stdout, /payment\.log/);
  },
);
