import type { DatabaseSync } from 'node:sqlite';
import type { GroupStore, StoredGroup } from '../store.ts';

export function sqliteGroups(database: DatabaseSync): GroupStore {
  const columns = 'name, arn, filters, insights_enabled, notifications_enabled';
  const select = database.prepare(`SELECT ${columns} FROM groups WHERE name = ?`);
  const selectAll = database.prepare(`SELECT ${columns} FROM groups ORDER BY name`);
  const write = database.prepare(`INSERT OR REPLACE INTO groups (${columns}) VALUES (?, ?, ?, ?, ?)`);
  const remove = database.prepare('DELETE FROM groups WHERE name = ?');

  return {
    get(name) {
      const row = select.get(name);
      return row && stored(row);
    },

    list: () => selectAll.all().map(stored),

    set({ name, arn, filters, insightsEnabled, notificationsEnabled }) {
      write.run(name, arn, JSON.stringify(filters), Number(insightsEnabled), Number(notificationsEnabled));
    },

    delete: (name) => void remove.run(name),
  };
}

function stored(row: Record<string, unknown>): StoredGroup {
  return {
    name: row['name'] as string,
    arn: row['arn'] as string,
    filters: JSON.parse(row['filters'] as string),
    insightsEnabled: row['insights_enabled'] === 1,
    notificationsEnabled: row['notifications_enabled'] === 1,
  };
}
