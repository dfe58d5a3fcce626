import type { DatabaseSync } from 'node:sqlite';

/**
 * The schema, as the steps that made it. A step that has shipped is never edited; a change is a new step.
 * The number of a step is its place in the list, counted from 1.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE traces (
    number         INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    id_time        INTEGER NOT NULL,
    first_start    REAL    NOT NULL,
    last_end       REAL    NOT NULL,
    last_received  REAL    NOT NULL,
    documents      INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    limit_exceeded INTEGER NOT NULL
  );
  -- Holds every column a listing asks for, so that listing never touches the table.
  CREATE INDEX traces_by_time ON traces (id_time, number, first_start, last_end, id);
  CREATE INDEX traces_by_receipt ON traces (last_received);

  -- One row per accepted document. The key is the trace's number times 65536, plus the document's number in its
  -- trace: a trace is one short range scan, and new documents land near the end of the file.
  CREATE TABLE documents (
    key  INTEGER PRIMARY KEY,
    json TEXT NOT NULL
  );

  CREATE TABLE sampling_rules (
    name        TEXT PRIMARY KEY,
    priority    INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    created_at  REAL NOT NULL,
    modified_at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE sampling_rule_changes (last REAL NOT NULL);
  INSERT INTO sampling_rule_changes VALUES (0);

  CREATE TABLE sampling_statistics (
    rule_name     TEXT    NOT NULL,
    window_start  INTEGER NOT NULL,
    request_count INTEGER NOT NULL,
    sampled_count INTEGER NOT NULL,
    borrow_count  INTEGER NOT NULL,
    PRIMARY KEY (window_start, rule_name)
  ) WITHOUT ROWID;

  CREATE TABLE sampling_clients (
    rule_name    TEXT NOT NULL,
    client_id    TEXT NOT NULL,
    first_report REAL NOT NULL,
    last_report  REAL NOT NULL,
    PRIMARY KEY (rule_name, client_id)
  ) WITHOUT ROWID;

  CREATE TABLE telemetry (
    number          INTEGER PRIMARY KEY,
    received_at     REAL NOT NULL,
    ec2_instance_id TEXT NOT NULL,
    hostname        TEXT NOT NULL,
    resource_arn    TEXT NOT NULL,
    record          TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE groups (
    name                  TEXT    PRIMARY KEY,
    arn                   TEXT    NOT NULL,
    filters               TEXT    NOT NULL,
    insights_enabled      INTEGER NOT NULL,
    notifications_enabled INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE tags (
    resource_arn TEXT NOT NULL,
    key          TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (resource_arn, key)
  ) WITHOUT ROWID;

  CREATE TABLE resource_policies (
    name       TEXT    PRIMARY KEY,
    document   TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    updated_at REAL    NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- Calls of PutTraceSegments that reads do not see yet (XRAY_VISIBILITY_DELAY), in order of receipt.
  CREATE TABLE arrivals (
    number      INTEGER PRIMARY KEY,
    received_at REAL NOT NULL,
    documents   TEXT NOT NULL
  );
  `,
  `
  -- The part of a rule's reservoir that a client holds, and until when.
  ALTER TABLE sampling_clients ADD COLUMN quota INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sampling_clients ADD COLUMN quota_until REAL NOT NULL DEFAULT 0;

  CREATE TABLE sampling_boosts (
    rule_name  TEXT PRIMARY KEY,
    started_at REAL NOT NULL,
    rate       REAL NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- The digests of 256 traces with consecutive numbers, and of how many documents they were made. They can always be
  -- made anew from the documents.
  CREATE TABLE digests (
    block     INTEGER PRIMARY KEY,
    documents INTEGER NOT NULL,
    bytes     BLOB NOT NULL
  );
  `,
  `
  -- How far each group with insights has been looked through, and what its detector remembers.
  CREATE TABLE insight_detectors (
    group_arn  TEXT PRIMARY KEY,
    group_name TEXT NOT NULL,
    state      TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE insights (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    group_arn  TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time   REAL,
    updated_at REAL NOT NULL,
    insight    TEXT NOT NULL
  );
  CREATE INDEX insights_by_group ON insights (group_arn, number);
  CREATE INDEX insights_by_update ON insights (updated_at);

  CREATE TABLE insight_events (
    number     INTEGER PRIMARY KEY,
    insight_id TEXT NOT NULL,
    event      TEXT NOT NULL
  );
  CREATE INDEX insight_events_by_insight ON insight_events (insight_id, number);

  CREATE TABLE retrievals (
    token        TEXT PRIMARY KEY,
    created_at   REAL NOT NULL,
    cancelled_at REAL,
    trace_ids    TEXT NOT NULL,
    start_time   REAL NOT NULL,
    end_time     REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX retrievals_by_age ON retrievals (created_at);
  `,
  `
  -- Records are asked for by the time they tell, which may be long before they arrive.
  CREATE INDEX telemetry_by_time ON telemetry (record ->> 'Timestamp');
  `,
];

/** Brings a database to the newest schema, each step in its own transaction. Throws for one from the future. */
export function migrate(database: DatabaseSync): void {
  database.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)');
  const row = database.prepare('SELECT coalesce(max(number), 0) AS newest FROM migrations').get();
  const newest = Number(row?.['newest']);
  if (newest > migrations.length) throw new SchemaFromTheFuture();

  for (const [index, step] of migrations.entries()) {
    if (index < newest) continue;
    database.exec(`BEGIN; ${step}; INSERT INTO migrations VALUES (${index + 1}); COMMIT`);
  }
}

/** The file was written by a newer version of this program. */
export class SchemaFromTheFuture extends Error {}
