import type { DatabaseSync } from 'node:sqlite';
import type { SamplingReportStore } from '../store.ts';
import { transaction } from './transaction.ts';

/** X-Ray sums the reports of a rule over windows of 10 seconds. */
const windowSeconds = 10;

export interface SqliteSamplingReports extends SamplingReportStore {
  forget(before: number): void;
}

export function sqliteSamplingReports(database: DatabaseSync): SqliteSamplingReports {
  const addToWindow = database.prepare(`
    INSERT INTO sampling_statistics (rule_name, window_start, request_count, sampled_count, borrow_count)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      request_count = request_count + excluded.request_count,
      sampled_count = sampled_count + excluded.sampled_count,
      borrow_count = borrow_count + excluded.borrow_count`);
  const seeClient = database.prepare(`
    INSERT INTO sampling_clients (rule_name, client_id, first_report, last_report) VALUES (?1, ?2, ?3, ?3)
    ON CONFLICT DO UPDATE SET
      first_report = iif(last_report < ?4, excluded.first_report, first_report),
      last_report = excluded.last_report`);
  const selectClients = database.prepare(`
    SELECT client_id FROM sampling_clients WHERE rule_name = ? AND last_report >= ?
    ORDER BY first_report, client_id`);
  const selectLatest = database.prepare(
    'SELECT coalesce(max(last_report), 0) AS latest FROM sampling_clients WHERE rule_name = ?',
  );
  const selectGrant = database.prepare(
    'SELECT quota, quota_until FROM sampling_clients WHERE rule_name = ? AND client_id = ?',
  );
  const sumHeld = database.prepare(`
    SELECT coalesce(sum(quota), 0) AS held FROM sampling_clients
    WHERE rule_name = ? AND client_id <> ? AND last_report >= ?`);
  const writeGrant = database.prepare(
    'UPDATE sampling_clients SET quota = ?, quota_until = ? WHERE rule_name = ? AND client_id = ?',
  );
  const selectBoost = database.prepare('SELECT started_at, rate FROM sampling_boosts WHERE rule_name = ?');
  const writeBoost = database.prepare('INSERT OR REPLACE INTO sampling_boosts VALUES (?, ?, ?)');
  const selectStatistics = database.prepare(`
    SELECT rule_name, window_start, request_count, sampled_count, borrow_count FROM sampling_statistics
    WHERE window_start >= ? ORDER BY window_start DESC, rule_name`);
  const forgetStatistics = database.prepare('DELETE FROM sampling_statistics WHERE window_start < ?');
  const forgetClients = database.prepare('DELETE FROM sampling_clients WHERE last_report < ?');

  return {
    add(report, receivedAt, activeSince) {
      const windowStart = Math.floor(report.timestamp / windowSeconds) * windowSeconds;
      transaction(database, () => {
        addToWindow.run(
          report.ruleName,
          windowStart,
          report.requestCount,
          report.sampledCount,
          report.borrowCount,
        );
        seeClient.run(report.ruleName, report.clientId, receivedAt, activeSince);
      });
    },

    activeClients: (ruleName, since) =>
      selectClients.all(ruleName, since).map((row) => row['client_id'] as string),

    latestReport: (ruleName) => selectLatest.get(ruleName)?.['latest'] as number,

    grant(ruleName, clientId) {
      const row = selectGrant.get(ruleName, clientId);
      return row && { quota: row['quota'] as number, until: row['quota_until'] as number };
    },

    heldByOthers: (ruleName, clientId, since) => sumHeld.get(ruleName, clientId, since)?.['held'] as number,

    setGrant: (ruleName, clientId, { quota, until }) => void writeGrant.run(quota, until, ruleName, clientId),

    boost(ruleName) {
      const row = selectBoost.get(ruleName);
      return row && { startedAt: row['started_at'] as number, rate: row['rate'] as number };
    },

    setBoost: (ruleName, { startedAt, rate }) => void writeBoost.run(ruleName, startedAt, rate),

    statistics: (since) =>
      selectStatistics.all(since).map((row) => ({
        ruleName: row['rule_name'] as string,
        timestamp: row['window_start'] as number,
        requestCount: row['request_count'] as number,
        sampledCount: row['sampled_count'] as number,
        borrowCount: row['borrow_count'] as number,
      })),

    forget(before) {
      forgetStatistics.run(before);
      forgetClients.run(before);
    },
  };
}
