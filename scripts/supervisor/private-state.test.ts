import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepStatePrivate } from './private-state.ts';

const skip = process.platform === 'win32' ? 'there are no such bits on Windows' : false;
const folder = mkdtempSync(join(tmpdir(), 'private-state-'));
const umask = process.umask();
after(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** A folder with entries that everybody may read, as an older lab made it. */
function openHome(name: string, entries: readonly string[]): string {
  process.umask(0o022);
  const home = join(folder, name);
  mkdirSync(home);
  for (const entry of entries) {
    if (entry.endsWith('/')) mkdirSync(join(home, entry));
    else writeFileSync(join(home, entry), '');
  }
  return home;
}

test('a new folder is the user’s alone, and what is made in it later', { skip }, () => {
  const home = join(folder, 'new', 'home');
  keepStatePrivate(home);
  writeFileSync(join(home, 'lab.pid'), '');
  mkdirSync(join(home, 'logs'));
  assert.deepEqual(
    [modeOf(home), modeOf(join(home, 'lab.pid')), modeOf(join(home, 'logs'))],
    ['700', '600', '700'],
  );
});

test('what an older lab left open is closed: databases, keys, logs', { skip }, () => {
  const entries = [
    'xray.sqlite',
    'xray.sqlite-wal',
    'progress.sqlite',
    'identities.json',
    'lab.pid',
    'logs/',
  ];
  const home = openHome('older', entries);
  keepStatePrivate(home);
  assert.equal(modeOf(home), '700');
  assert.deepEqual(
    entries.map((name) => modeOf(join(home, name))),
    ['600', '600', '600', '600', '600', '700'],
  );
});

test('a program keeps its right to be run', { skip }, () => {
  const home = openHome('program', ['logs/', 'run']);
  chmodSync(join(home, 'run'), 0o755);
  keepStatePrivate(home);
  assert.equal(modeOf(join(home, 'run')), '700');
});

test('a folder that is not a lab’s stays as it is, and so does what a link leads to', { skip }, () => {
  const other = openHome('other', ['letter.txt']);
  keepStatePrivate(other);
  assert.deepEqual([modeOf(other), modeOf(join(other, 'letter.txt'))], ['755', '644']);

  const home = openHome('linked', ['xray.sqlite']);
  symlinkSync(join(other, 'letter.txt'), join(home, 'link'));
  keepStatePrivate(home);
  assert.equal(modeOf(join(other, 'letter.txt')), '644');
});
