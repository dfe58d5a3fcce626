import type { DatabaseSync } from 'node:sqlite';
import type { InsightStore, StoredInsight, StoredInsightEvent } from '../store.ts';
import { transaction } from './transaction.ts';

export interface SqliteInsights extends InsightStore {
  forget(before: number): void;
}

/** Active insights are written again with each interval, so that only those long closed are forgotten. */
export function sqliteInsights(database: DatabaseSync): SqliteInsights {
  const select = database.prepare('SELECT insight FROM insights WHERE id = ?');
  const selectInGroup = database.prepare(`
    SELECT number, insight FROM insights
    WHERE group_arn = ? AND number < ? AND start_time <= ? AND (end_time IS NULL OR end_time >= ?)
      AND (? IS NULL OR (end_time IS NULL) = ?)
    ORDER BY number DESC LIMIT ?`);
  const write = database.prepare(`
    INSERT INTO insights (id, group_arn, start_time, end_time, updated_at, insight) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      start_time = excluded.start_time, end_time = excluded.end_time,
      updated_at = excluded.updated_at, insight = excluded.insight`);
  const remove = database.prepare('DELETE FROM insights WHERE updated_at < ?');

  const selectEvents = database.prepare(`
    SELECT number, event FROM insight_events
    WHERE insight_id = ? AND number < ? ORDER BY number DESC LIMIT ?`);
  const writeEvent = database.prepare('INSERT INTO insight_events (insight_id, event) VALUES (?, ?)');
  const removeEvents = database.prepare(
    'DELETE FROM insight_events WHERE insight_id IN (SELECT id FROM insights WHERE updated_at < ?)',
  );

  const selectDetectors = database.prepare('SELECT group_arn, group_name, state FROM insight_detectors');
  const writeDetector = database.prepare(
    'INSERT OR REPLACE INTO insight_detectors (group_arn, group_name, state) VALUES (?, ?, ?)',
  );
  const removeDetector = database.prepare('DELETE FROM insight_detectors WHERE group_arn = ?');

  return {
    get(id) {
      const row = select.get(id);
      return row && (JSON.parse(row['insight'] as string) as StoredInsight);
    },

    list({ groupArn, isActive, start, end }, before = Number.MAX_SAFE_INTEGER, limit) {
      const active = isActive === undefined ? null : Number(isActive);
      return selectInGroup.all(groupArn, before, end, start, active, active, limit).map((row) => ({
        number: row['number'] as number,
        insight: JSON.parse(row['insight'] as string) as StoredInsight,
      }));
    },

    events: (id, before = Number.MAX_SAFE_INTEGER, limit) =>
      selectEvents.all(id, before, limit).map((row) => ({
        number: row['number'] as number,
        event: JSON.parse(row['event'] as string) as StoredInsightEvent,
      })),

    detectors: () =>
      selectDetectors.all().map((row) => ({
        groupArn: row['group_arn'] as string,
        groupName: row['group_name'] as string,
        state: JSON.parse(row['state'] as string) as object,
      })),

    record({ groupArn, groupName, state }, changes) {
      transaction(database, () => {
        if (state === undefined) removeDetector.run(groupArn);
        else writeDetector.run(groupArn, groupName, JSON.stringify(state));
        for (const { insight, event } of changes) {
          const { id, startTime, endTime = null, updatedAt } = insight;
          write.run(id, insight.groupArn, startTime, endTime, updatedAt, JSON.stringify(insight));
          if (event) writeEvent.run(id, JSON.stringify(event));
        }
      });
    },

    forget(before) {
      removeEvents.run(before);
      remove.run(before);
    },
  };
}
