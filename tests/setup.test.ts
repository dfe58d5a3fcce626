/** Set-up, tried in clones of its own in the system's temporary folder: it must never install into the tree under test. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './imports.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What npm does, as far as set-up sees it: empties node_modules, then installs, unless the network is away. */
const NPM = `
  const { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
  appendFileSync('npm-calls.txt', process.argv.slice(2).join(' ') + '\\n');
  for (const folder of ['node_modules', 'site/node_modules']) rmSync(folder, { recursive: true, force: true });
  mkdirSync('node_modules');
  if (existsSync('network-is-away')) {
    console.error('npm error code ECONNREFUSED');
    process.exit(1);
  }
  writeFileSync('node_modules/installed.txt', 'new');
`;

interface Clone {
  setUp(environment?: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }>;
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
  write('scripts/warm.ts', '');
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
  return {
    path,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    npmCalls: () =>
      existsSync(path('npm-calls.txt')) ? readFileSync(path('npm-calls.txt'), 'utf8').trim().split('\n') : [],
    setUp: (environment = { npm_execpath: path('npm-cli.cjs') }) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [path('scripts/setup.mjs'), '--no-site'], {
          cwd: folder,
          env: { ...outsideNpm, ...environment },
        });
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.on('close', (code) => resolve({ code, output }));
      }),
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
  assert.deepEqual(clone.npmCalls(), ['ci --no-audit --no-fund']);
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
