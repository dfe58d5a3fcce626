/**
 * The shapes the X-Ray API answers with, spelled as AWS spells them. Times are epoch seconds as plain numbers: the
 * SDKs turn them into dates.
 */
import type { EntityId, ServiceId, TraceId } from './vocabulary.ts';

/** `Value` in seconds, rounded to milliseconds. */
export interface HistogramEntry {
  Value: number;
  Count: number;
}

export interface ErrorStatistics {
  ThrottleCount: number;
  OtherCount: number;
  TotalCount: number;
}

export interface FaultStatistics {
  OtherCount: number;
  TotalCount: number;
}

/** Each request is in exactly one bucket: OkCount + both TotalCounts below = TotalCount. */
export interface Statistics {
  OkCount: number;
  ErrorStatistics: ErrorStatistics;
  FaultStatistics: FaultStatistics;
  TotalCount: number;
  /** The sum of all response times, seconds. */
  TotalResponseTime: number;
}

export interface Alias {
  Name: string;
  Names: string[];
  Type?: string;
}

/** A connection as its caller saw it. */
export interface Edge {
  /** The ReferenceId of the service that was called. */
  ReferenceId: number;
  StartTime: number;
  EndTime: number;
  /** Empty on an edge of type `link`. */
  SummaryStatistics: Statistics | Record<string, never>;
  ResponseTimeHistogram: HistogramEntry[];
  Aliases: Alias[];
  /** `link` where a trace was picked up by another trace, e.g. behind a queue. */
  EdgeType?: 'link';
  /** How long the events had waited, on an edge of type `link`. */
  ReceivedEventAgeHistogram?: HistogramEntry[];
}

/** One node of the service map. */
export interface Service {
  ReferenceId: number;
  Name: string;
  Names: string[];
  Root?: boolean;
  AccountId?: string;
  /** Absent when the service does not say where it runs. */
  Type?: string;
  /** `active` when the service sent segments of its own; `unknown` for clients and inferred services. */
  State: 'active' | 'unknown';
  StartTime: number;
  EndTime: number;
  Edges: Edge[];
  /** Empty on a client. */
  SummaryStatistics: Statistics | Record<string, never>;
  DurationHistogram: HistogramEntry[];
  ResponseTimeHistogram: HistogramEntry[];
}

/** Exactly one member is present. */
export interface AnnotationValueOnWire {
  StringValue?: string;
  NumberValue?: number;
  BooleanValue?: boolean;
}

export interface ValueWithServiceIds {
  AnnotationValue: AnnotationValueOnWire;
  ServiceIds: ServiceId[];
}

export interface HttpOnWire {
  HttpURL?: string;
  HttpStatus?: number;
  HttpMethod?: string;
  UserAgent?: string;
  ClientIp?: string;
}

export interface RootCauseException {
  Name?: string;
  Message?: string;
}

export interface RootCauseEntity {
  Name?: string;
  /** What was thrown right here, on root causes of faults and errors. */
  Exceptions?: RootCauseException[];
  /** Share of the root's response time, 0..1, on response-time root causes. */
  Coverage?: number;
  /** A call to another service, or the inferred service it went to. */
  Remote?: boolean;
}

export interface RootCauseService extends ServiceId {
  /** The way through this service; its segment comes first. */
  EntityPath: RootCauseEntity[];
  Inferred?: boolean;
}

export interface RootCause {
  /** From the entry point to the service that caused it. */
  Services: RootCauseService[];
  /** The client felt it: the root failed as well, or, for response time, took that time. */
  ClientImpacting?: boolean;
}

/** One row of GetTraceSummaries. */
export interface TraceSummary {
  Id: TraceId;
  StartTime: number;
  /** First start to last end, seconds. */
  Duration: number;
  /** The root's own time, seconds. Absent while it is in progress. */
  ResponseTime?: number;
  HasFault: boolean;
  HasError: boolean;
  HasThrottle: boolean;
  IsPartial: boolean;
  Http: HttpOnWire;
  Annotations: Record<string, ValueWithServiceIds[]>;
  Users: { UserName: string; ServiceIds: ServiceId[] }[];
  ServiceIds: ServiceId[];
  ResourceARNs: { ARN: string }[];
  InstanceIds: { Id: string }[];
  AvailabilityZones: { Name: string }[];
  EntryPoint?: ServiceId;
  FaultRootCauses: RootCause[];
  ErrorRootCauses: RootCause[];
  ResponseTimeRootCauses: RootCause[];
  Revision: number;
  /** Set by queries over events and services: when the matched thing happened. */
  MatchedEventTime?: number;
}

/** One element of BatchGetTraces' `Segments`: `Document` is JSON text. */
export interface SegmentOnWire {
  Id: EntityId;
  Document: string;
}
