import { traceIdTime, type TraceId } from '@xray-lab/xray/model';

/**
 * How many of these traces began since then. The lab's first word to a page also tells of those of the half minute before.
 *
 * @param since Epoch seconds.
 */
export const startedSince = (ids: readonly string[], since: number): number =>
  ids.filter((id) => traceIdTime(id as TraceId) >= Math.floor(since)).length;
