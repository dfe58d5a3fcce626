/** Set-up, tried in clones of its own in the system's temporary folder: it must never install into the tree under test. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { barOf } from '../scripts/set-up/progress.mjs';
import { root } from './imports.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/**
 * What npm does, as far as set-up sees it: empties node_modules, then installs, unless the network is away. Where the site's
 * packages are wanted, its builder is among them.
 */
const NPM = `
  const { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
  const clone = (name) => require('node:path').join(__dirname, name);
  const args = process.argv.slice(2);
  appendFileSync(clone('npm-calls.txt'), args.join(' ') + '\\n');
  for (const folder of ['node_modules', 'site/node_modules']) rmSync(folder, { recursive: true, force: true });
  mkdirSync('node_modules');
  if (existsSync(clone('network-is-away'))) {
    console.error('npm error code ECONNREFUSED');
    process.exit(1);
  }
  if (existsSync(clone('npm-never-ends'))) setInterval(() => {}, 1000);
  writeFileSync('node_modules/installed.txt', 'new');
  if (!args.includes('--workspace')) {
    mkdirSync('node_modules/astro/bin', { recursive: true });
    writeFileSync('node_modules/astro/bin/astro.mjs', \`
      import { mkdirSync, writeFileSync } from 'node:fs';
      const folder = process.argv[process.argv.indexOf('--outDir') + 1];
      mkdirSync(folder, { recursive: true });
      writeFileSync(folder + '/index.html', 'the site');
    \`);
  }
`;

/** What npm is asked for, by what set-up is for. */
const LAB =
  'ci --no-audit --no-fund --omit=dev --omit=optional --workspace xray --workspace sample-app --workspace labs --workspace quiz';
const XRAY = 'ci --no-audit --no-fund --omit=dev --omit=optional --workspace xray';
const SITE = 'ci --no-audit --no-fund --omit=dev';
const EVERYTHING = 'ci --no-audit --no-fund';

interface Clone {
  /** As `npm start` calls it before it starts, unless other flags are given. */
  setUp(
    environment?: NodeJS.ProcessEnv,
    ...flags: string[]
  ): Promise<{ code: number | null; output: string }>;
  /** The same, with the npm above. */
  setUpWith(...flags: string[]): Promise<{ code: number | null; output: string }>;
  /** A set-up that is at work. */
  begin(...flags: string[]): ChildProcess;
  path(...names: string[]): string;
  read(name: string): string;
  write(name: string, text: string): void;
  /** How often npm was called, and with what. */
  npmCalls(): string[];
}

/** A clone with nothing installed: the manifests and the scripts. Its npm is the one above. */
function freshClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-clone-'));
  folders.push(folder);
  const path = (...names: string[]) => join(folder, ...names);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  cpSync(join(root, 'scripts'), path('scripts'), { recursive: true });
  // The first compilation starts a whole lab, which a clone without packages has not got.
  write('scripts/compile-ahead.ts', '');
  write('scripts/warm.ts', '');
  for (const file of ['docs/fidelity.md', 'xray/api/README.md', 'xray/iam/README.md', 'site/page.md'])
    write(file, '');
  for (const file of [
    'package.json',
    'package-lock.json',
    ...['xray', 'sample-app', 'labs', 'quiz', 'site'].map((name) => `${name}/package.json`),
  ])
    write(file, readFileSync(join(root, file), 'utf8'));
  write('npm-cli.cjs', NPM);

  // Whoever runs these tests by npm has told it, in variables, of the tree under test.
  const outsideNpm = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name)),
  );
  const withNpm = { npm_execpath: path('npm-cli.cjs') };
  const begin = (environment: NodeJS.ProcessEnv, flags: readonly string[]) =>
    spawn(process.execPath, [path('scripts/setup.mjs'), ...flags], {
      cwd: folder,
      env: { ...outsideNpm, ...environment },
    });
  const setUp: Clone['setUp'] = (environment = withNpm, ...flags) =>
    new Promise((resolve) => {
      const child = begin(environment, flags.length > 0 ? flags : ['--no-site']);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('close', (code) => resolve({ code, output }));
    });
  return {
    path,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    npmCalls: () =>
      existsSync(path('npm-calls.txt')) ? readFileSync(path('npm-calls.txt'), 'utf8').trim().split('\n') : [],
    setUp,
    setUpWith: (...flags) => setUp(withNpm, ...flags),
    begin: (...flags) => begin(withNpm, flags),
  };
}

