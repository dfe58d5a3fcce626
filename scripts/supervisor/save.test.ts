import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Supervisor } from './supervisor.ts';
import type { ProcessDefinition, SetUp } from './table.ts';

/** Says which code it runs: its own, and that of two files beside it. */
const program = `
import { createServer } from 'node:http';
import { charge } from './provider.ts';
import { limit } from './limit.ts';
createServer((_, response) => response.setHeader('x-lab-process', process.env.LAB_PROCESS_WORD).end(charge + ' ' + limit)).listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

describe('restart on save', { concurrency: false }, () => {
  let root: string;
  let port: number;
  /** Of a second process, which runs where a test starts it. */
  let otherPort: number;
  let supervisor: Supervisor;
  const payment = () => join(root, 'services/payment');
  const provider = () => join(payment(), 'provider.ts');
  const code = (name: string, value: string) => `export const ${name}: string = '${value}';\n`;
  const runs = async (of = port) => {
    try {
      return await (await fetch(`http://127.0.0.1:${of}/`)).text();
    } catch {
      return 'nothing';
    }
  };
  async function until(text: string, of = port): Promise<void> {
    const deadline = Date.now() + 60_000;
    while ((await runs(of)) !== text) {
      if (Date.now() > deadline) assert.fail(`runs "${await runs(of)}" and not "${text}"`);
      await sleep(40);
    }
  }

  const freePort = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  };
  before(async () => {
    port = await freePort();
    otherPort = await freePort();
  });

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'save-'));
    mkdirSync(payment(), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    writeFileSync(join(payment(), 'main.ts'), program);
    writeFileSync(provider(), code('charge', 'first'));
    writeFileSync(join(payment(), 'limit.ts'), code('limit', 'low'));
    const definition: ProcessDefinition = {
      name: 'payment',
      role: 'charges',
      program: 'services/payment/main.ts',
      port,
      health: 'http',
      shop: true,
    };
    const setUp: SetUp = {
      root,
      sampleApp: root,
      home: join(root, 'home'),
      portOffset: 0,
      host: '127.0.0.1',
    };
    const other = { ...definition, name: 'order', program: 'services/order/main.ts', port: otherPort };
    supervisor = new Supervisor([definition, { ...other, optional: true }], setUp, {});
    supervisor.startAll();
    await until('first low');
    supervisor.restartOnSave();
  });
  afterEach(async () => {
    await supervisor.stopAll();
    rmSync(root, { recursive: true, force: true });
  });

  const saves: { name: string; save(text: string): void }[] = [
    { name: 'into the file', save: (text) => writeFileSync(provider(), text) },
    {
      name: 'a new file renamed over it, as sed -i and the safe write of editors do',
      save(text) {
        writeFileSync(`${provider()}.tmp`, text);
        renameSync(`${provider()}.tmp`, provider());
      },
    },
    {
      name: 'the old one renamed away and a new one written, as vim does',
      save(text) {
        renameSync(provider(), `${provider()}~`);
        writeFileSync(provider(), text);
        unlinkSync(`${provider()}~`);
      },
    },
    {
      name: 'deleted and created',
      save(text) {
        unlinkSync(provider());
        writeFileSync(provider(), text);
      },
    },
    {
      name: 'its folder replaced, as by rm -r and cp',
      save(text) {
        cpSync(payment(), join(root, 'copy'), { recursive: true });
        rmSync(payment(), { recursive: true });
        writeFileSync(join(root, 'copy/provider.ts'), text);
        cpSync(join(root, 'copy'), payment(), { recursive: true });
        rmSync(join(root, 'copy'), { recursive: true });
      },
    },
    {
      name: 'the folder above renamed away and another one put there',
      save(text) {
        cpSync(join(root, 'services'), join(root, 'next'), { recursive: true });
        writeFileSync(join(root, 'next/payment/provider.ts'), text);
        renameSync(join(root, 'services'), join(root, 'old'));
        renameSync(join(root, 'next'), join(root, 'services'));
        rmSync(join(root, 'old'), { recursive: true });
      },
    },
    {
      name: 'a link that leads elsewhere',
      save(text) {
        const target = join(root, `${Math.random()}.mts`);
        writeFileSync(target, text);
        rmSync(provider());
        symlinkSync(target, provider());
      },
    },
  ];

  for (const { name, save } of saves) {
    test(`${name}: each of three saves is run`, async () => {
      for (const value of ['second', 'third', 'fourth']) {
        save(code('charge', value));
        await until(`${value} low`);
      }
    });
  }

  test('sed -i, three times', async () => {
    for (const value of ['second', 'third', 'fourth']) {
      execFileSync('sed', ['-i.orig', `s/'.*'/'${value}'/`, provider()]);
      await until(`${value} low`);
    }
  });

  test('git checkout of another branch and back', async () => {
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: root });
    git('init', '-q', '-b', 'one');
    git('add', 'services');
    git('commit', '-qm', 'one');
    git('checkout', '-qb', 'two');
    writeFileSync(provider(), code('charge', 'two'));
    git('commit', '-qam', 'two');
    await until('two low');
    for (const branch of ['one', 'two', 'one']) {
      git('checkout', '-q', branch);
      await until(branch === 'one' ? 'first low' : 'two low');
    }
  });

  test('all ways of saving one after the other, on the same file', async () => {
    for (const [index, { save }] of saves.entries()) {
      save(code('charge', `save ${index}`));
      await until(`save ${index} low`);
    }
  });

  test('two files at once are one restart', async () => {
    for (const [charge, limit] of [
      ['second', 'high'],
      ['third', 'higher'],
    ] as const) {
      const { restarts } = await supervisor.view('payment');
      writeFileSync(provider(), code('charge', charge));
      writeFileSync(join(payment(), 'limit.ts'), code('limit', limit));
      await until(`${charge} ${limit}`);
      await sleep(600);
      assert.equal((await supervisor.view('payment')).restarts, restarts + 1);
    }
  });

  test('twenty saves in a row end with the last one', async () => {
    for (let save = 0; save < 20; save += 1) {
      saves[save % 4]!.save(code('charge', `save ${save}`));
      await sleep(35);
    }
    await until('save 19 low');
  });

  test('a new folder that is imported', async () => {
    mkdirSync(join(payment(), 'breaker'));
    writeFileSync(join(payment(), 'breaker/state.ts'), code('state', 'open'));
    writeFileSync(
      provider(),
      `import { state } from './breaker/state.ts';\nexport const charge = 'with ' + state;\n`,
    );
    await until('with open low');
    for (const state of ['half', 'closed']) {
      writeFileSync(join(payment(), 'breaker/state.ts'), code('state', state));
      await until(`with ${state} low`);
    }
  });

  test('a syntax error crashes it, the next save brings it back', async () => {
    for (const value of ['second', 'third']) {
      writeFileSync(provider(), 'const RETRIES = ;');
      await until('nothing');
      while ((await supervisor.view('payment')).state !== 'crashed') await sleep(20);
      writeFileSync(provider(), code('charge', value));
      await until(`${value} low`);
    }
  });

  test('a save before the process has read its files is not missed', async () => {
    for (let start = 0; start < 5; start += 1) {
      const restarted = supervisor.restart('payment');
      await sleep(start * 15);
      writeFileSync(provider(), code('charge', `start ${start}`));
      await restarted;
      await until(`start ${start} low`);
    }
  });

  test('between the save and the restart it says what it runs without', async () => {
    const asked: (string[] | undefined)[] = [];
    writeFileSync(provider(), code('charge', 'second'));
    asked.push((await supervisor.view('payment')).stale);
    await until('second low');
    asked.push((await supervisor.view('payment')).stale);
    assert.deepEqual(asked, [['services/payment/provider.ts'], undefined]);
  });

  test('a save that leaves the text as it was, and one taken back at once, restart nothing', async () => {
    const { restarts } = await supervisor.view('payment');
    writeFileSync(provider(), readFileSync(provider()));
    await sleep(700);
    writeFileSync(provider(), code('charge', 'second'));
    writeFileSync(provider(), code('charge', 'first'));
    await sleep(700);
    assert.equal((await supervisor.view('payment')).restarts, restarts);
  });

  test('one that was stopped on purpose stays stopped, and starts with what was saved meanwhile', async () => {
    const order = join(root, 'services/order');
    cpSync(payment(), order, { recursive: true });
    supervisor.start('order');
    await until('first low', otherPort);

    await supervisor.stop('payment');
    writeFileSync(provider(), code('charge', 'second'));
    // Saved later and run: so the save of payment was seen as well.
    writeFileSync(join(order, 'provider.ts'), code('charge', 'second'));
    await until('second low', otherPort);
    const { state, stale } = await supervisor.view('payment');
    assert.deepEqual([state, stale, await runs()], ['stopped', undefined, 'nothing']);
    supervisor.start('payment');
    await until('second low');
  });

  test('a stop in the middle of a restart is a stop', async () => {
    const restarted = supervisor.restart('payment');
    await supervisor.stop('payment');
    await restarted;
    await sleep(300);
    assert.equal((await supervisor.view('payment')).state, 'stopped');
  });

  test('restarts asked for at the same time are one, and it is not called stopped meanwhile', async () => {
    const { restarts } = await supervisor.view('payment');
    const both = [supervisor.restart('payment'), supervisor.restart('payment')];
    const { state, reason } = await supervisor.view('payment');
    assert.deepEqual([state, reason], ['starting', undefined]);
    await Promise.all(both);
    await until('first low');
    assert.equal((await supervisor.view('payment')).restarts, restarts + 1);
  });
});
