import type { DatabaseSync } from 'node:sqlite';
import type { RetrievalStore } from '../store.ts';
import { transaction } from './transaction.ts';

export interface SqliteRetrievals extends RetrievalStore {
  forget(before: number): void;
}

export function sqliteRetrievals(database: DatabaseSync): SqliteRetrievals {
  const select = database.prepare('SELECT * FROM retrievals WHERE token = ?');
  const insert = database.prepare(
    'INSERT INTO retrievals (token, created_at, trace_ids, start_time, end_time) VALUES (?, ?, ?, ?, ?)',
  );
  const keepNewest = database.prepare(`
    DELETE FROM retrievals WHERE token IN
      (SELECT token FROM retrievals ORDER BY created_at DESC LIMIT -1 OFFSET ?)`);
  const update = database.prepare('UPDATE retrievals SET cancelled_at = ? WHERE token = ?');
  const remove = database.prepare('DELETE FROM retrievals WHERE created_at < ?');

  return {
    get(token) {
      const row = select.get(token);
      if (!row) return undefined;
      const cancelledAt = row['cancelled_at'] as number | null;
      return {
        token,
        createdAt: row['created_at'] as number,
        ...(cancelledAt !== null && { cancelledAt }),
        traceIds: JSON.parse(row['trace_ids'] as string) as string[],
        start: row['start_time'] as number,
        end: row['end_time'] as number,
      };
    },

    add({ token, createdAt, traceIds, start, end }, most) {
      transaction(database, () => {
        insert.run(token, createdAt, JSON.stringify(traceIds), start, end);
        keepNewest.run(most);
      });
    },

    cancel: (token, at) => void update.run(at, token),

    forget: (before) => void remove.run(before),
  };
}
