/** A progress file that can't be used is named at the start, with what to do. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  chmodSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { lookAtProgress, putProgressAside } from './file.ts';
import { openProgressStore } from './store.ts';

const now = () => 5;
const ANEW = 'To begin with fresh progress and keep this file beside it: npm start -- --fresh-progress';

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'lab-progress-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A closed file with an attempt for each of some pages. */
function written(folder: string): string {
  const path = join(folder, 'progress.sqlite');
  const store = openProgressStore(path, now);
  for (let number = 0; number < 50; number++)
    store.put('quiz', `q${number}`, { id: `q${number}`, text: 'x'.repeat(3000) });
  store.close();
  return path;
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

const noise = Buffer.alloc(4096, 0xa5);
const change = (path: string, sql: string) => {
  const database = new DatabaseSync(path, { enableDoubleQuotedStringLiterals: true });
  database.exec(sql);
  database.close();
};

const damages: { name: string; damage(path: string): void; says: string; remedy: string }[] = [
  {
    name: 'text in its place',
    damage: (path) => writeFileSync(path, 'no database '.repeat(500)),
    says: 'it is not a database',
    remedy: ANEW,
  },
  {
    name: 'its second half cut off',
    damage: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
    says: 'it is damaged',
    remedy: ANEW,
  },
  {
    name: 'every page but the first overwritten',
    damage: (path) => {
      for (let at = 4096; at < statSync(path).size; at += 4096) overwrite(path, at, noise);
    },
    says: 'it is damaged',
    remedy: ANEW,
  },
  {
    name: 'another table under its table’s name',
    damage: (path) => change(path, 'DROP TABLE document; CREATE TABLE document (a, b)'),
    says: 'it is damaged',
    remedy: ANEW,
  },
  {
    name: 'a schema that SQLite can’t read',
    damage: (path) => {
      const bytes = readFileSync(path);
      overwrite(path, bytes.indexOf('CREATE TABLE'), Buffer.from('CREATX'));
    },
    says: 'it is damaged',
    remedy: ANEW,
  },
  {
    name: 'a document that is no JSON',
    damage: (path) => change(path, `UPDATE document SET value = '{' WHERE id = 'q7'`),
    says: 'it is damaged',
    remedy: ANEW,
  },
  {
    name: 'the schema of a newer lab',
    damage: (path) => change(path, 'PRAGMA user_version = 2'),
    says: 'a newer version of X-Ray Lab wrote it',
    remedy: `Update X-Ray Lab. ${ANEW}`,
  },
  {
    name: 'a folder in its place',
    damage: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    says: 'its path is a folder, or its folder may not be written',
    remedy: `Change permissions. ${ANEW}`,
  },
];

for (const { name, damage, says, remedy } of damages) {
  test(`${name}: the start names the file and the remedy`, (context) => {
    const path = written(folderFor(context));
    damage(path);
    const expected = { message: `Your progress (${path}) cannot be used: ${says}.`, remedy };
    assert.throws(() => openProgressStore(path, now), expected);
    const seen = lookAtProgress(path);
    assert.deepEqual({ message: seen?.message, remedy: seen?.remedy }, expected);
  });
}

test('a file that may not be written: the start names it and the remedy', (context) => {
  const folder = folderFor(context);
  const path = written(folder);
  chmodSync(folder, 0o755);
  chmodSync(path, 0o444);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(65_534);
  try {
    assert.throws(() => openProgressStore(path, now), {
      message: `Your progress (${path}) cannot be used: it may not be written.`,
      remedy: 'Change its permissions and those of its folder.',
    });
  } finally {
    if (isRoot) process.seteuid!(0);
  }
});

test('a file as an older lab left it is opened, and nothing is lost', (context) => {
  const path = written(folderFor(context));
  change(path, 'PRAGMA user_version = 0');
  assert.equal(lookAtProgress(path), undefined);
  const store = openProgressStore(path, now);
  assert.equal(store.all('quiz').length, 50);
  store.close();
});

test('looking makes no file', (context) => {
  const path = join(folderFor(context), 'progress.sqlite');
  assert.equal(lookAtProgress(path), undefined);
  assert.equal(existsSync(path), false);
});

test('a file put aside is whole, two of a second are both kept, and the next start has none', (context) => {
  const path = written(folderFor(context));
  const time = new Date('2026-12-01T09:30:05.123Z');
  const first = putProgressAside(path, time);
  assert.equal(first, `${path}.kept-2026-12-01T09-30-05Z`);
  assert.equal(lookAtProgress(path), undefined);
  const kept = openProgressStore(first, now);
  assert.equal(kept.all('quiz').length, 50);
  kept.close();
  openProgressStore(path, now).close();
  assert.equal(putProgressAside(path, time), `${path}.kept-2026-12-01T09-30-05Z-2`);
  assert.equal(putProgressAside(path, time), undefined);
});

test('the last document is the one that was first written last, and no other one is read', () => {
  const store = openProgressStore(':memory:', now);
  for (const id of ['one', 'two', 'three']) store.put('quiz', id, { id });
  store.put('quiz', 'one', { id: 'one', again: true });
  store.put('setting', 'a', 1);
  assert.deepEqual(store.last('quiz'), { id: 'three', updatedAt: 5, value: { id: 'three' } });
  assert.equal(store.last('lab'), undefined);
  store.close();
});
