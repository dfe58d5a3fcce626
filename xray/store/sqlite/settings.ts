import type { DatabaseSync } from 'node:sqlite';
import type { SettingStore } from '../store.ts';

export function sqliteSettings(database: DatabaseSync): SettingStore {
  const select = database.prepare('SELECT value FROM settings WHERE name = ?');
  const write = database.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)');

  return {
    get(name) {
      const row = select.get(name);
      return row && JSON.parse(row['value'] as string);
    },

    set: (name, value) => void write.run(name, JSON.stringify(value)),
  };
}
