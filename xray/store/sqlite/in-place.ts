import { closeSync, fstatSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { StoreUnusable } from '../store.ts';

/**
 * A deleted file can still be written to by whoever has it open, and what is written is gone with the process. SQLite
 * does not notice in WAL mode, so we hold the files open too and ask whether they still have a name.
 */
interface WatchedFile {
  path: string;
  descriptor: number;
}

const watched = new WeakMap<DatabaseSync, WatchedFile[]>();

/**
 * Watches the database's file and its log from now on. Not before the database is open: closing any descriptor of a
 * file gives up the locks that this process has on it (POSIX), so it is done after the database was closed.
 */
export function watchFiles(database: DatabaseSync, path: string): void {
  const files = [path, `${path}-wal`].map((file) => ({ path: file, descriptor: openSync(file, 'r') }));
  watched.set(database, files);
}

/** Closes the database and lets go of its files. */
export function closeDatabase(database: DatabaseSync): void {
  database.close();
  for (const { descriptor } of watched.get(database) ?? []) closeSync(descriptor);
  watched.delete(database);
}

/** Throws StoreUnusable when the database's file, or its log, was deleted while it is in use. */
export function assertInPlace(database: DatabaseSync): void {
  for (const { path, descriptor } of watched.get(database) ?? []) {
    if (fstatSync(descriptor).nlink > 0) continue;
    throw new StoreUnusable(
      `X-Ray's store ${path} was deleted while X-Ray was using it, so nothing can be kept any more. ` +
        'Start X-Ray again: it makes a new file.',
    );
  }
}
