import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { editsIn } from '../server/runs/edits.ts';
import { doctor, isAtLeast, ports, refusals, type DoctorLine, type Machine } from './doctor.ts';
import { plain } from './output.ts';
import { listeningInodes, ownerOfPort } from './port-owner.ts';
import { describe as drawn } from './verbs/doctor.ts';

const printed: Record<string, string | undefined> = {
  'npm --version': '11.6.0\n',
  'aws --version': 'aws-cli/1.45.11 Python/3.11.2 Linux/6.1 botocore/1.43.11\n',
  'docker version --format {{.Server.Version}}': '27.1.0\n',
  'docker compose version --short': '2.29.0\n',
};

/** A machine on which all is well, but for `odd`. */
const machine = (
  odd: Partial<Machine> = {},
  otherwise: Record<string, string | undefined> = {},
): Machine => ({
  nodeVersion: 'v24.1.0',
  platform: 'linux',
  freeMemory: () => 4e9,
  exists: () => true,
  isFree: async () => true,
  ownerOf: () => undefined,
  run: async (...words) => ({ ...printed, ...otherwise })[words.join(' ')],
  edits: async () => ({ edited: [], updated: [] }),
  runningLab: async () => undefined,
  ...odd,
});

const seen = (odd?: Partial<Machine>, otherwise?: Record<string, string | undefined>) =>
  doctor({ root: '/lab', portOffset: 6000, machine: machine(odd, otherwise) });

const line = (lines: DoctorLine[], id: string) =>
  lines.find((one) => one.id === id) ?? assert.fail(`no line ${id}`);

