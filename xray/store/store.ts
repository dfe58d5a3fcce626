import type { DigestBlock } from '../model/trace-digest/digest-block.ts';
import type { SegmentDocument, ServiceId, Trace, TraceId } from '../model/vocabulary.ts';

/**
 * What the local X-Ray remembers. Operations know this interface only; `sqlite/` is the one implementation.
 * Every method is synchronous: SQLite in the same process answers in microseconds, and a write that has returned
 * has been committed. Times are epoch seconds.
 */
export interface Store {
  readonly traces: TraceStore;
  readonly arrivals: ArrivalStore;
  readonly samplingRules: SamplingRuleStore;
  readonly samplingReports: SamplingReportStore;
  readonly telemetry: TelemetryStore;
  readonly groups: GroupStore;
  readonly tags: TagStore;
  readonly resourcePolicies: ResourcePolicyStore;
  readonly settings: SettingStore;
  readonly insights: InsightStore;
  readonly retrievals: RetrievalStore;
  /** Deletes a bounded amount of what is past its time; true while there is more to delete. */
  forgetSlice(limits: RetentionLimits): boolean;
  /** Digests traces that have settled, for some milliseconds; true while there are more of them. */
  indexSlice(milliseconds: number): boolean;
  /**
   * One sentence that names the file, the cause and the remedy, when an error that a method threw comes from the disk or
   * the file; undefined for any other error.
   */
  explain(error: unknown): string | undefined;
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

/** Traces of a window that are neighbours in a block of digests. */
export interface DigestRun {
  block: DigestBlock;
  slots: readonly number[];
  position(slot: number): TracePosition;
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

  /**
   * The traces of a window as digests: as `list` does, in listing order after a position or from the first one, or, for
   * those who need no order, block by block, which is fastest. Each step takes a few milliseconds at most, unless a
   * trace is huge; undefined means that it only got ready, so that the caller can let others through. A slot may be
   * empty when its trace was forgotten meanwhile.
   */
  digests(range: TimeRange, order: TracePosition | 'first' | 'any'): Iterable<DigestRun | undefined>;

  /** The assembled trace at a place in the listing; undefined when it is forgotten. */
  at(position: TracePosition): Trace | undefined;

  /**
   * The summary of the trace at a place in the listing, as the JSON of GetTraceSummaries; undefined when it is forgotten,
   * or nothing but subsegments has come of it.
   */
  summaryText(position: TracePosition): string | undefined;

  /** Bytes of all documents kept. */
  readonly bytes: number;
}

/** Where documents wait that are kept but not yet visible: AWS, too, answers 200 some seconds before reads see them. */
export interface ArrivalStore {
  /** Keeps the documents of one call in one transaction; they outlive a `kill -9` like those of `TraceStore.put`. */
  hold(documents: readonly SegmentDocument[], receivedAt: number): void;

  /**
   * Moves a bounded number of calls, oldest first, whose receipt lies at least `delay` seconds before `now` into the
   * traces; true while there may be more of them. Moved and no longer waiting is one transaction.
   */
  releaseSlice(now: number, delay: number): boolean;

  /** Calls that wait. */
  readonly waiting: number;
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

/** What a client may sample of a rule's reservoir per second, until a moment. */
export interface SamplingGrant {
  quota: number;
  until: number;
}

/** A rule's rate was raised, to this one, at that moment. */
export interface SamplingBoost {
  startedAt: number;
  rate: number;
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
  /** When any client last reported the rule; 0 for never. */
  latestReport(ruleName: string): number;
  /** What the client was last granted; undefined when it never reported the rule. */
  grant(ruleName: string, clientId: string): SamplingGrant | undefined;
  /** What the other clients that reported the rule at `since` or later were last granted, together. */
  heldByOthers(ruleName: string, clientId: string, since: number): number;
  /** Keeps what a client, one that reported the rule before, may sample from now on. */
  setGrant(ruleName: string, clientId: string, grant: SamplingGrant): void;
  /** The latest boost of the rule. */
  boost(ruleName: string): SamplingBoost | undefined;
  setBoost(ruleName: string, boost: SamplingBoost): void;
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
  /**
   * Records by their own `Timestamp`, epoch seconds, both ends included; oldest first, and where there are more than
   * `limit`, the newest of them. One that its sender sent again, for want of an answer, is there once.
   */
  between(start: number, end: number, limit: number): StoredTelemetry[];
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

/** Requests during an insight. `oks` has neither faults nor errors nor throttles. */
export interface RequestImpact {
  faults: number;
  oks: number;
  requests: number;
}

/** What an insight, and each of its events, says of the damage. */
export interface InsightReport {
  summary: string;
  clients: RequestImpact;
  /** Requests that the root-cause service answered. */
  rootCauseRequests: RequestImpact;
  topAnomalousServices: readonly ServiceId[];
}

export interface StoredInsight extends InsightReport {
  id: string;
  groupName: string;
  groupArn: string;
  rootCause: ServiceId;
  startTime: number;
  /** Absent while it is active. */
  endTime?: number;
  updatedAt: number;
}

export interface StoredInsightEvent extends InsightReport {
  time: number;
}

/** What the detector of a group remembers. The store does not look into it. */
export interface StoredDetector {
  groupArn: string;
  groupName: string;
  /** JSON; undefined for nothing more. */
  state: object | undefined;
}

export interface InsightChange {
  insight: StoredInsight;
  event?: StoredInsightEvent;
}

/** Which insights of a group: those under way at some moment of `[start, end]`. */
export interface InsightQuery {
  groupArn: string;
  isActive?: boolean;
  start: number;
  end: number;
}

export interface InsightStore {
  get(id: string): StoredInsight | undefined;
  /** Up to `limit`, last opened first, from those opened before the one of that number. */
  list(
    query: InsightQuery,
    before: number | undefined,
    limit: number,
  ): { number: number; insight: StoredInsight }[];
  /** Up to `limit` events of an insight, newest first, from those before the one of that number. */
  events(
    id: string,
    before: number | undefined,
    limit: number,
  ): { number: number; event: StoredInsightEvent }[];
  detectors(): StoredDetector[];
  /** Keeps what a detector remembers together with the insights it changed, in one transaction. */
  record(detector: StoredDetector, changes: readonly InsightChange[]): void;
}

/** Traces somebody asked for by StartTraceRetrieval. */
export interface StoredRetrieval {
  token: string;
  createdAt: number;
  cancelledAt?: number;
  traceIds: readonly TraceId[];
  /** Both inclusive. */
  start: number;
  end: number;
}

export interface RetrievalStore {
  get(token: string): StoredRetrieval | undefined;
  /** Keeps a retrieval, and of all of them the newest `most`. */
  add(retrieval: StoredRetrieval, most: number): void;
  cancel(token: string, at: number): void;
}

/** The store cannot be used. The message is one sentence that names the file and the remedy. */
export class StoreUnusable extends Error {}
