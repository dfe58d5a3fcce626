import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type AddressInfo } from 'node:net';
import { Supervisor } from './supervisor.ts';
import { supervisorServer } from './server.ts';
import { processTable, setUpFromEnvironment, type ProcessDefinition, type SetUp } from './table.ts';

const root = mkdtempSync(join(tmpdir(), 'supervisor-'));
after(() => rmSync(root, { recursive: true, force: true }));

const healthyProgram = `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.setHeader('x-lab-process', process.env.LAB_PROCESS_WORD).end('ok')).listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => { console.log('draining'); server.close(); process.exit(0); });
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function supervise(
  programText: string,
  environment: Record<string, string> = {},
  more: Partial<ProcessDefinition> = {},
  comesBackAfter: readonly number[] = [],
): Promise<{ supervisor: Supervisor; definition: ProcessDefinition }> {
  const port = await freePort();
  const definition: ProcessDefinition = {
    name: `p${port}`,
    role: 'a test',
    program: `p${port}.ts`,
    port,
    health: 'http',
    shop: false,
    ...more,
  };
  writeFileSync(join(root, definition.program), programText);
  const setUp: SetUp = { root, sampleApp: root, home: join(root, 'home'), portOffset: 0, host: '127.0.0.1' };
  const supervisor = new Supervisor([definition], setUp, environment, comesBackAfter);
  return { supervisor, definition };
}

async function until(
  supervisor: Supervisor,
  name: string,
  reached: (view: Awaited<ReturnType<Supervisor['view']>>) => boolean,
) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const view = await supervisor.view(name);
    if (reached(view)) return view;
    await sleep(20);
  }
  assert.fail(`never reached: ${JSON.stringify(await supervisor.view(name))}`);
}

test('a process is starting, then running and healthy, then stopped on request', async () => {
  const { supervisor, definition } = await supervise(healthyProgram);
  supervisor.startAll();
  assert.equal((await supervisor.view(definition.name)).state, 'starting');
  const view = await until(supervisor, definition.name, ({ healthy }) => healthy);
  assert.equal(view.state, 'running');
  assert.ok(view.memoryBytes! > 1e6);

  await supervisor.stopAll();
  const stopped = await supervisor.view(definition.name);
  assert.equal(stopped.state, 'stopped');
  assert.equal(stopped.pid, undefined);
  assert.deepEqual(supervisor.log(definition.name, 1), ['draining'], 'it was asked to stop, not killed');
});

test('a process that throws is crashed, with its last words', async () => {
  const { supervisor, definition } = await supervise(`throw new TypeError('no such shelf');`);
  supervisor.startAll();
  const { crash, reason } = await until(supervisor, definition.name, ({ state }) => state === 'crashed');
  assert.equal(
    reason,
    `ended with exit code 1: TypeError: no such shelf, sample-app/${definition.program}:1`,
  );
  assert.deepEqual(
    [crash?.how, crash?.error, crash?.message, crash?.file, crash?.line, crash?.source],
    [
      'ended with exit code 1',
      'TypeError',
      'no such shelf',
      `sample-app/${definition.program}`,
      1,
      "throw new TypeError('no such shelf');",
    ],
  );
  assert.ok(Math.abs(crash!.at - Date.now() / 1000) < 5);

  writeFileSync(join(root, definition.program), healthyProgram);
  supervisor.start(definition.name);
  const mended = await until(supervisor, definition.name, ({ healthy }) => healthy);
  assert.deepEqual([mended.state, mended.crash, mended.reason], ['running', undefined, undefined]);

  writeFileSync(join(root, definition.program), 'const RETRIES = ;');
  await supervisor.restart(definition.name);
  const broken = await until(supervisor, definition.name, ({ state }) => state === 'crashed');
  assert.match(
    broken.reason!,
    /SyntaxError: Expression expected, .*:1$/,
    'of this start, not of the one before',
  );
  await supervisor.stop(definition.name);
  const stopped = await supervisor.view(definition.name);
  assert.deepEqual([stopped.state, stopped.crash], ['stopped', undefined], 'stopped is not crashed');
  await supervisor.stopAll();
});

const endsSoon = `${healthyProgram}\nsetTimeout(() => { throw new Error('the cable is loose'); }, 400);`;

test('a process that comes back is started again when it is killed, says when, and counts it', async () => {
  const { supervisor, definition } = await supervise(healthyProgram, {}, { comesBack: true }, [150]);
  supervisor.startAll();
  const { pid } = await until(supervisor, definition.name, ({ healthy }) => healthy);
  process.kill(pid!, 'SIGKILL');
  const gone = await until(supervisor, definition.name, ({ state }) => state === 'crashed');
  assert.equal(gone.reason, 'ended by SIGKILL (it is started again in 0.15 s)');
  assert.ok(Math.abs(gone.returnsAt! - Date.now() / 1000) < 0.5);

  const back = await until(supervisor, definition.name, ({ healthy }) => healthy);
  assert.notEqual(back.pid, pid);
  assert.deepEqual([back.restarts, back.reason, back.returnsAt], [1, undefined, undefined]);
  await supervisor.stopAll();
});

test('one that ends again and again is left down after a few times, with its last words', async () => {
  const { supervisor, definition } = await supervise(endsSoon, {}, { comesBack: true }, [20, 20]);
  supervisor.startAll();
  const left = await until(
    supervisor,
    definition.name,
    ({ state, returnsAt, restarts }) => state === 'crashed' && returnsAt === undefined && restarts === 2,
  );
  assert.match(
    left.reason!,
    /exit code 1: Error: the cable is loose, .*:\d+ \(it was started again 2 times\)$/,
  );
  await sleep(200);
  assert.equal((await supervisor.view(definition.name)).state, 'crashed');

  supervisor.start(definition.name);
  const again = await until(supervisor, definition.name, ({ state, returnsAt }) => {
    return state === 'crashed' && returnsAt !== undefined;
  });
  assert.match(again.reason!, /is started again in 0\.02 s/, 'started by hand, it may come back again');
  await supervisor.stopAll();
});

test('one that comes back does not when it never ran, was stopped, or the lab ends', async () => {
  const broken = await supervise(`process.exit(3);`, {}, { comesBack: true }, [20]);
  broken.supervisor.startAll();
  await until(broken.supervisor, broken.definition.name, ({ state }) => state === 'crashed');
  await sleep(150);
  const view = await broken.supervisor.view(broken.definition.name);
  assert.deepEqual([view.state, view.restarts], ['crashed', 0]);
  await broken.supervisor.stopAll();

  const { supervisor, definition } = await supervise(healthyProgram, {}, { comesBack: true }, [100]);
  supervisor.startAll();
  const { pid } = await until(supervisor, definition.name, ({ healthy }) => healthy);
  process.kill(pid!, 'SIGKILL');
  await until(supervisor, definition.name, ({ state }) => state === 'crashed');
  await supervisor.stop(definition.name);
  await sleep(250);
  assert.equal((await supervisor.view(definition.name)).state, 'stopped');
  await supervisor.stopAll();
});

test('of the lab only the lab process comes back: a learner sees that a service is down', () => {
  const coming = processTable.filter(({ comesBack }) => comesBack).map(({ name }) => name);
  assert.deepEqual(coming, ['lab']);
});

test('a restart counts, and gives another process', async () => {
  const { supervisor, definition } = await supervise(healthyProgram);
  supervisor.startAll();
  const first = await until(supervisor, definition.name, ({ healthy }) => healthy);
  await supervisor.restart(definition.name);
  const second = await until(supervisor, definition.name, ({ healthy }) => healthy);
  assert.notEqual(second.pid, first.pid);
  assert.equal(second.restarts, 1);
  await supervisor.stopAll();
});

const TOKEN = 'the-word';
const ask = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });

test('who does not know the token learns and changes nothing', async (context) => {
  const { supervisor, definition } = await supervise(healthyProgram);
  const server = supervisorServer(supervisor, TOKEN).listen(0, '127.0.0.1');
  context.after(() => (server.close(), supervisor.stopAll()));
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const body = JSON.stringify({ variables: { NODE_OPTIONS: '--import data:text/javascript,1' } });
  for (const authorization of [
    '',
    'Bearer',
    'Bearer the-wor',
    'Bearer the-worm',
    'the-word',
    'Basic the-word',
  ]) {
    for (const [path, init] of [
      ['processes', {}],
      [`processes/${definition.name}`, {}],
      [`processes/${definition.name}/log`, {}],
      [`processes/${definition.name}/start`, { method: 'POST', body }],
    ] as const) {
      const answer = await fetch(`${url}/${path}`, { ...init, headers: { authorization } });
      const { message } = (await answer.json()) as { message: string };
      assert.equal(answer.status, 401, `${path} with "${authorization}"`);
      assert.match(message, /supervisor\.token/);
    }
  }
  assert.equal((await supervisor.view(definition.name)).state, 'stopped');
  assert.equal((await fetch(`${url}/health`)).status, 200);
});

test('a deployment brings no variable but those of the list: none that runs other code', async (context) => {
  const { supervisor, definition } = await supervise(healthyProgram);
  const server = supervisorServer(supervisor, TOKEN).listen(0, '127.0.0.1');
  context.after(() => (server.close(), supervisor.stopAll()));
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/processes/${definition.name}/start`;
  for (const name of ['NODE_OPTIONS', 'node_options', 'PATH', 'LD_PRELOAD', '__proto__', 'INVENTORY_URL ']) {
    const variables = JSON.parse(`{"INVENTORY_URL": "http://a:1", "${name}": "x"}`) as object;
    const answer = await ask(url, { method: 'POST', body: JSON.stringify({ variables }) });
    const { message } = (await answer.json()) as { message: string };
    assert.equal(answer.status, 400, name);
    assert.ok(message.includes(`"${name}"`) && message.includes('SERVICE_VERSION'), message);
  }
  assert.equal((await ask(url, { method: 'POST', body: ' '.repeat(2_000_000) })).status, 413);
  assert.equal((await supervisor.view(definition.name)).state, 'stopped');
});

