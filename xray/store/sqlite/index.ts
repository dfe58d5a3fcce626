import type { DatabaseSync } from 'node:sqlite';
import type { Store } from '../store.ts';
import { sqliteArrivals } from './arrivals.ts';
import { sqliteFreePages } from './free-pages.ts';
import { sqliteGroups } from './groups.ts';
import { closeDatabase } from './in-place.ts';
import { sqliteInsights } from './insights.ts';
import { explainFailure, openDatabase, unusable } from './open.ts';
import { sqliteResourcePolicies } from './resource-policies.ts';
import { sqliteRetrievals } from './retrievals.ts';
import { sqliteSamplingReports } from './sampling-reports.ts';
import { sqliteSamplingRules } from './sampling-rules.ts';
import { sqliteSettings } from './settings.ts';
import { sqliteTags } from './tags.ts';
import { sqliteTelemetry } from './telemetry.ts';
import { sqliteTraces } from './traces.ts';

/**
 * The store on `node:sqlite`, in a file or, for tests, in `:memory:`. One process owns a file at a time.
 * Throws StoreUnusable when the file cannot be used.
 * @param onNotice told, in one sentence, what was lost when the file can be used all the same
 * @param storeBytes documents that retention will leave in it, which bounds the memory for their digests
 */
export function openStore(path: string, onNotice?: (sentence: string) => void, storeBytes?: number): Store {
  const database = openDatabase(path, onNotice);
  try {
    return storeOn(database, path, storeBytes);
  } catch (error) {
    closeDatabase(database);
    throw unusable(path, error);
  }
}

function storeOn(database: DatabaseSync, path: string, storeBytes?: number): Store {
  const traces = sqliteTraces(database, storeBytes);
  const samplingReports = sqliteSamplingReports(database);
  const telemetry = sqliteTelemetry(database);
  const insights = sqliteInsights(database);
  const retrievals = sqliteRetrievals(database);
  const freePages = sqliteFreePages(database);

  return {
    traces,
    arrivals: sqliteArrivals(database, traces),
    samplingRules: sqliteSamplingRules(database),
    samplingReports,
    telemetry,
    groups: sqliteGroups(database),
    tags: sqliteTags(database),
    resourcePolicies: sqliteResourcePolicies(database),
    settings: sqliteSettings(database),
    insights,
    retrievals,

    forgetSlice(limits) {
      samplingReports.forget(limits.before);
      telemetry.forget(limits.before);
      insights.forget(limits.before);
      retrievals.forget(limits.before);
      return traces.forgetSlice(limits) || freePages.giveBackSlice();
    },

    explain: (error) => explainFailure(path, error),
    indexSlice: traces.indexSlice,

    close: () => closeDatabase(database),
  };
}
