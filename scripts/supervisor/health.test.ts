/** Health is an answer of the very process that was started: not an open port, and not somebody else's answer. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { healthAnswer, healthQuestion, readHealthAnswer } from '../../xray/health-datagram.ts';
import { daemonHealth, httpHealth, postgresHealth, type Health } from './health.ts';
import { Supervisor } from './supervisor.ts';
import type { ProcessDefinition } from './table.ts';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), 'health-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const HOST = '127.0.0.1';

async function listening(server: Server, context: TestContext): Promise<number> {
  context.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as AddressInfo).port;
}

const httpAnswer = (status: number, headers: Record<string, string>) =>
  createHttpServer((_, response) => response.writeHead(status, headers).end());

const servers: { name: string; server: () => Server; health: Health }[] = [
  { name: 'its own word', server: () => httpAnswer(200, { 'x-lab-process': 'w' }), health: 'answers' },
  {
    name: 'its own word and 503',
    server: () => httpAnswer(503, { 'x-lab-process': 'w' }),
    health: 'not-ready',
  },
  {
    name: 'the word of a start before',
    server: () => httpAnswer(200, { 'x-lab-process': 'v' }),
    health: 'another',
  },
  { name: '200 of any program', server: () => httpAnswer(200, {}), health: 'another' },
  {
    name: 'something that is no HTTP',
    server: () => createServer((s) => s.end('220 mail\r\n')),
    health: 'another',
  },
  { name: 'an open port and nothing else', server: () => createServer(() => {}), health: 'silent' },
];
for (const { name, server, health } of servers) {
  test(`over HTTP ${name} is: ${health}`, async (context) => {
    assert.equal(await httpHealth(HOST, await listening(server(), context), 'w'), health);
  });
}

const postgres: { name: string; answer: string | undefined; health: Health }[] = [
  { name: 'a PostgreSQL without encryption', answer: 'N', health: 'answers' },
  { name: 'a web server', answer: 'HTTP/1.1 400 Bad Request\r\n\r\n', health: 'another' },
  { name: 'an open port and nothing else', answer: undefined, health: 'silent' },
];
for (const { name, answer, health } of postgres) {
  test(`asked as a PostgreSQL, ${name} is: ${health}`, async (context) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => answer && socket.write(answer));
    });
    assert.equal(await postgresHealth(HOST, await listening(server, context)), health);
  });
}

const daemons: { name: string; answer: (question: Buffer) => Buffer | undefined; health: Health }[] = [
  {
    name: 'who knows the word',
    answer: (question) => healthAnswer('w', question, 'udp+tcp'),
    health: 'answers',
  },
  {
    name: 'a daemon whose TCP port somebody else has',
    answer: (question) => healthAnswer('w', question, 'udp'),
    health: 'another',
  },
  { name: 'who sends back what came', answer: (question) => question, health: 'another' },
  {
    name: 'the daemon of a start before',
    answer: (question) => healthAnswer('v', question, 'udp+tcp'),
    health: 'silent',
  },
];
for (const { name, answer, health } of daemons) {
  test(`asked as a daemon, ${name} is: ${health}`, async (context) => {
    const socket = createSocket('udp4');
    context.after(() => socket.close());
    socket.on('message', (question, from) => {
      const said = answer(question);
      if (said) socket.send(said, from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
    assert.equal(await daemonHealth(HOST, socket.address().port, 'w'), health);
  });
}

test('an answer to another question is none', () => {
  const answer = healthAnswer('w', healthQuestion('w', 'one'), 'udp+tcp')!;
  assert.equal(readHealthAnswer('w', 'one', answer), 'udp+tcp');
  assert.equal(readHealthAnswer('w', 'two', answer), undefined);
});

test('a segment is no question, nor is one of who does not know the word', () => {
  assert.equal(healthAnswer('w', Buffer.from('{"format":"json","version":1}\n{}'), 'udp'), undefined);
  assert.equal(healthAnswer('w', healthQuestion('v', 'one'), 'udp'), undefined);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function supervised(
  context: TestContext,
  more: Pick<ProcessDefinition, 'program' | 'port' | 'health'> & Partial<ProcessDefinition>,
  environment: Record<string, string> = {},
) {
  const definition: ProcessDefinition = { name: `p${more.port}`, role: 'a test', shop: false, ...more };
  const root = more.program.includes('/') ? repository : folder;
  const setUp = {
    root,
    sampleApp: join(root, 'sample-app'),
    home: join(folder, 'home'),
    portOffset: 0,
    host: HOST,
  };
  const supervisor = new Supervisor([definition], setUp, { LAB_HOME: join(folder, 'home'), ...environment });
  context.after(() => supervisor.stopAll());
  supervisor.startAll();
  return {
    supervisor,
    async until(reached: (view: Awaited<ReturnType<Supervisor['view']>>) => boolean) {
      for (let attempt = 0; attempt < 1000; attempt++) {
        const view = await supervisor.view(definition.name);
        if (reached(view)) return view;
        await sleep(20);
      }
      return assert.fail(JSON.stringify(await supervisor.view(definition.name)));
    },
  };
}

const aws = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const processes = [
  { name: 'a service', program: 'sample-app/services/payment/main.ts', health: 'http' },
  { name: 'the X-Ray API', program: 'xray/api/main.ts', health: 'http' },
  { name: 'DynamoDB', program: 'sample-app/dynamodb/main.ts', health: 'http' },
  { name: 'the daemon', program: 'xray/daemon/main.ts', health: 'daemon' },
  {
    name: 'the on-premises database',
    program: 'sample-app/services/legacy-database/main.ts',
    health: 'postgres',
    nodeFlags: ['--liftoff-only'],
  },
] as const;
for (const { name, ...definition } of processes) {
  test(
    `${name} that is frozen does not answer, and is well when it goes on`,
    { timeout: 90_000 },
    async (context) => {
      const { until } = supervised(
        context,
        { ...definition, port: await freePort() },
        { ...aws, XRAY_STORE: ':memory:' },
      );
      const { pid } = await until(({ healthy }) => healthy);
      process.kill(pid!, 'SIGSTOP');
      try {
        const frozen = await until(({ healthy }) => !healthy);
        assert.deepEqual([frozen.state, frozen.reason], ['running', 'does not answer']);
      } finally {
        process.kill(pid!, 'SIGCONT');
      }
      assert.equal((await until(({ healthy }) => healthy)).reason, undefined);
    },
  );
}

test('a process whose port somebody else has is not well, and it is said', async (context) => {
  const port = await listening(httpAnswer(200, {}), context);
  writeFileSync(join(folder, 'elsewhere.ts'), 'setInterval(() => {}, 1000);');
  const { until } = supervised(context, { program: 'elsewhere.ts', port, health: 'http' });
  const view = await until(({ reason }) => reason !== undefined);
  assert.deepEqual([view.healthy, view.reason], [false, `another program answers on port ${port}`]);
});

test(
  'questions to a daemon are never in its telemetry and never passed on',
  { timeout: 60_000 },
  async (context) => {
    const calls: { path: string; body: string }[] = [];
    const xray = createHttpServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      calls.push({ path: request.url ?? '', body });
      response.end('{}');
    });
    const endpoint = `http://${HOST}:${await listening(xray, context)}`;
    const port = await freePort();
    const { supervisor, until } = supervised(
      context,
      { program: 'xray/daemon/main.ts', port, health: 'daemon' },
      { ...aws, AWS_ENDPOINT_URL_XRAY: endpoint },
    );
    await until(({ healthy }) => healthy);
    const socket = createSocket('udp4');
    socket.send('{"format":"json","version":1}\n{"id":"a"}', port, HOST, () => socket.close());
    while (!calls.some(({ path }) => path === '/TraceSegments')) await sleep(50);
    await supervisor.stopAll();
    const segments = calls.filter(({ path }) => path === '/TraceSegments').map(({ body }) => body);
    assert.deepEqual(segments, ['{"TraceSegmentDocuments":["{\\"id\\":\\"a\\"}"]}']);
    const received = calls
      .filter(({ path }) => path === '/TelemetryRecords')
      .flatMap(
        ({ body }) => (JSON.parse(body) as { TelemetryRecords: Record<string, number>[] }).TelemetryRecords,
      )
      .map(({ SegmentsReceivedCount, SegmentsRejectedCount }) => [
        SegmentsReceivedCount,
        SegmentsRejectedCount,
      ]);
    assert.deepEqual(received, [[1, 0]]);
  },
);