describe('the doctor', () => {
  test('on a machine on which all is well every line is ok', async () => {
    const lines = await seen();
    assert.deepEqual(
      lines.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.equal(lines.length, 7 + ports.length + 2);
  });

  test('edits are no trouble, and what an update needs is said before it', async () => {
    const edits = async () => ({ edited: ['services/payment/provider.ts'], updated: [] });
    const { state, says } = line(await seen({ edits }), 'edits');
    assert.equal(state, 'ok');
    assert.match(says, /^sample-app\/services\/payment\/provider\.ts; before an update: .*edits away/);
  });

  test('an update is seen on this machine, in a clone with a lab in progress', async () => {
    const root = mkdtempSync(join(tmpdir(), 'doctor-'));
    try {
      const file = 'services/payment/provider.ts';
      const sampleApp = join(root, 'sample-app');
      const git = (...words: string[]) =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: root });
      const commit = (text: string) => {
        mkdirSync(join(sampleApp, file, '..'), { recursive: true });
        writeFileSync(join(sampleApp, file), text);
        git('add', '.');
        git('commit', '-qm', text);
      };
      git('init', '-q');
      commit('one');
      const home = join(root, '.lab');
      await editsIn({ home, sampleApp }, () => 0).begin({ id: '02-slow-payment', edits: [file] } as never);
      const { edits: _, ...others } = machine();
      const now = async () => line(await doctor({ root, home, sampleApp, machine: others }), 'edits');
      assert.equal((await now()).says, 'none');
      writeFileSync(join(sampleApp, file), 'one, edited');
      assert.match((await now()).says, /^sample-app\/services/);
      commit('two');
      assert.equal((await now()).state, 'warn');
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  const cases: {
    name: string;
    id: string;
    state: 'warn' | 'fail';
    says: RegExp;
    odd?: Partial<Machine>;
    otherwise?: Record<string, undefined | string>;
  }[] = [
    { name: 'an old Node', id: 'node', state: 'fail', says: /v20\.1\.0/, odd: { nodeVersion: 'v20.1.0' } },
    {
      name: 'no npm',
      id: 'npm',
      state: 'fail',
      says: /not found/,
      otherwise: { 'npm --version': undefined },
    },
    {
      name: 'an old npm',
      id: 'npm',
      state: 'warn',
      says: /6\.14\.1 is old/,
      otherwise: { 'npm --version': '6.14.1' },
    },
    { name: 'little memory', id: 'memory', state: 'warn', says: /1\.2 GB/, odd: { freeMemory: () => 1.2e9 } },
    {
      name: 'too little free memory on a Mac, which counts what it could give back as used',
      id: 'memory',
      state: 'warn',
      says: /0\.2 GB/,
      odd: { freeMemory: () => 2e8, platform: 'darwin' },
    },
    {
      name: 'too little memory',
      id: 'memory',
      state: 'fail',
      says: /0\.5 GB/,
      odd: { freeMemory: () => 0.5e9 },
    },
    {
      name: 'nothing installed',
      id: 'dependencies',
      state: 'fail',
      says: /not installed/,
      odd: { exists: () => false },
    },
    {
      name: 'no site',
      id: 'site',
      state: 'warn',
      says: /not built/,
      odd: { exists: (path) => !path.includes('dist') },
    },
    {
      name: 'an update of the project in the middle of a lab',
      id: 'edits',
      state: 'warn',
      says: /updated in the middle of a lab, and with it sample-app\/services\/payment\/provider\.ts$/,
      odd: { edits: async () => ({ edited: [], updated: ['services/payment/provider.ts'] }) },
    },
    {
      name: 'a taken port',
      id: 'port-8080',
      state: 'fail',
      says: /TCP is taken by another program/,
      odd: { isFree: async (port) => port !== 14080 },
    },
    {
      name: 'a taken port whose owner is known',
      id: 'port-8080',
      state: 'fail',
      says: /taken by process 77 \(python3 -m http.server\)/,
      odd: {
        isFree: async (port) => port !== 14080,
        ownerOf: () => ({ pid: 77, command: 'python3 -m http.server' }),
      },
    },
    {
      name: 'a taken UDP port',
      id: 'port-2000',
      state: 'fail',
      says: /UDP is taken/,
      odd: { isFree: async (_port, protocol) => protocol !== 'udp' },
    },
    {
      name: 'another program beside a running lab',
      id: 'port-8000',
      state: 'fail',
      says: /process 77/,
      odd: {
        isFree: async (port) => port !== 14000,
        ownerOf: () => ({ pid: 77, command: 'x' }),
        runningLab: async () => new Set([5]),
      },
    },
    {
      name: 'no AWS CLI',
      id: 'aws',
      state: 'warn',
      says: /not found/,
      otherwise: { 'aws --version': undefined },
    },
    {
      name: 'an AWS CLI 1 that is too old',
      id: 'aws',
      state: 'warn',
      says: /1\.22\.34 does not know AWS_ENDPOINT_URL/,
      otherwise: { 'aws --version': 'aws-cli/1.22.34 Python/3' },
    },
    {
      name: 'an AWS CLI 2 that is too old',
      id: 'aws',
      state: 'warn',
      says: /2\.9\.19 does not know/,
      otherwise: { 'aws --version': 'aws-cli/2.9.19 Python/3' },
    },
    {
      name: 'no Docker',
      id: 'docker',
      state: 'warn',
      says: /no engine/,
      otherwise: { 'docker version --format {{.Server.Version}}': undefined },
    },
    {
      name: 'Docker without compose',
      id: 'docker',
      state: 'warn',
      says: /without compose/,
      otherwise: { 'docker compose version --short': undefined },
    },
  ];
  for (const { name, id, state, says, odd, otherwise } of cases) {
    test(`${name} is a ${state} with a remedy`, async () => {
      const found = line(await seen(odd, otherwise), id);
      assert.equal(found.state, state);
      assert.match(found.says, says);
      assert.ok(found.remedy);
    });
  }

  test('compose 1.29 will do where there is no compose 2', async () => {
    const lines = await seen(
      {},
      { 'docker compose version --short': undefined, 'docker-compose version --short': '1.29.2' },
    );
    assert.equal(line(lines, 'docker').state, 'ok');
  });

  test('the ports of a lab that runs are no fault, nor is the memory it holds', async () => {
    const lines = await seen({
      isFree: async () => false,
      freeMemory: () => 1e8,
      ownerOf: (port) => ({ pid: port === 10322 ? 4 : 5, command: 'node' }),
      runningLab: async () => new Set([5]),
    });
    assert.deepEqual(
      lines.filter(({ state }) => state !== 'ok'),
      [],
    );
  });

  test('a remedy stands below the line it is for', async () => {
    const text = drawn(await seen({ exists: (path) => !path.includes('dist') }), plain).split('\n');
    const site = text.findIndex((row) => row.includes('Site'));
    assert.match(text[site + 1] ?? '', /→ Run `npm start`/);
  });

  for (const [version, least, enough] of [
    ['1.29.0', '1.29.0', true],
    ['1.30', '1.29.5', true],
    ['1.9.99', '1.29.0', false],
    ['2.13.1-beta', '2.13.0', true],
    ['2.12.9', '2.13.0', false],
  ] as const) {
    test(`${version} is ${enough ? '' : 'not '}at least ${least}`, () =>
      assert.equal(isAtLeast(version, least), enough));
  }
});

describe('ports of this machine', () => {
  test('a TCP and a UDP port that are taken are seen, with their owner where /proc tells', async () => {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));

    const { isFree: _, ownerOf: __, ...rest } = machine();
    // Moved so that the lab's own port falls on the one that is taken.
    const lines = await doctor({ root: '/lab', portOffset: port - 4321, machine: rest });
    const lab = line(lines, 'port-4321');
    assert.equal(lab.state, 'fail');
    if (process.platform === 'linux') {
      assert.match(lab.says, new RegExp(`process ${process.pid} `));
      assert.equal(ownerOfPort(udp.address().port, 'udp')?.pid, process.pid);
    }
    tcp.close();
    udp.close();
  });

  test('only listening sockets of that port count', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1',
      '   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1',
    ].join('\n');
    assert.deepEqual(listeningInodes(table, 8080, '0A'), ['111']);
  });
});

test('progress that can’t be used is a reason not to start, with the file and what to do', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'lab-doctor-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  const ofProgress = async () => line(await doctor({ root: '/lab', home, machine: machine() }), 'progress');
  assert.deepEqual((await ofProgress()).says, 'none yet');
  const path = join(home, 'progress.sqlite');
  writeFileSync(path, 'no database '.repeat(100));
  const expected = {
    id: 'progress',
    title: 'Your progress',
    state: 'fail',
    says: `Your progress (${path}) cannot be used: it is not a database`,
    remedy: 'To begin with fresh progress and keep this file beside it: npm start -- --fresh-progress',
  };
  assert.deepEqual(await ofProgress(), expected);
  assert.deepEqual(
    (await refusals({ home, machine: machine() })).map(({ id }) => id),
    ['progress'],
  );
});
