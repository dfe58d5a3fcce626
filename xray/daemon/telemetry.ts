import { callAws, type Pause } from './aws-call.ts';
import type { AwsClient } from './aws-client.ts';
import type { FailureKind } from './failure.ts';
import type { Log } from './log.ts';
import { uploadAttempts } from './uploader.ts';

/** Records that wait while the API is away, and those one call carries: AWS's daemon's numbers. */
const recordsKept = 30;
const recordsPerCall = 10;

export const telemetryMilliseconds = 60_000;

export interface TelemetryOptions {
  client: AwsClient;
  log: Log;
  /** Epoch seconds. */
  now: () => number;
  userAgent: string;
  /** Each may be empty: X-Ray takes that for unknown. */
  identity: { EC2InstanceId: string; Hostname: string; ResourceARN: string };
  pause?: Pause;
}

const noFailures: Readonly<Record<FailureKind, number>> = {
  TimeoutCount: 0,
  ConnectionRefusedCount: 0,
  HTTPCode4XXCount: 0,
  HTTPCode5XXCount: 0,
  UnknownHostCount: 0,
  OtherCount: 0,
};

const newCounters = () => ({
  SegmentsReceivedCount: 0,
  SegmentsSentCount: 0,
  SegmentsSpilloverCount: 0,
  SegmentsRejectedCount: 0,
  BackendConnectionErrors: { ...noFailures },
});

/** Counts what happens to segments, and reports it with PutTelemetryRecords once anything has been received. */
export class Telemetry {
  readonly #options: TelemetryOptions;
  #counters = newCounters();
  #hasReceived = false;
  #records: object[] = [];

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  received(): void {
    this.#hasReceived = true;
    this.#counters.SegmentsReceivedCount++;
  }

  sent(segments: number): void {
    this.#counters.SegmentsSentCount += segments;
  }

  spilled(segments: number): void {
    this.#counters.SegmentsSpilloverCount += segments;
  }

  rejected(segments = 1): void {
    this.#counters.SegmentsRejectedCount += segments;
  }

  failed(kind: FailureKind): void {
    this.#counters.BackendConnectionErrors[kind]++;
  }

  /** Closes the current record and sends those that wait. Never rejects: what fails is kept for the next time. */
  async report(): Promise<void> {
    const { now, log } = this.#options;
    if (!this.#hasReceived) {
      log.debug('Skipped telemetry data as no segments found');
      return;
    }
    this.#records.push({ Timestamp: Math.round(now() * 1000) / 1000, ...this.#counters });
    this.#counters = newCounters();
    if (this.#records.length > recordsKept) log.debug('Telemetry Buffers truncated');
    this.#records = this.#records.slice(-recordsKept);

    const all = this.#records;
    for (let first = 0; first < all.length; first += recordsPerCall) {
      const failure = await this.#send(all.slice(first, first + recordsPerCall));
      if (failure) {
        log.debug(`Failed to send telemetry ${all.length} record(s). Re-queue records. ${failure.text}`);
        this.#records = all.slice(first);
        return;
      }
    }
    this.#records = [];
    log.debug(`Send ${all.length} telemetry record(s)`);
  }

  async #send(records: object[]) {
    const { client, identity, now, pause, userAgent } = this.#options;
    const result = await callAws(
      client,
      {
        service: 'XRay',
        operation: 'PutTelemetryRecords',
        path: '/TelemetryRecords',
        headers: {
          'content-type': 'application/json',
          'user-agent': userAgent,
          'x-amzn-xray-timestamp': now().toFixed(9),
        },
        body: Buffer.from(JSON.stringify({ TelemetryRecords: records, ...identity })),
        attempts: uploadAttempts,
      },
      pause,
    );
    return 'failure' in result ? result.failure : undefined;
  }
}
