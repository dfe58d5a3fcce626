import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ProgressFromTheFuture, ProgressUnusable, progressTrouble } from './trouble.ts';

/** Of the tables below. A file with a higher one was written by a newer lab. */
const SCHEMA_VERSION = 1;

/**
 * Opens the progress database, made when missing, and looks through all of it: damage is told at the start and not at the answer
 * that meets it. Throws a ProgressUnusable.
 */
export function openProgressFile(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path);
    database.exec('PRAGMA busy_timeout = 2000');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > SCHEMA_VERSION) throw new ProgressFromTheFuture();
    database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS document (
        kind TEXT NOT NULL, id TEXT NOT NULL, updated_at REAL NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (kind, id)
      );
    `);
    if (version < SCHEMA_VERSION) database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    // A file that may not be written is told now.
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    refuseDamage(path, database);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw progressTrouble(path, error) ?? error;
  }
}

function refuseDamage(path: string, database: DatabaseSync): void {
  const [check] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  const isWhole =
    check?.quick_check === 'ok' &&
    database.prepare('SELECT 1 FROM document WHERE NOT json_valid(value) LIMIT 1').get() === undefined;
  if (isWhole) return;
  throw progressTrouble(path, new SyntaxError('damaged'))!;
}

/** What is wrong with a progress file, without making one where there is none; undefined when nothing is. */
export function lookAtProgress(path: string): ProgressUnusable | undefined {
  if (path === ':memory:' || !existsSync(path)) return undefined;
  try {
    openProgressFile(path).close();
    return undefined;
  } catch (error) {
    return error instanceof ProgressUnusable ? error : undefined;
  }
}

/**
 * Moves a progress file away, with what belongs to it, so that the next start makes a new one. Returns where it is now; undefined
 * when there was none.
 * @param time of day, for its name
 */
export function putProgressAside(path: string, time: Date): string | undefined {
  if (!existsSync(path)) return undefined;
  const stamp = time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  let aside = `${path}.kept-${stamp}`;
  for (let next = 2; existsSync(aside); next++) aside = `${path}.kept-${stamp}-${next}`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}
