import type { DatabaseSync } from 'node:sqlite';
import type { SegmentDocument } from '../../model/vocabulary.ts';
import type { ArrivalStore, TraceStore } from '../store.ts';
import { storedJson } from './stored-json.ts';
import { transaction } from './transaction.ts';

/** Calls one slice moves: at most 500 documents of AWS's profile, some ten milliseconds of work. */
const callsPerSlice = 10;

interface Row {
  number: number;
  received_at: number;
}

export function sqliteArrivals(database: DatabaseSync, traces: TraceStore): ArrivalStore {
  const insert = database.prepare('INSERT INTO arrivals (received_at, documents) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM arrivals WHERE number = ?');
  const oldest = database.prepare('SELECT number, received_at FROM arrivals ORDER BY number LIMIT ?');
  const documentsOf = database.prepare('SELECT documents FROM arrivals WHERE number = ?');
  let waiting = Number(database.prepare('SELECT count(*) AS count FROM arrivals').get()?.['count']);

  return {
    hold(documents, receivedAt) {
      if (documents.length === 0) return;
      const json = JSON.stringify(documents);
      transaction(database, () => insert.run(receivedAt, json));
      waiting++;
    },

    releaseSlice(now, delay) {
      if (waiting === 0) return false;
      const rows = oldest.all(callsPerSlice) as unknown as Row[];
      // A receipt in the future means that the clock was set back; waiting for it to come again could take hours.
      const isDue = ({ received_at: at }: Row) => at <= now - delay || at > now;
      const firstNotDue = rows.findIndex((row) => !isDue(row));
      const due = firstNotDue < 0 ? rows : rows.slice(0, firstNotDue);
      if (due.length === 0) return false;

      transaction(database, () => {
        const documents = due.flatMap(
          ({ number }) => storedJson(database, documentsOf.get(number)!['documents']) as SegmentDocument[],
        );
        // For everybody who asks, they were received when they could first be read. What a full trace refuses now is
        // lost, as its sender has an answer already; the trace says LimitExceeded.
        traces.put(documents, now);
        for (const { number } of due) remove.run(number);
      });
      waiting -= due.length;
      return due.length === callsPerSlice;
    },

    get waiting() {
      return waiting;
    },
  };
}