/** A clone in which set-up has run, before the lock file changed and the network went away. */
async function outdatedOfflineClone(): Promise<Clone> {
  const clone = freshClone();
  assert.equal((await clone.setUp()).code, 0);
  clone.write('node_modules/installed.txt', 'before');
  clone.write('site/node_modules/installed.txt', 'before, for the site');
  appendFileSync(clone.path('package-lock.json'), '\n');
  clone.write('network-is-away', '');
  return clone;
}

test(
  'offline, a fresh clone says that it needs the network once, and where the whole output is',
  { timeout: 120_000 },
  async () => {
    const clone = freshClone();
    const { code, output } = await clone.setUp({
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_prefer_online: 'true',
      npm_config_cache: clone.path('empty-npm-cache'),
    });
    assert.equal(code, 1);
    assert.match(output, /needs the network once/);
    assert.match(output, /setup\.log/);
    assert.doesNotMatch(output, /\n\s+at /, 'no stack');
    assert.match(clone.read('.runtime/setup.log'), /npm/);
  },
);

test('a fresh clone gets its dependencies, as the lock file says', async () => {
  const clone = freshClone();
  const { code, output } = await clone.setUp();
  assert.equal(code, 0, output);
  assert.match(output, /dependencies … done/);
  assert.deepEqual(clone.npmCalls(), [LAB]);
});

test('the lab does not wait for the tools of the site and of the tests, which come when they are asked for', async () => {
  const clone = freshClone();
  await clone.setUp();
  assert.equal(existsSync(clone.path('site/dist')), false);
  const site = await clone.setUpWith('--site');
  assert.equal(site.code, 0, site.output);
  assert.match(site.output, /site … done/);
  assert.equal(clone.read('site/dist/index.html'), 'the site');
  assert.equal((await clone.setUpWith('--everything')).code, 0);
  assert.deepEqual(clone.npmCalls(), [LAB, SITE, EVERYTHING]);
});

test('X-Ray alone needs less than the lab, and the lab is enough for it', async () => {
  const clone = freshClone();
  assert.equal((await clone.setUpWith('--xray')).code, 0);
  await clone.setUp();
  assert.deepEqual(await clone.setUpWith('--xray'), { code: 0, output: '' });
  assert.deepEqual(clone.npmCalls(), [XRAY, LAB]);
});

test('`npm test` in a fresh clone installs everything at once', async () => {
  const clone = freshClone();
  assert.equal((await clone.setUpWith('--everything')).code, 0);
  assert.deepEqual(clone.npmCalls(), [EVERYTHING]);
  assert.equal(clone.read('site/dist/index.html'), 'the site');
  assert.deepEqual(await clone.setUp(), { code: 0, output: '' }, 'more than npm start needs');
  assert.equal(clone.npmCalls().length, 1);
});

test('after an update of the lock file the lab comes first, and then the tools that were there', async () => {
  const clone = freshClone();
  await clone.setUpWith('--everything');
  appendFileSync(clone.path('package-lock.json'), '\n');
  await clone.setUp();
  await clone.setUpWith('--site');
  assert.deepEqual(clone.npmCalls(), [EVERYTHING, LAB, EVERYTHING]);
});

test('while npm works, what is installed stays in its place', async () => {
  const clone = freshClone();
  await clone.setUp();
  clone.write('node_modules/installed.txt', 'before');
  clone.write('npm-never-ends', '');
  const child = clone.begin('--site');
  while (clone.npmCalls().length < 2) await sleep(20);
  assert.equal(clone.read('node_modules/installed.txt'), 'before');
  child.kill('SIGTERM');
  await once(child, 'close');
  assert.equal(clone.read('node_modules/installed.txt'), 'before');

  // The lab still starts, and asks nobody for it.
  assert.deepEqual(await clone.setUp(), { code: 0, output: '' });
  rmSync(clone.path('npm-never-ends'));
  const again = await clone.setUpWith('--site');
  assert.equal(again.code, 0, again.output);
  assert.equal(clone.read('site/dist/index.html'), 'the site');
});

