/**
 * How strictly the API keeps AWS's limits, by one named setting (`XRAY_PROFILE`): `aws` refuses what AWS refuses,
 * `lenient` is for looking around in one's own traces with one call.
 */
export const limitProfiles = {
  aws: {
    /** The text AWS answers names this number: "Exceeding maximum segment count: 50". */
    segmentsPerCall: 50,
    /** Not in AWS's model, but every client we know of sends at most 5. */
    traceIdsPerBatch: 5,
    graphWindowSeconds: 6 * 60 * 60,
    /** No official number; clients in the wild split longer ranges into days. */
    summariesWindowSeconds: 24 * 60 * 60,
    /** AWS's quota per account and region, not counting Default. */
    samplingRules: 25,
    /** AWS's quota per account and region, not counting Default. */
    groups: 25,
  },
  lenient: {
    segmentsPerCall: 10_000,
    traceIdsPerBatch: 1_000,
    graphWindowSeconds: 31 * 24 * 60 * 60,
    summariesWindowSeconds: 31 * 24 * 60 * 60,
    samplingRules: 1_000,
    groups: 1_000,
  },
} as const satisfies Record<string, Limits>;

export interface Limits {
  segmentsPerCall: number;
  traceIdsPerBatch: number;
  graphWindowSeconds: number;
  summariesWindowSeconds: number;
  samplingRules: number;
  groups: number;
}

export type LimitProfile = keyof typeof limitProfiles;

export const isLimitProfile = (name: string): name is LimitProfile => Object.hasOwn(limitProfiles, name);
