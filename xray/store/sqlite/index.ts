import type { Store } from '../store.ts';
import { sqliteGroups } from './groups.ts';
import { openDatabase } from './open.ts';
import { sqliteResourcePolicies } from './resource-policies.ts';
import { sqliteSamplingReports } from './sampling-reports.ts';
import { sqliteSamplingRules } from './sampling-rules.ts';
import { sqliteSettings } from './settings.ts';
import { sqliteTags } from './tags.ts';
import { sqliteTelemetry } from './telemetry.ts';
import { sqliteTraces } from './traces.ts';

/**
 * The store on `node:sqlite`, in a file or, for tests, in `:memory:`. One process owns a file at a time.
 * Throws StoreUnusable when the file cannot be used.
 */
export function openStore(path: string): Store {
  const database = openDatabase(path);
  const traces = sqliteTraces(database);
  const samplingReports = sqliteSamplingReports(database);
  const telemetry = sqliteTelemetry(database);

  return {
    traces,
    samplingRules: sqliteSamplingRules(database),
    samplingReports,
    telemetry,
    groups: sqliteGroups(database),
    tags: sqliteTags(database),
    resourcePolicies: sqliteResourcePolicies(database),
    settings: sqliteSettings(database),

    forgetSlice(limits) {
      samplingReports.forget(limits.before);
      telemetry.forget(limits.before);
      return traces.forgetSlice(limits);
    },

    close: () => database.close(),
  };
}
