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
    /** AWS's limit per account and region. */
    resourcePolicies: 5,
  },
  lenient: {
    segmentsPerCall: 10_000,
    traceIdsPerBatch: 1_000,
    graphWindowSeconds: 31 * 24 * 60 * 60,
    summariesWindowSeconds: 31 * 24 * 60 * 60,
    samplingRules: 1_000,
    groups: 1_000,
    resourcePolicies: 1_000,
  },
} as const satisfies Record<string, Limits>;

export interface Limits {
  /** Whether a trace id that is too old, or of the future, is refused. Set by `XRAY_TRACE_ID_AGE`. Default: no. */
  checksTraceIdAge?: boolean;
  segmentsPerCall: number;
  traceIdsPerBatch: number;
  graphWindowSeconds: number;
  summariesWindowSeconds: number;
  samplingRules: number;
  groups: number;
  resourcePolicies: number;
}

export type LimitProfile = keyof typeof limitProfiles;

export const isLimitProfile = (name: string): name is LimitProfile => Object.hasOwn(limitProfiles, name);
