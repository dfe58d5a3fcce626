import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { StoredTelemetry, TelemetryStore } from '../store.ts';
import { transaction } from './transaction.ts';

export interface SqliteTelemetry extends TelemetryStore {
  forget(before: number): void;
}

export function sqliteTelemetry(database: DatabaseSync): SqliteTelemetry {
  const insert = database.prepare(
    'INSERT INTO telemetry (received_at, ec2_instance_id, hostname, resource_arn, record) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database.prepare('SELECT * FROM telemetry ORDER BY number DESC LIMIT ?');
  const selectBetween = database.prepare(`
    SELECT ec2_instance_id, hostname, resource_arn, record, min(received_at) AS received_at
    FROM telemetry
    WHERE record ->> 'Timestamp' BETWEEN ? AND ?
    GROUP BY hostname, ec2_instance_id, resource_arn, record
    ORDER BY record ->> 'Timestamp' DESC, min(number) DESC
    LIMIT ?
  `);
  const remove = database.prepare('DELETE FROM telemetry WHERE received_at < ?');

  return {
    add(records) {
      transaction(database, () => {
        for (const { receivedAt, EC2InstanceId, Hostname, ResourceARN, record } of records) {
          insert.run(receivedAt, EC2InstanceId, Hostname, ResourceARN, JSON.stringify(record));
        }
      });
    },

    latest: (limit) => select.all(limit).map(storedIn),

    between: (start, end, limit) => selectBetween.all(start, end, limit).map(storedIn).toReversed(),

    forget: (before) => void remove.run(before),
  };
}

const storedIn = (row: Record<string, SQLOutputValue>): StoredTelemetry => ({
  receivedAt: row['received_at'] as number,
  EC2InstanceId: row['ec2_instance_id'] as string,
  Hostname: row['hostname'] as string,
  ResourceARN: row['resource_arn'] as string,
  record: JSON.parse(row['record'] as string),
});
