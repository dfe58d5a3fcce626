import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What is remembered: one JSON document per lab, per quiz attempt and per setting. */
export type DocumentKind = 'lab' | 'quiz' | 'setting';

export interface StoredDocument {
  id: string;
  /** Epoch seconds. */
  updatedAt: number;
  value: unknown;
}

/** The learner's progress on disk. Every change is durable when the call returns. */
export interface ProgressStore {
  get(kind: DocumentKind, id: string): unknown;
  put(kind: DocumentKind, id: string, value: unknown): void;
  remove(kind: DocumentKind, id: string): void;
  /** In the order of first writing. */
  all(kind: DocumentKind): StoredDocument[];
  /** Resolves to how many there were. */
  clear(kind: DocumentKind): number;
  /** All or nothing: what `change` writes is undone when it throws. */
  together(change: () => void): void;
  close(): void;
}

/**
 * Opens (or makes) the progress database.
 *
 * @param path `$LAB_HOME/progress.sqlite`, or `:memory:`.
 * @param now Epoch seconds.
 */
export function openProgressStore(path: string, now: () => number): ProgressStore {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA busy_timeout = 2000;
    CREATE TABLE IF NOT EXISTS document (
      kind TEXT NOT NULL, id TEXT NOT NULL, updated_at REAL NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    );
  `);
  const get = database.prepare('SELECT value FROM document WHERE kind = ? AND id = ?');
  const put = database.prepare(`
    INSERT INTO document (kind, id, updated_at, value) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET updated_at = excluded.updated_at, value = excluded.value
  `);
  const remove = database.prepare('DELETE FROM document WHERE kind = ? AND id = ?');
  const all = database.prepare('SELECT id, updated_at, value FROM document WHERE kind = ? ORDER BY rowid');
  const clear = database.prepare('DELETE FROM document WHERE kind = ?');

  return {
    get(kind, id) {
      const row = get.get(kind, id) as { value: string } | undefined;
      return row && (JSON.parse(row.value) as unknown);
    },
    put(kind, id, value) {
      put.run(kind, id, now(), JSON.stringify(value));
    },
    remove(kind, id) {
      remove.run(kind, id);
    },
    all(kind) {
      const rows = all.all(kind) as { id: string; updated_at: number; value: string }[];
      return rows.map((row) => ({
        id: row.id,
        updatedAt: row.updated_at,
        value: JSON.parse(row.value) as unknown,
      }));
    },
    clear: (kind) => Number(clear.run(kind).changes),
    together(change) {
      database.exec('BEGIN IMMEDIATE');
      try {
        change();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