test('offline, a lab that is installed starts without its site, which says what it needs', async () => {
  const clone = freshClone();
  await clone.setUp();
  clone.write('network-is-away', '');
  assert.deepEqual(await clone.setUp(), { code: 0, output: '' });
  const { code, output } = await clone.setUpWith('--site');
  assert.equal(code, 1);
  assert.match(output, /needs the network once/);
  assert.equal(clone.read('node_modules/installed.txt'), 'new');
});

test('the site that is there stays until the next one is whole', async () => {
  const clone = freshClone();
  await clone.setUpWith('--site');
  clone.write('site/page.md', 'changed');
  clone.write('node_modules/astro/bin/astro.mjs', 'process.exit(1)');
  assert.equal((await clone.setUpWith('--site')).code, 1);
  assert.equal(clone.read('site/dist/index.html'), 'the site');
});

test('a second set-up waits for the first, and one that was killed keeps nobody waiting for long', async () => {
  const clone = freshClone();
  await clone.setUp();
  appendFileSync(clone.path('package-lock.json'), '\n');
  clone.write('.runtime/setting-up', '1');
  const eightSecondsAgo = Date.now() / 1000 - 8;
  utimesSync(clone.path('.runtime/setting-up'), eightSecondsAgo, eightSecondsAgo);
  const began = performance.now();
  const { code, output } = await clone.setUp();
  assert.equal(code, 0, output);
  assert.match(output, /Another set-up of this clone is at work; waiting for it …/);
  assert.ok(performance.now() - began > 1000);
  assert.equal(clone.read('node_modules/installed.txt'), 'new');
});

test('when nothing changed, set-up says nothing and asks nobody', async () => {
  const clone = freshClone();
  await clone.setUp();
  assert.deepEqual(await clone.setUp(), { code: 0, output: '' });
  assert.equal(clone.npmCalls().length, 1);
});

for (const file of ['package-lock.json', 'site/package.json']) {
  test(`a ${file} that changed makes set-up install again, and forget what was there`, async () => {
    const clone = freshClone();
    await clone.setUp();
    clone.write('node_modules/installed.txt', 'before');
    appendFileSync(clone.path(file), '\n');
    assert.equal((await clone.setUp()).code, 0);
    assert.equal(clone.npmCalls().length, 2);
    assert.equal(clone.read('node_modules/installed.txt'), 'new');
    assert.equal(existsSync(clone.path('.runtime/installed-before')), false);
  });
}

test('what was installed is still there after an installation that failed, and the next try installs', async () => {
  const clone = await outdatedOfflineClone();
  const { code, output } = await clone.setUp();
  assert.equal(code, 1);
  assert.match(output, /needs the network once/);
  assert.equal(clone.read('node_modules/installed.txt'), 'before');
  assert.equal(clone.read('site/node_modules/installed.txt'), 'before, for the site');

  rmSync(clone.path('network-is-away'));
  assert.equal((await clone.setUp()).code, 0);
  assert.equal(clone.read('node_modules/installed.txt'), 'new');
});

test('what was installed comes back after a set-up that was ended half way', async () => {
  const clone = await outdatedOfflineClone();
  // As a kill -9 leaves it: the old modules aside, of the new ones a part.
  mkdirSync(clone.path('.runtime/installed-before'), { recursive: true });
  renameSync(clone.path('node_modules'), clone.path('.runtime/installed-before/node_modules'));
  clone.write('node_modules/installed.txt', 'half');
  assert.equal((await clone.setUp()).code, 1);
  assert.equal(clone.read('node_modules/installed.txt'), 'before');
});

for (const { parts, says } of [
  {
    parts: [
      ['Node 24', 0, ''],
      ['dependencies', 0, ''],
    ],
    says: '░░░░░░░░░░░░░░░░░░░░░░░░   0 %  left: Node 24, dependencies',
  },
  {
    parts: [
      ['Node 24', 1, ''],
      ['dependencies', 0.5, '95 of 190'],
      ['first compilation', 0, ''],
    ],
    says: '████████████░░░░░░░░░░░░  50 %  left: dependencies 95 of 190, first compilation',
  },
  { parts: [['site', 1, '']], says: '████████████████████████ 100 %  done' },
] as const) {
  test(`the bar says what is left: ${says.replace(/[█░ ]+/, '')}`, () => assert.equal(barOf(parts), says));
}
