import type { DatabaseSync } from 'node:sqlite';
import type { ResourcePolicyStore, StoredResourcePolicy } from '../store.ts';

export function sqliteResourcePolicies(database: DatabaseSync): ResourcePolicyStore {
  const columns = 'name, document, revision, updated_at';
  const select = database.prepare(`SELECT ${columns} FROM resource_policies WHERE name = ?`);
  const selectAll = database.prepare(`SELECT ${columns} FROM resource_policies ORDER BY name`);
  const write = database.prepare(`INSERT OR REPLACE INTO resource_policies (${columns}) VALUES (?, ?, ?, ?)`);
  const remove = database.prepare('DELETE FROM resource_policies WHERE name = ?');

  return {
    get(name) {
      const row = select.get(name);
      return row && stored(row);
    },

    list: () => selectAll.all().map(stored),

    set: ({ name, document, revision, updatedAt }) => void write.run(name, document, revision, updatedAt),

    delete: (name) => void remove.run(name),
  };
}

function stored(row: Record<string, unknown>): StoredResourcePolicy {
  return {
    name: row['name'] as string,
    document: row['document'] as string,
    revision: row['revision'] as number,
    updatedAt: row['updated_at'] as number,
  };
}
