import type { DatabaseSync } from 'node:sqlite';
import type { SamplingRuleStore, StoredSamplingRule } from '../store.ts';
import { transaction } from './transaction.ts';

export function sqliteSamplingRules(database: DatabaseSync): SamplingRuleStore {
  const select = database.prepare('SELECT rule, created_at, modified_at FROM sampling_rules WHERE name = ?');
  const selectAll = database.prepare(
    'SELECT rule, created_at, modified_at FROM sampling_rules ORDER BY priority, name',
  );
  const write = database.prepare('INSERT OR REPLACE INTO sampling_rules VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM sampling_rules WHERE name = ?');
  const removeClients = database.prepare('DELETE FROM sampling_clients WHERE rule_name = ?');
  const removeBoost = database.prepare('DELETE FROM sampling_boosts WHERE rule_name = ?');
  const selectChange = database.prepare('SELECT last FROM sampling_rule_changes');
  const writeChange = database.prepare('UPDATE sampling_rule_changes SET last = max(last, ?)');

  return {
    has: (name) => select.get(name) !== undefined,

    get(name) {
      const row = select.get(name);
      return row && stored(row);
    },

    list: () => selectAll.all().map(stored),

    set(name, { rule, createdAt, modifiedAt }) {
      transaction(database, () => {
        write.run(name, rule.Priority, JSON.stringify(rule), createdAt, modifiedAt);
        writeChange.run(modifiedAt);
      });
    },

    delete(name, at) {
      transaction(database, () => {
        remove.run(name);
        removeClients.run(name);
        removeBoost.run(name);
        writeChange.run(at);
      });
    },

    get lastModification() {
      return selectChange.get()?.['last'] as number;
    },
  };
}

function stored(row: Record<string, unknown>): StoredSamplingRule {
  return {
    rule: JSON.parse(row['rule'] as string),
    createdAt: row['created_at'] as number,
    modifiedAt: row['modified_at'] as number,
  };
}
