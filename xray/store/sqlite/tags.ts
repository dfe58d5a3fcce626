import type { DatabaseSync } from 'node:sqlite';
import type { TagStore } from '../store.ts';
import { transaction } from './transaction.ts';

export function sqliteTags(database: DatabaseSync): TagStore {
  const select = database.prepare('SELECT key, value FROM tags WHERE resource_arn = ? ORDER BY key');
  const write = database.prepare('INSERT OR REPLACE INTO tags (resource_arn, key, value) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM tags WHERE resource_arn = ? AND key = ?');
  const removeAll = database.prepare('DELETE FROM tags WHERE resource_arn = ?');

  return {
    list: (resourceArn) =>
      select.all(resourceArn).map((row) => ({ key: row['key'] as string, value: row['value'] as string })),

    add(resourceArn, tags) {
      transaction(database, () => {
        for (const [key, value] of Object.entries(tags)) write.run(resourceArn, key, value);
      });
    },

    delete(resourceArn, keys) {
      transaction(database, () => {
        for (const key of keys) remove.run(resourceArn, key);
      });
    },

    clear: (resourceArn) => void removeAll.run(resourceArn),
  };
}
