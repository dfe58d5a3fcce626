import { mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnusable } from '../store.ts';
import { closeDatabase, watchFiles } from './in-place.ts';
import { migrate, SchemaFromTheFuture } from './migrations.ts';
import { damageOf } from './write-ahead-log.ts';

/**
 * Opens the database file, made when missing, with the newest schema; `:memory:` for tests.
 * Throws StoreUnusable, whose message names the file and the remedy.
 * @param onNotice told, in one sentence, what was lost when the file can be used all the same
 */
export function openDatabase(path: string, onNotice: (sentence: string) => void = () => {}): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path === ':memory:') return inMemory();
    mkdirSync(dirname(path), { recursive: true });
    const log = `${path}-wal`;
    const isNew = sizeOf(path) === undefined && sizeOf(log) === undefined;
    const isGone = !isNew && (sizeOf(path) ?? 0) === 0;
    const damage = isGone ? undefined : damageOf(log);
    database = new DatabaseSync(path);
    database.exec(settings);
    if (isGone) {
      onNotice(
        `X-Ray's store ${path} was empty or missing: what it held is lost. A new one is made in its place.`,
      );
    }
    if (damage) {
      // Only now is it certain that no other process is at work on these files.
      writeFileSync(`${log}.damaged`, damage.log);
      onNotice(
        `X-Ray's store ${path} was damaged: of the last ${damage.pages} pages written to ${log} before the stop, ` +
          `${damage.lost} cannot be read, and the documents in them are lost. What can be read is used; a copy of the damaged log is kept as ${log}.damaged.`,
      );
    }
    migrate(database);
    watchFiles(database, path);
    return database;
  } catch (error) {
    if (database?.isOpen) closeDatabase(database);
    throw unusable(path, error);
  }
}

/** What an error at the opening of a store is told as. */
export const unusable = (path: string, error: unknown): StoreUnusable =>
  new StoreUnusable(`X-Ray's store ${path} cannot be opened: ${causeAndRemedy(path, error)}`);

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size;

function inMemory(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(settings);
  migrate(database);
  return database;
}

/** One sentence for an error of the store while it was in use; undefined for any other error. */
export function explainFailure(path: string, error: unknown): string | undefined {
  if (error instanceof StoreUnusable) return error.message;
  const { code } = error as { code?: unknown };
  if (code !== 'ERR_SQLITE_ERROR') return undefined;
  return `X-Ray's store ${path} failed: ${causeAndRemedy(path, error)}`;
}

// auto_vacuum comes first: it has to be set before anything is written.
// WAL + NORMAL: a commit is one write() into the log, without an fsync. Written bytes belong to the operating system,
// so they outlive the process however it dies (kill -9 is what the tests do); only a power cut can cost the last
// moments before it, and never the file's consistency. FULL would fsync each call and allow a few hundred per second.
// EXCLUSIVE: the cache of assembled traces is right only while nobody else writes.
// cell_size_check: a damaged page is noticed when it is read, before its numbers are believed.
const settings = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA journal_size_limit = 16777216;
  PRAGMA cell_size_check = ON;
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

/** The same, for what the system said when the folder was made. */
const systemErrors: Readonly<Record<string, number>> = {
  EACCES: 14,
  EPERM: 14,
  EROFS: 14,
  EEXIST: 14,
  ENOTDIR: 14,
  ENOSPC: 13,
  EDQUOT: 13,
};

/** Tables or columns that should be there are not: SQLite's words for a schema that was overwritten or cut off. */
const schemaIsGone = /^(no such (table|column)|malformed database schema)/;

function causeAndRemedy(path: string, error: unknown): string {
  if (error instanceof SchemaFromTheFuture) {
    return 'a newer version of X-Ray Lab wrote it. Update X-Ray Lab, or name another file in XRAY_STORE.';
  }
  const { errcode, code, message } = error as { errcode?: number; code?: string; message: string };
  // Extended codes keep the primary one in their low byte.
  const primary = errcode === undefined ? systemErrors[code ?? ''] : errcode & 0xff;
  const result = (primary === 10 || primary === 14) && isFull(path) ? 13 : primary;
  const remedy = result === undefined ? undefined : remedies[schemaIsGone.test(message) ? 11 : result];
  return remedy ?? `${message}. Name a file in a folder you can write in XRAY_STORE.`;
}

/** Less than this is a full disk: SQLite can't make the index of its write-ahead log, and calls that a failure of the disk. */
const ROOM_NEEDED_BYTES = 64 * 1024;

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < ROOM_NEEDED_BYTES;
  } catch {
    return false;
  }
}
