import type { DatabaseSync } from 'node:sqlite';
import { assembleTrace, traceIdTime } from '../../model/index.ts';
import type { SegmentDocument, Trace, TraceId } from '../../model/vocabulary.ts';
import { storeLimits } from '../limits.ts';
import type { RetentionLimits, TraceEntry, TracePosition, TimeRange, TraceStore } from '../store.ts';
import { TraceCache } from '../trace-cache.ts';
import { transaction } from './transaction.ts';

/** Documents a trace can number; see the `documents` table. 500 KB hold some five thousand of the smallest. */
const documentsPerTrace = 65536;

/** Traces one slice of retention deletes: some milliseconds of work. */
const tracesPerSlice = 100;

interface TraceRow {
  number: number;
  id: TraceId;
  id_time: number;
  first_start: number;
  last_end: number;
  last_received: number;
  documents: number;
  bytes: number;
  limit_exceeded: number;
}

export interface SqliteTraces extends TraceStore {
  /** Deletes up to a slice of traces; true when there may be more to delete. */
  forgetSlice(limits: RetentionLimits): boolean;
}

export function sqliteTraces(database: DatabaseSync): SqliteTraces {
  const cache = new TraceCache(storeLimits.cachedDocumentBytes);

  const selectTrace = database.prepare('SELECT * FROM traces WHERE id = ?');
  const insertDocument = database.prepare('INSERT INTO documents (key, json) VALUES (?, ?)');
  const selectDocuments = database.prepare(
    'SELECT json FROM documents WHERE key >= ? AND key < ? ORDER BY key',
  );
  const deleteDocuments = database.prepare('DELETE FROM documents WHERE key >= ? AND key < ?');
  const deleteTrace = database.prepare('DELETE FROM traces WHERE number = ?');
  const writeTrace = database.prepare(`
    INSERT INTO traces
      (number, id, id_time, first_start, last_end, last_received, documents, bytes, limit_exceeded)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET
      first_start = excluded.first_start, last_end = excluded.last_end, last_received = excluded.last_received,
      documents = excluded.documents, bytes = excluded.bytes, limit_exceeded = excluded.limit_exceeded`);
  const listById = database.prepare(`
    SELECT number, id, id_time FROM traces
    WHERE id_time >= ? AND id_time < ? AND (id_time, number) < (?, ?)
    ORDER BY id_time DESC, number DESC LIMIT ?`);
  const listByActivity = database.prepare(`
    SELECT number, id, id_time FROM traces
    WHERE id_time >= ? AND (id_time, number) < (?, ?) AND first_start < ? AND last_end >= ?
    ORDER BY id_time DESC, number DESC LIMIT ?`);
  const received = database.prepare(
    'SELECT number, id, bytes FROM traces WHERE last_received < ? ORDER BY last_received LIMIT ?',
  );
  const oldest = database.prepare('SELECT number, id, bytes FROM traces ORDER BY id_time, number LIMIT ?');

  const totals = database
    .prepare(
      `SELECT coalesce(max(number), 0) AS newest, coalesce(sum(bytes), 0) AS bytes,
              coalesce(max(last_end - id_time), 0) AS span FROM traces`,
    )
    .get() as { newest: number; bytes: number; span: number };
  let nextNumber = totals.newest + 1;
  let bytes = totals.bytes;
  // The longest that any trace lasted after the time in its id. A trace active in a window cannot have an id older
  // than the window's start minus this, which keeps a listing of the last minutes short in a store of a month.
  let longestSpan = totals.span;

  function newRow(id: TraceId, start: number): TraceRow {
    return {
      number: nextNumber++,
      id,
      id_time: listingTime(id, start),
      first_start: Infinity,
      last_end: -Infinity,
      last_received: 0,
      documents: 0,
      bytes: 0,
      limit_exceeded: 0,
    };
  }

  /** Adds one document to its trace; false when the trace is full. */
  function addDocument(row: TraceRow, document: SegmentDocument): boolean {
    const json = JSON.stringify(document);
    const size = Buffer.byteLength(json);
    if (row.bytes + size > storeLimits.traceBytes) {
      row.limit_exceeded = 1;
      return false;
    }
    insertDocument.run(row.number * documentsPerTrace + row.documents, json);
    row.documents++;
    row.bytes += size;
    row.first_start = Math.min(row.first_start, document.start_time);
    row.last_end = Math.max(row.last_end, document.end_time ?? document.start_time);
    return true;
  }

  function writeRow(row: TraceRow): void {
    writeTrace.run(
      row.number,
      row.id,
      row.id_time,
      row.first_start,
      row.last_end,
      row.last_received,
      row.documents,
      row.bytes,
      row.limit_exceeded,
    );
  }

  function put(documents: readonly SegmentDocument[], receivedAt: number): readonly SegmentDocument[] {
    const rows = new Map<TraceId, TraceRow>();
    const refused: SegmentDocument[] = [];
    let added = 0;

    transaction(database, () => {
      for (const document of documents) {
        const id = document.trace_id;
        const row =
          rows.get(id) ?? (selectTrace.get(id) as TraceRow | undefined) ?? newRow(id, document.start_time);
        rows.set(id, row);
        const before = row.bytes;
        if (!addDocument(row, document)) refused.push(document);
        added += row.bytes - before;
      }
      for (const row of rows.values()) {
        row.last_received = receivedAt;
        writeRow(row);
      }
    });

    bytes += added;
    for (const row of rows.values()) {
      cache.delete(row.id);
      longestSpan = Math.max(longestSpan, row.last_end - row.id_time);
    }
    return refused;
  }

  function get(id: TraceId): Trace | undefined {
    const cached = cache.get(id);
    if (cached) return cached;
    const row = selectTrace.get(id) as TraceRow | undefined;
    if (!row) return undefined;

    const first = row.number * documentsPerTrace;
    const documents = selectDocuments
      .all(first, first + documentsPerTrace)
      .map(({ json }) => JSON.parse(json as string) as SegmentDocument);
    const trace = assembleTrace(id, documents, {
      limitExceeded: row.limit_exceeded === 1,
      revision: row.documents,
    });
    cache.set(id, trace, row.bytes);
    return trace;
  }

  function list(range: TimeRange, after: TracePosition | undefined, limit: number): TraceEntry[] {
    const { idTime, number } = after ?? { idTime: Number.MAX_SAFE_INTEGER, number: 0 };
    const rows =
      range.type === 'TraceId'
        ? listById.all(range.start, range.end, idTime, number, limit)
        : listByActivity.all(range.start - longestSpan, idTime, number, range.end, range.start, limit);
    return rows.map((row) => ({
      id: row['id'] as string,
      idTime: row['id_time'] as number,
      number: row['number'] as number,
    }));
  }

  function forgetSlice({ before, maximumBytes }: RetentionLimits): boolean {
    const overSize = bytes > maximumBytes;
    let left = bytes;
    const candidates = (overSize
      ? oldest.all(tracesPerSlice)
      : received.all(before, tracesPerSlice)) as unknown as Pick<TraceRow, 'number' | 'id' | 'bytes'>[];

    transaction(database, () => {
      for (const { number, id, bytes: size } of candidates) {
        if (overSize && left <= maximumBytes) break;
        deleteDocuments.run(number * documentsPerTrace, (number + 1) * documentsPerTrace);
        deleteTrace.run(number);
        cache.delete(id);
        left -= size;
      }
    });
    bytes = left;
    return overSize || candidates.length === tracesPerSlice;
  }

  return {
    put,
    get,
    list,
    forgetSlice,
    get bytes() {
      return bytes;
    },
  };
}

/** Seconds between a trace id's time and a segment's start beyond which the id cannot be telling the time. */
const plausibleDistance = 30 * 24 * 60 * 60;

/** The time in the id; for ids made from W3C trace ids, whose first digits are random, the first start seen. */
function listingTime(id: TraceId, start: number): number {
  const time = traceIdTime(id);
  return Math.abs(time - start) <= plausibleDistance ? time : Math.floor(start);
}