test('over HTTP: the list, one process, its log, and a 404 that names those there are', async () => {
  const { supervisor, definition } = await supervise(healthyProgram);
  supervisor.startAll();
  await until(supervisor, definition.name, ({ healthy }) => healthy);
  const server = supervisorServer(supervisor, TOKEN).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const list = (await (await ask(`${url}/processes`)).json()) as { name: string }[];
  assert.deepEqual(
    list.map(({ name }) => name),
    [definition.name],
  );
  const stopped = await ask(`${url}/processes/${definition.name}/stop`, { method: 'POST' });
  assert.equal(((await stopped.json()) as { state: string }).state, 'stopped');
  const log = (await (await ask(`${url}/processes/${definition.name}/log?lines=1`)).json()) as {
    lines: string[];
  };
  assert.deepEqual(log.lines, ['draining']);

  const unknown = await ask(`${url}/processes/mailroom/stop`, { method: 'POST' });
  assert.equal(unknown.status, 404);
  assert.match(
    ((await unknown.json()) as { message: string }).message,
    new RegExp(`mailroom.*${definition.name}`),
  );
  const fromPage = await ask(`${url}/processes/${definition.name}/start`, {
    method: 'POST',
    headers: { origin: 'http://evil.example' },
  });
  assert.equal(fromPage.status, 403);
  assert.equal((await supervisor.view(definition.name)).state, 'stopped');

  server.close();
  await supervisor.stopAll();
});

