/** What became of a request: its flags, its status, and the one bucket it is counted in. */
import type { Entity, Status } from './vocabulary.ts';

export interface Flags {
  error: boolean;
  throttle: boolean;
  fault: boolean;
}

/**
 * Which flag counts when several are set. The Node SDK sets all three on a throttled DynamoDB call, and AWS does not
 * say which bucket that falls into. To see throttles of that kind as throttles, put 'throttle' first.
 */
export const bucketPrecedence = ['fault', 'throttle', 'error'] as const satisfies readonly (keyof Flags)[];

/** The three flags as recorded; where none was recorded, as the HTTP status implies. */
export function flagsOf(entity: Entity): Flags {
  const { error, throttle, fault } = entity;
  if (error === undefined && throttle === undefined && fault === undefined) {
    return flagsOfHttpStatus(entity.http?.response?.status);
  }
  return { error: error === true, throttle: throttle === true, fault: fault === true };
}

/** A 429 is an error and a throttle, as the SDKs record it. */
export function flagsOfHttpStatus(status: number | undefined): Flags {
  if (status === undefined) return { error: false, throttle: false, fault: false };
  return {
    error: status >= 400 && status < 500,
    throttle: status === 429,
    fault: status >= 500 && status < 600,
  };
}

/** The one word for an entity: its worst flag, else `pending` while it is in progress, else `ok`. */
export function statusOf(entity: Entity): Status {
  const flags = flagsOf(entity);
  const worst = bucketPrecedence.find((flag) => flags[flag]);
  return worst ?? (isInProgress(entity) ? 'pending' : 'ok');
}

export const isInProgress = (entity: Entity): boolean => entity.end_time === undefined;

/** Seconds from start to end; 0 while in progress, and where clock skew puts the end before the start. */
export const durationOf = (entity: Entity): number =>
  entity.end_time === undefined ? 0 : Math.max(0, entity.end_time - entity.start_time);

/**
 * X-Ray's `ok`: the answer was 2xx. An answer without HTTP status is ok when nothing is flagged; an unfinished
 * request is not ok yet.
 */
export function isOk(entity: Entity): boolean {
  const { error, throttle, fault } = flagsOf(entity);
  if (error || throttle || fault) return false;
  const status = entity.http?.response?.status;
  return status === undefined ? !isInProgress(entity) : status >= 200 && status < 300;
}
