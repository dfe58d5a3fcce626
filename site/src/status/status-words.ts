import type { Status } from '@xray-lab/xray/model';

/** The word beside every mark. A status is never told by colour alone. */
export const statusWords: Record<Status, string> = {
  ok: 'OK',
  error: 'Error',
  throttle: 'Throttle',
  fault: 'Fault',
  pending: 'In progress',
};

/** What each word means, for legends. */
export const statusMeanings: Record<Status, string> = {
  ok: '2xx, 3xx',
  error: '4xx',
  throttle: '429',
  fault: '5xx',
  pending: 'no end time yet',
};

/** Worst first. */
export const severity: readonly Status[] = ['fault', 'throttle', 'error', 'pending', 'ok'];

/** The worst of several statuses; `ok` when there are none. */
export function worst(statuses: Iterable<Status>): Status {
  const present = new Set(statuses);
  return severity.find((status) => present.has(status)) ?? 'ok';
}
