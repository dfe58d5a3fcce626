import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { sqliteFreePages } from './free-pages.ts';
import { openDatabase } from './open.ts';
import { closeDatabase } from './in-place.ts';

const folder = mkdtempSync(join(tmpdir(), 'xray-free-pages-'));
after(() => rmSync(folder, { recursive: true }));

const megabyte = 1024 ** 2;

function fill(database: DatabaseSync, megabytes: number): void {
  database.exec('CREATE TABLE IF NOT EXISTS bulk (number INTEGER PRIMARY KEY, bytes BLOB)');
  const insert = database.prepare('INSERT INTO bulk (bytes) VALUES (zeroblob(1048576))');
  for (let count = 0; count < megabytes; count++) insert.run();
}

const sizeOf = (database: DatabaseSync) =>
  Number(database.prepare('PRAGMA page_count').get()!['page_count']) * 4096;

test('a file shrinks by slices after much was deleted, down to what is kept for new traces, and then no more', () => {
  const database = openDatabase(join(folder, 'shrinks.sqlite'));
  fill(database, 160);
  database.exec('DELETE FROM bulk WHERE number > 10');
  const pages = sqliteFreePages(database);
  const before = sizeOf(database);
  let slices = 0;
  while (pages.giveBackSlice()) {
    slices++;
    assert.ok(before - sizeOf(database) <= slices * 2 * megabyte, 'a slice is small');
  }
  assert.ok(slices > 10);
  assert.ok(sizeOf(database) < 80 * megabyte, `${sizeOf(database) / megabyte} MB`);
  assert.equal(pages.giveBackSlice(), false);
  assert.equal(database.prepare('SELECT count(*) AS count FROM bulk').get()!['count'], 10);
  closeDatabase(database);
  assert.ok(statSync(join(folder, 'shrinks.sqlite')).size < 80 * megabyte);
});

test('free pages are filled again: as much deleted as written leaves the file as it is', () => {
  const database = openDatabase(join(folder, 'steady.sqlite'));
  fill(database, 20);
  const before = sizeOf(database);
  for (let round = 0; round < 10; round++) {
    database.exec('DELETE FROM bulk WHERE number IN (SELECT number FROM bulk ORDER BY number LIMIT 5)');
    fill(database, 5);
    sqliteFreePages(database).giveBackSlice();
  }
  assert.ok(sizeOf(database) - before <= megabyte);
  closeDatabase(database);
});

test('a file made before files could shrink is left as it is', () => {
  const database = new DatabaseSync(':memory:');
  assert.equal(sqliteFreePages(database).giveBackSlice(), false);
  database.close();
});
