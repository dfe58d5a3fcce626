import { openProgressFile } from './file.ts';
import { progressTrouble } from './trouble.ts';

/** What is remembered: one JSON document per lab, per quiz attempt and per setting. */
export type DocumentKind = 'lab' | 'quiz' | 'setting';

export interface StoredDocument {
  id: string;
  /** Epoch seconds. */
  updatedAt: number;
  value: unknown;
}

/**
 * The learner's progress on disk. Every change is durable when the call returns; one that throws has changed nothing. What goes wrong
 * with the file or its disk is a ProgressUnusable.
 */
export interface ProgressStore {
  get(kind: DocumentKind, id: string): unknown;
  put(kind: DocumentKind, id: string, value: unknown): void;
  remove(kind: DocumentKind, id: string): void;
  /** In the order of first writing. */
  all(kind: DocumentKind): StoredDocument[];
  /** The same, each read when it is asked for: many large ones take turns with other work. */
  each(kind: DocumentKind): Iterable<StoredDocument>;
  /** The one of `all` that was first written last; of the others nothing is read. */
  last(kind: DocumentKind): StoredDocument | undefined;
  /** Resolves to how many there were. */
  clear(kind: DocumentKind): number;
  /** All or nothing: what `change` writes is undone when it throws. */
  together(change: () => void): void;
  close(): void;
}

/**
 * Opens (or makes) the progress database. Throws a ProgressUnusable, which names the file and the remedy.
 *
 * @param path `$LAB_HOME/progress.sqlite`, or `:memory:`.
 * @param now Epoch seconds.
 */
export function openProgressStore(path: string, now: () => number): ProgressStore {
  const database = openProgressFile(path);
  const get = database.prepare('SELECT value FROM document WHERE kind = ? AND id = ?');
  const put = database.prepare(`
    INSERT INTO document (kind, id, updated_at, value) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET updated_at = excluded.updated_at, value = excluded.value
  `);
  const remove = database.prepare('DELETE FROM document WHERE kind = ? AND id = ?');
  const all = database.prepare('SELECT id, updated_at, value FROM document WHERE kind = ? ORDER BY rowid');
  // `+kind`: by rowid from the end, not by the key of the table, which would sort them all.
  const last = database.prepare(
    'SELECT id, updated_at, value FROM document WHERE +kind = ? ORDER BY rowid DESC LIMIT 1',
  );
  const clear = database.prepare('DELETE FROM document WHERE kind = ?');

  function inWords<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw progressTrouble(path, error) ?? error;
    }
  }

  return {
    get: (kind, id) =>
      inWords(() => {
        const row = get.get(kind, id) as { value: string } | undefined;
        return row && (JSON.parse(row.value) as unknown);
      }),
    put: (kind, id, value) => inWords(() => void put.run(kind, id, now(), JSON.stringify(value))),
    remove: (kind, id) => inWords(() => void remove.run(kind, id)),
    all: (kind) => inWords(() => (all.all(kind) as unknown as Row[]).map(asDocument)),
    each: (kind) => eachDocument(inWords(() => all.all(kind) as unknown as Row[])),
    last: (kind) =>
      inWords(() => {
        const row = last.get(kind) as Row | undefined;
        return row && asDocument(row);
      }),
    clear: (kind) => inWords(() => Number(clear.run(kind).changes)),
    together(change) {
      inWords(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          change();
          database.exec('COMMIT');
        } catch (error) {
          // On a full disk SQLite has undone it by itself.
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      });
    },
    close: () => database.close(),
  };
}

function* eachDocument(rows: readonly Row[]): Generator<StoredDocument> {
  for (const row of rows) yield asDocument(row);
}

interface Row {
  id: string;
  updated_at: number;
  value: string;
}

const asDocument = ({ id, updated_at: updatedAt, value }: Row): StoredDocument => ({
  id,
  updatedAt,
  value: JSON.parse(value) as unknown,
});
