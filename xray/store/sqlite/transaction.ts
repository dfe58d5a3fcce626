import type { DatabaseSync } from 'node:sqlite';
import { assertInPlace } from './in-place.ts';

const waiting = new WeakMap<DatabaseSync, (() => void)[]>();

/**
 * Runs `work` in one transaction: all of it is kept, or, when it throws, nothing. Inside another transaction it is a part
 * of that one.
 */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  const effects: (() => void)[] = [];
  waiting.set(database, effects);
  database.exec('BEGIN IMMEDIATE');
  let result: Result;
  try {
    result = work();
    database.exec('COMMIT');
    assertInPlace(database);
  } catch (error) {
    // A full disk makes SQLite roll back by itself; asking again would hide the reason.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
  for (const effect of effects) effect();
  return result;
}

/**
 * For what is remembered in memory about what was written: done once the outermost transaction is committed, and not at
 * all when it fails; at once outside of any.
 */
export function afterCommit(database: DatabaseSync, effect: () => void): void {
  if (database.isTransaction) waiting.get(database)?.push(effect);
  else effect();
}
