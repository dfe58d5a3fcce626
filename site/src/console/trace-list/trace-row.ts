import type { Status } from '@xray-lab/xray/model';
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import { startOf, statusOfSummary } from './summaries.ts';

/** What the list shows of a trace, and sorts by. A summary is ten times as large, and ten thousand are kept. */
export interface TraceRow {
  id: string;
  /** Epoch seconds. */
  start: number;
  status: Status;
  code?: number | undefined;
  /** Seconds; absent while the root is in progress. */
  response?: number | undefined;
  /** Seconds. */
  duration?: number | undefined;
  method: string;
  url: string;
  user: string;
}

export const rowOf = (summary: TraceSummary): TraceRow => ({
  id: summary.Id,
  start: startOf(summary),
  status: statusOfSummary(summary),
  code: summary.Http?.HttpStatus,
  response: summary.ResponseTime,
  duration: summary.Duration,
  method: summary.Http?.HttpMethod ?? '',
  url: summary.Http?.HttpURL ?? '',
  user: summary.Users?.map(({ UserName }) => UserName).join(', ') ?? '',
});

export type Column = 'when' | 'status' | 'code' | 'response' | 'duration' | 'method' | 'url' | 'user';

export interface Sort {
  column: Column;
  descending: boolean;
}

const worstLast: readonly Status[] = ['ok', 'pending', 'error', 'throttle', 'fault'];

const sortKeys: Record<Column, (row: TraceRow) => number | string> = {
  when: ({ start }) => start,
  status: ({ status }) => worstLast.indexOf(status),
  code: ({ code = 0 }) => code,
  response: ({ response = -1 }) => response,
  duration: ({ duration = -1 }) => duration,
  method: ({ method }) => method,
  url: ({ url }) => url,
  user: ({ user }) => user.toLowerCase(),
};

/**
 * Rows in another order; equal ones keep newest first, as they come. Texts go by their characters: the order of a language
 * takes a hundred milliseconds for ten thousand rows.
 */
export function sorted(newestFirst: readonly TraceRow[], { column, descending }: Sort): readonly TraceRow[] {
  if (column === 'when') return descending ? newestFirst : newestFirst.toReversed();
  const key = sortKeys[column];
  const direction = descending ? -1 : 1;
  return newestFirst
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -direction : a.key > b.key ? direction : 0))
    .map(({ row }) => row);
}

/** Both together, newest first. A row that comes again takes the place of the one before: each id is there once. */
export function joined(rows: readonly TraceRow[], more: readonly TraceRow[]): readonly TraceRow[] {
  if (more.length === 0) return rows;
  const next = new Map(more.map((row) => [row.id, row]));
  const kept = rows.filter(({ id }) => !next.has(id));
  // Sorting what is nearly in order takes a moment only.
  return [...kept, ...next.values()].sort((a, b) => b.start - a.start);
}
