import type { DatabaseSync } from 'node:sqlite';
import { assembleTrace, summarizeTrace, traceIdTime } from '../../model/index.ts';
import type { SegmentDocument, Trace, TraceId } from '../../model/vocabulary.ts';
import { storeLimits } from '../limits.ts';
import type {
  DigestRun,
  RetentionLimits,
  TraceEntry,
  TracePosition,
  TimeRange,
  TraceStore,
} from '../store.ts';
import { blockOf, TraceCatalog, tracesPerBlock } from '../trace-catalog.ts';
import { SummaryTexts } from '../summary-texts.ts';
import { TraceCache } from '../trace-cache.ts';
import { sqliteDigests } from './digests.ts';
import { storedJson } from './stored-json.ts';
import { afterCommit, transaction } from './transaction.ts';

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
  /** See `Store.indexSlice`. */
  indexSlice(milliseconds: number): boolean;
}

export function sqliteTraces(
  database: DatabaseSync,
  storeBytes: number = storeLimits.storeBytes,
): SqliteTraces {
  const cache = new TraceCache(storeLimits.cachedDocumentBytes);
  const summaries = new SummaryTexts(storeLimits.cachedSummaryBytes);

  const selectTrace = database.prepare('SELECT * FROM traces WHERE id = ?');
  const selectByNumber = database.prepare('SELECT * FROM traces WHERE number = ?');
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
  const selectId = database.prepare('SELECT id FROM traces WHERE number = ?');
  const received = database.prepare(
    'SELECT number, id, bytes FROM traces WHERE last_received < ? ORDER BY last_received LIMIT ?',
  );
  const oldest = database.prepare('SELECT number, id, bytes FROM traces ORDER BY id_time, number LIMIT ?');

  const catalog = new TraceCatalog();
  let bytes = 0;
  let nextNumber = 1;
  const everyTrace = database.prepare(
    'SELECT number, id_time, first_start, last_end, documents, bytes FROM traces ORDER BY number',
  );
  everyTrace.setReturnArrays(true);
  for (const row of everyTrace.iterate()) {
    const [number, idTime, start, end, documents, size] = row as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    catalog.set(number, idTime, start, end, documents);
    bytes += size;
    nextNumber = number + 1;
  }
  const digests = sqliteDigests(database, catalog, at, storeBytes, keepSummary);
  // A number that a digest was ever made for is not given again, so that the digest of a forgotten trace fits no other.
  nextNumber = Math.max(nextNumber, digests.firstFreeNumber);

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

    afterCommit(database, () => {
      bytes += added;
      for (const row of rows.values()) {
        cache.delete(row.id);
        if (row.documents === 0) continue;
        catalog.set(row.number, row.id_time, row.first_start, row.last_end, row.documents);
        digests.touch(row.number);
      }
    });
    return refused;
  }

  function get(id: TraceId): Trace | undefined {
    const cached = cache.get(id);
    if (cached) return cached;
    const row = selectTrace.get(id) as TraceRow | undefined;
    if (!row) return undefined;
    const trace = assembled(row);
    cache.set(id, trace, row.bytes);
    return trace;
  }

  function at(number: number): Trace | undefined {
    const row = selectByNumber.get(number) as TraceRow | undefined;
    return row && (cache.get(row.id) ?? assembled(row));
  }

  function assembled(row: TraceRow): Trace {
    const first = row.number * documentsPerTrace;
    const documents = selectDocuments
      .all(first, first + documentsPerTrace)
      .map(({ json }) => storedJson(database, json) as SegmentDocument);
    return assembleTrace(row.id, documents, {
      limitExceeded: row.limit_exceeded === 1,
      revision: row.documents,
    });
  }

  function summaryText({ number }: TracePosition): string | undefined {
    const documents = catalog.block(blockOf(number))?.documents[number % tracesPerBlock];
    if (!documents) return undefined;
    const kept = summaries.get(number, documents);
    if (kept !== undefined) return kept;
    const trace = at(number);
    return trace?.root && keepSummary(number, trace);
  }

  function keepSummary(number: number, trace: Trace): string {
    const text = JSON.stringify(summarizeTrace(trace));
    summaries.set(number, trace.revision, text);
    return text;
  }

  function list(range: TimeRange, after: TracePosition | undefined, limit: number): TraceEntry[] {
    if (range.type !== 'TraceId') return listByActivity(range, after, limit);
    const { idTime, number } = after ?? { idTime: Number.MAX_SAFE_INTEGER, number: 0 };
    const rows = listById.all(range.start, range.end, idTime, number, limit);
    return rows.map((row) => ({
      id: row['id'] as string,
      idTime: row['id_time'] as number,
      number: row['number'] as number,
    }));
  }

  function listByActivity(range: TimeRange, after: TracePosition | undefined, limit: number): TraceEntry[] {
    const entries: TraceEntry[] = [];
    for (const run of catalog.inOrder(range, after)) {
      for (const slot of run?.slots ?? []) {
        if (entries.length === limit) return entries;
        const number = run!.number * tracesPerBlock + slot;
        const id = selectId.get(number)!['id'] as string;
        entries.push({ id, idTime: catalog.block(run!.number)!.idTime[slot]!, number });
      }
    }
    return entries;
  }

  function* digestRuns(
    range: TimeRange,
    order: TracePosition | 'first' | 'any',
  ): Generator<DigestRun | undefined> {
    const runs =
      order === 'any'
        ? catalog.byBlock(range)
        : catalog.inOrder(range, order === 'first' ? undefined : order);
    for (const run of runs) {
      const idTime = run && catalog.block(run.number)?.idTime;
      if (run === undefined || idTime === undefined) {
        yield undefined;
        continue;
      }
      const block = yield* digests.block(run.number);
      const first = run.number * tracesPerBlock;
      yield {
        block,
        slots: run.slots,
        position: (slot) => ({ idTime: idTime[slot]!, number: first + slot }),
      };
    }
  }

  function forgetSlice({ before, maximumBytes }: RetentionLimits): boolean {
    const overSize = bytes > maximumBytes;
    let left = bytes;
    const forgotten: number[] = [];
    const candidates = (overSize
      ? oldest.all(tracesPerSlice)
      : received.all(before, tracesPerSlice)) as unknown as Pick<TraceRow, 'number' | 'id' | 'bytes'>[];

    transaction(database, () => {
      for (const { number, id, bytes: size } of candidates) {
        if (overSize && left <= maximumBytes) break;
        deleteDocuments.run(number * documentsPerTrace, (number + 1) * documentsPerTrace);
        deleteTrace.run(number);
        cache.delete(id);
        forgotten.push(number);
        left -= size;
      }
    });
    // Not before the commit: a trace that could not be deleted has to stay in the listings.
    bytes = left;
    const emptied = forgotten.filter((number) => catalog.delete(number)).map(blockOf);
    for (const block of emptied) {
      digests.forget(block);
      summaries.forget(block);
    }
    return overSize || candidates.length === tracesPerSlice;
  }

  return {
    put,
    get,
    at: ({ number }) => at(number),
    summaryText,
    list,
    digests: digestRuns,
    indexSlice: digests.indexSlice,
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
