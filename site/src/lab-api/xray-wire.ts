/** X-Ray's answers as JSON carries them: AWS's capitals, times in epoch seconds, durations in seconds. */

export interface HistogramEntry {
  Value: number;
  Count: number;
}

export interface Statistics {
  OkCount?: number;
  ErrorStatistics?: { ThrottleCount?: number; OtherCount?: number; TotalCount?: number };
  FaultStatistics?: { OtherCount?: number; TotalCount?: number };
  TotalCount?: number;
  /** Sum of the response times, seconds. */
  TotalResponseTime?: number;
}

export interface Edge {
  /** The node the edge points to. */
  ReferenceId: number;
  SummaryStatistics?: Statistics;
  ResponseTimeHistogram?: HistogramEntry[];
  Aliases?: { Name?: string; Names?: string[]; Type?: string }[];
  /** `link` for asynchronous connections. */
  EdgeType?: string;
}

export interface Service {
  ReferenceId: number;
  Name?: string;
  Names?: string[];
  Root?: boolean | null;
  AccountId?: string | null;
  Type?: string | null;
  State?: string;
  StartTime?: number;
  EndTime?: number;
  Edges?: Edge[];
  SummaryStatistics?: Statistics;
  DurationHistogram?: HistogramEntry[];
  ResponseTimeHistogram?: HistogramEntry[];
}

export interface AnnotationEntry {
  AnnotationValue?: { StringValue?: string; NumberValue?: number; BooleanValue?: boolean };
}

export interface TraceSummary {
  Id: string;
  StartTime?: number;
  /** First start to last end of any segment. */
  Duration?: number;
  /** The root segment's time; absent while it is in progress. */
  ResponseTime?: number;
  HasFault?: boolean;
  HasError?: boolean;
  HasThrottle?: boolean;
  IsPartial?: boolean;
  Http?: {
    HttpURL?: string;
    HttpStatus?: number;
    HttpMethod?: string;
    UserAgent?: string;
    ClientIp?: string;
  };
  Annotations?: Record<string, AnnotationEntry[]>;
  Users?: { UserName?: string }[];
  ServiceIds?: { Name?: string; Names?: string[]; Type?: string | null }[];
  EntryPoint?: { Name?: string; Type?: string | null } | null;
}

export interface GetServiceGraphOutput {
  Services?: Service[];
  NextToken?: string;
}

export interface GetTraceSummariesOutput {
  TraceSummaries?: TraceSummary[];
  /** Scanned traces, also those that did not match. */
  TracesProcessedCount?: number;
  NextToken?: string;
}

export interface BatchGetTracesOutput {
  Traces?: {
    Id?: string;
    Duration?: number;
    LimitExceeded?: boolean;
    Segments?: { Id?: string; Document?: string }[];
  }[];
  UnprocessedTraceIds?: string[];
  NextToken?: string;
}
