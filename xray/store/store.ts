import type { SegmentDocument, Trace, TraceId } from '../model/vocabulary.ts';

/**
 * What the local X-Ray remembers. Operations know this interface only; `sqlite/` is the one implementation.
 * Every method is synchronous: SQLite in the same process answers in microseconds, and a write that has returned
 * has been committed. Times are epoch seconds.
 */
export interface Store {
  readonly traces: TraceStore;
  readonly samplingRules: SamplingRuleStore;
  readonly samplingReports: SamplingReportStore;
  readonly telemetry: TelemetryStore;
  readonly groups: GroupStore;
  readonly tags: TagStore;
  readonly resourcePolicies: ResourcePolicyStore;
  readonly settings: SettingStore;
  /** Deletes a bounded amount of what is past its time; true while there is more to delete. */
  forgetSlice(limits: RetentionLimits): boolean;
  close(): void;
}

export interface RetentionLimits {
  /** Traces, telemetry and sampling statistics last touched before this moment are deleted. */
  before: number;
  /** When the documents kept take more bytes than this, the oldest traces are deleted. */
  maximumBytes: number;
}

/** How the window of a query is compared with a trace: X-Ray's `TimeRangeType`. */
export type TimeRangeType = 'TraceId' | 'Event' | 'Service';

/** The window `[start, end)`. */
export interface TimeRange {
  type: TimeRangeType;
  start: number;
  end: number;
}

/**
 * A place in the order in which traces are listed: newest trace id first and, within one second, last arrived
 * first. Neither changes when more segments of a trace arrive, so a listing continued from a position yields
 * every trace once.
 */
export interface TracePosition {
  idTime: number;
  number: number;
}

/** One line of a listing: enough to decide whether the trace is worth assembling. */
export interface TraceEntry extends TracePosition {
  id: TraceId;
}

export interface TraceStore {
  /**
   * Keeps the documents of one call in one transaction, and returns those it refused because their trace is full.
   * Once it has returned, the documents outlive a `kill -9` of this process.
   */
  put(documents: readonly SegmentDocument[], receivedAt: number): readonly SegmentDocument[];

  /** The assembled trace; undefined when nothing of it ever arrived, or it is forgotten. */
  get(id: TraceId): Trace | undefined;

  /**
   * Up to `limit` traces of the window after a position, in listing order. For `Event` and `Service` the answer may
   * hold a few traces too many: the index knows a trace's outer bounds only, `isInRange` knows its segments.
   */
  list(range: TimeRange, after: TracePosition | undefined, limit: number): TraceEntry[];

  /** Bytes of all documents kept. */
  readonly bytes: number;
}

/** The wire shape, with every member present: the Node SDK drops a rule that lacks one. */
export interface SamplingRule {
  RuleName: string;
  RuleARN: string;
  ResourceARN: string;
  Priority: number;
  FixedRate: number;
  ReservoirSize: number;
  ServiceName: string;
  ServiceType: string;
  Host: string;
  HTTPMethod: string;
  URLPath: string;
  Version: number;
  Attributes: Record<string, string>;
  SamplingRateBoost?: { MaxRate: number; CooldownWindowMinutes: number };
}

export interface StoredSamplingRule {
  rule: SamplingRule;
  createdAt: number;
  modifiedAt: number;
}

export interface SamplingRuleStore {
  has(name: string): boolean;
  get(name: string): StoredSamplingRule | undefined;
  /** In ascending priority, then by name: the order in which SDKs try them. */
  list(): StoredSamplingRule[];
  /** Writes a rule and moves `lastModification` to its `modifiedAt`. */
  set(name: string, stored: StoredSamplingRule): void;
  delete(name: string, at: number): void;
  /** When a rule was last created, changed or deleted; 0 for never. */
  readonly lastModification: number;
}

/** What one client counted for one rule since its last report. */
export interface SamplingReport {
  ruleName: string;
  clientId: string;
  timestamp: number;
  requestCount: number;
  sampledCount: number;
  borrowCount: number;
}

/** The reports of all clients for one rule in one window. */
export interface SamplingStatistic {
  ruleName: string;
  /** Start of the window. */
  timestamp: number;
  requestCount: number;
  sampledCount: number;
  borrowCount: number;
}

export interface SamplingReportStore {
  /** Adds a report to its window; a client silent since `activeSince` counts as new. */
  add(report: SamplingReport, receivedAt: number, activeSince: number): void;
  /** Ids of the clients that reported the rule at `since` or later, by order of arrival. */
  activeClients(ruleName: string, since: number): string[];
  /** Newest window first, then by rule name. */
  statistics(since: number): SamplingStatistic[];
}

export interface StoredTelemetry {
  receivedAt: number;
  EC2InstanceId: string;
  Hostname: string;
  ResourceARN: string;
  record: Record<string, unknown>;
}

export interface TelemetryStore {
  add(records: readonly StoredTelemetry[]): void;
  /** Newest first. */
  latest(limit: number): StoredTelemetry[];
}

/** A filter expression of a group, and since when it has been in force. */
export interface GroupFilter {
  /** Empty for every trace. */
  expression: string;
  since: number;
}

export interface StoredGroup {
  name: string;
  arn: string;
  /** Oldest first, never empty; the last one is in force. */
  filters: readonly GroupFilter[];
  insightsEnabled: boolean;
  notificationsEnabled: boolean;
}

export interface GroupStore {
  get(name: string): StoredGroup | undefined;
  /** By name. */
  list(): StoredGroup[];
  set(group: StoredGroup): void;
  delete(name: string): void;
}

export interface TagStore {
  /** By key. */
  list(resourceArn: string): { key: string; value: string }[];
  /** Adds tags to a resource's, in one transaction; one whose key is there gets the new value. */
  add(resourceArn: string, tags: Readonly<Record<string, string>>): void;
  delete(resourceArn: string, keys: readonly string[]): void;
  /** Deletes every tag of a resource. */
  clear(resourceArn: string): void;
}

export interface StoredResourcePolicy {
  name: string;
  document: string;
  /** Counts up from 1. */
  revision: number;
  updatedAt: number;
}

export interface ResourcePolicyStore {
  get(name: string): StoredResourcePolicy | undefined;
  /** By name. */
  list(): StoredResourcePolicy[];
  set(policy: StoredResourcePolicy): void;
  delete(name: string): void;
}

/** What an account sets once for all its traces. */
export interface Settings {
  /** `keyArn` only for KMS. */
  encryption: { type: 'NONE' | 'KMS'; keyArn?: string; changedAt: number };
  traceSegmentDestination: { destination: 'XRay' | 'CloudWatchLogs'; changedAt: number };
  /** Percentage of traces that the indexing rule Default indexes. */
  indexing: { desiredSamplingPercentage: number; changedAt: number };
}

export interface SettingStore {
  /** Undefined for what was never set. */
  get<Name extends keyof Settings>(name: Name): Settings[Name] | undefined;
  set<Name extends keyof Settings>(name: Name, value: Settings[Name]): void;
}

/** The store cannot be used. The message is one sentence that names the file and the remedy. */
export class StoreUnusable extends Error {}
