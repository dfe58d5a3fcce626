import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnusable } from '../store.ts';
import { migrate, SchemaFromTheFuture } from './migrations.ts';

/**
 * Opens the database file, made when missing, with the newest schema; `:memory:` for tests.
 * Throws StoreUnusable, whose message names the file and the remedy.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path);
    database.exec(settings);
    migrate(database);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw new StoreUnusable(`X-Ray's store ${path} cannot be opened: ${causeAndRemedy(error)}`);
  }
}

// WAL + NORMAL: a commit is one write() into the log, without an fsync. Written bytes belong to the operating system,
// so they outlive the process however it dies (kill -9 is what the tests do); only a power cut can cost the last
// moments before it, and never the file's consistency. FULL would fsync each call and allow a few hundred per second.
// EXCLUSIVE: the cache of assembled traces is right only while nobody else writes.
const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
`;

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const remedies: Readonly<Record<number, string>> = {
  5: 'another process is using it. Stop that one, or give this one its own file in XRAY_STORE.',
  8: 'it may not be written. Change its permissions, or name another file in XRAY_STORE.',
  10: 'reading or writing it failed. Check the disk, or name a file on another one in XRAY_STORE.',
  11: 'it is damaged. Move it away (a new one is made at the next start), or name another file in XRAY_STORE.',
  13: 'the disk is full. Free some space, or name a file on another disk in XRAY_STORE.',
  14: 'its folder may not be written, or the path is a folder. Change permissions, or name another file in XRAY_STORE.',
  26: 'it is not a SQLite file. Move it away (a new one is made at the next start), or name another file in XRAY_STORE.',
};

function causeAndRemedy(error: unknown): string {
  if (error instanceof SchemaFromTheFuture) {
    return 'a newer version of X-Ray Lab wrote it. Update X-Ray Lab, or name another file in XRAY_STORE.';
  }
  const { errcode, message } = error as { errcode?: number; message: string };
  // Extended codes keep the primary one in their low byte.
  const remedy = errcode === undefined ? undefined : remedies[errcode & 0xff];
  return remedy ?? `${message}. Name a file in a folder you can write in XRAY_STORE.`;
}