test('a deployment brings variables, which may refer to the set-up’s own, until another one brings others', async () => {
  const { supervisor, definition } = await supervise(
    `console.log('deployed as ' + process.env.INVENTORY_URL);\n${healthyProgram}`,
    { INVENTORY_URL: 'http://a:1', ORDER_URL: 'http://b:2' },
  );
  const server = supervisorServer(supervisor, TOKEN).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/processes/${definition.name}`;
  const act = async (action: string, body?: object) => {
    const answer = await ask(`${url}/${action}`, {
      method: 'POST',
      ...(body && { body: JSON.stringify(body) }),
    });
    await until(supervisor, definition.name, ({ healthy }) => healthy || !answer.ok);
    return { status: answer.status, says: supervisor.log(definition.name, 1).at(-1) };
  };

  assert.equal((await act('start')).says, 'deployed as http://a:1');
  const two = { variables: { INVENTORY_URL: '${INVENTORY_URL},${ORDER_URL}' } };
  assert.equal((await act('restart', two)).says, 'deployed as http://a:1,http://b:2');
  assert.equal((await act('restart')).says, 'deployed as http://a:1,http://b:2', 'a plain restart keeps it');
  assert.equal((await act('restart', { variables: { SERVICE_VERSION: 1 } })).status, 400);
  assert.equal((await act('restart', { variables: {} })).says, 'deployed as http://a:1');

  server.close();
  await supervisor.stopAll();
});

test('an optional process is stopped until somebody starts it', async () => {
  const { supervisor, definition } = await supervise(healthyProgram, {}, { optional: true });
  supervisor.startAll();
  const { state, optional, reason } = await supervisor.view(definition.name);
  assert.deepEqual(
    { state, optional, reason },
    { state: 'stopped', optional: true, reason: 'not needed yet' },
  );
  supervisor.start(definition.name);
  await until(supervisor, definition.name, ({ healthy }) => healthy);
  await supervisor.stopAll();
});

for (const offset of ['-1', 'x', '60000', '1e3']) {
  test(`LAB_PORT_OFFSET=${offset} is refused by its name`, () => {
    assert.throws(() => setUpFromEnvironment('/', { LAB_PORT_OFFSET: offset }), /LAB_PORT_OFFSET is/);
  });
}
