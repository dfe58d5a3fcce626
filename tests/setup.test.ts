import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './imports.ts';
import { runProgram } from './stack.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A clone with nothing installed: the manifests and the scripts. */
function freshClone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-clone-'));
  folders.push(folder);
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const file of [
    'package.json',
    'package-lock.json',
    ...['xray', 'sample-app', 'labs', 'quiz', 'site'].map((name) => `${name}/package.json`),
  ]) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  return folder;
}

const offline = {
  ...process.env,
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_fetch_retries: '0',
  npm_config_prefer_online: 'true',
};

async function setUpIn(folder: string, environment: NodeJS.ProcessEnv) {
  return runProgram(join(folder, 'scripts/setup.mjs'), ['--no-site'], environment);
}

test(
  'offline, a fresh clone says that it needs the network once, and where the whole output is',
  { timeout: 120_000 },
  async () => {
    const folder = freshClone();
    const cache = join(folder, 'empty-npm-cache');
    const { code, stderr } = await setUpIn(folder, { ...offline, npm_config_cache: cache });
    assert.equal(code, 1);
    assert.match(stderr, /needs the network once/);
    assert.match(stderr, /setup\.log/);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    assert.match(readFileSync(join(folder, '.runtime/setup.log'), 'utf8'), /npm/);
  },
);

test('when nothing changed, set-up says nothing and asks nobody', async () => {
  const { code, stdout, stderr } = await runProgram('scripts/setup.mjs', ['--no-site'], offline);
  assert.equal(code, 0);
  assert.equal(stdout + stderr, '');
});

test('a lock file that changed makes set-up install again', { timeout: 120_000 }, async () => {
  const folder = freshClone();
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules/.xray-lab-stamp'), 'the stamp of another lock file');
  const { code, stderr } = await setUpIn(folder, {
    ...offline,
    npm_config_cache: join(folder, 'empty-npm-cache'),
  });
  assert.equal(code, 1, 'it tried, and the network is away');
  assert.match(stderr, /dependencies …/);
});
