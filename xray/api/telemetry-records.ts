import type { RequestHandler } from 'express';
import { invalidRequest } from '../errors.ts';
import type { OperationContext } from '../operations/operation.ts';

/** How far back records go when nobody says. */
const USUAL_SECONDS = 3600;

/** The longest window: a daemon sends 1,440 records in that time. */
const LONGEST_SECONDS = 24 * 3600;

/** Records in one answer. */
const MOST_RECORDS = 10_000;

/**
 * `GET /_lab/telemetry?start=&end=`: what daemons sent with PutTelemetryRecords. Ours, not AWS's, which takes telemetry and
 * has no operation that shows it. Both times are epoch seconds; the last hour when they are left out. Like `/health` it asks
 * for no signature: it tells counters, and is needed most when a signature or a policy is what is wrong.
 */
export const telemetryRecords =
  ({ store, now }: Pick<OperationContext, 'store' | 'now'>): RequestHandler =>
  (request, response) => {
    const { start, end } = windowIn(request.query, now());
    const records = store.telemetry.between(start, end, MOST_RECORDS + 1);
    response.set('cache-control', 'no-store').json({
      StartTime: start,
      EndTime: end,
      TelemetryRecords: records.slice(-MOST_RECORDS).map(({ record, receivedAt, ...sender }) => ({
        ...sender,
        ReceivedAt: receivedAt,
        ...record,
      })),
      /** The oldest of the window are not here. */
      IsTruncated: records.length > MOST_RECORDS,
    });
  };

function windowIn(query: Record<string, unknown>, now: number): { start: number; end: number } {
  const stranger = Object.keys(query).find((name) => name !== 'start' && name !== 'end');
  if (stranger !== undefined)
    throw invalidRequest(`${stranger} is not known here: give start and end, in epoch seconds.`);
  const end = secondsIn(query, 'end') ?? now;
  const start = secondsIn(query, 'start') ?? end - USUAL_SECONDS;
  if (start > end) throw invalidRequest(`start (${start}) is after end (${end}).`);
  if (end - start > LONGEST_SECONDS)
    throw invalidRequest(
      `start and end are ${end - start} s apart: at most ${LONGEST_SECONDS} s (24 hours).`,
    );
  return { start, end };
}

function secondsIn(query: Record<string, unknown>, name: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const seconds = typeof text === 'string' && text.trim() !== '' ? Number(text) : NaN;
  if (!Number.isFinite(seconds)) throw invalidRequest(`${name} must be epoch seconds, such as 1700000000.`);
  return seconds;
}
