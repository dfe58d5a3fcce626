import type { FailureKind } from './failure.ts';
import type { Log } from './log.ts';
import type { XRayClient } from './xray-client.ts';

/** Records that wait while the API is away, and those one call carries: AWS's daemon's numbers. */
const recordsKept = 30;
const recordsPerCall = 10;

export const telemetryMilliseconds = 60_000;

export interface TelemetryOptions {
  client: XRayClient;
  log: Log;
  /** Epoch seconds. */
  now: () => number;
  userAgent: string;
  /** Each may be empty: X-Ray takes that for unknown. */
  identity: { EC2InstanceId: string; Hostname: string; ResourceARN: string };
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
    if (!this.#hasReceived) return;
    const { now, log } = this.#options;
    this.#records.push({ Timestamp: Math.floor(now()), ...this.#counters });
    this.#counters = newCounters();
    this.#records = this.#records.slice(-recordsKept);

    while (this.#records.length > 0) {
      const sending = this.#records.slice(0, recordsPerCall);
      try {
        await this.#send(sending);
      } catch (error) {
        log.debug(`Failed to send telemetry ${sending.length} record(s). Re-queue records. ${error}`);
        return;
      }
      log.debug(`Send ${sending.length} telemetry record(s)`);
      this.#records = this.#records.filter((record) => !sending.includes(record));
    }
  }

  async #send(records: object[]): Promise<void> {
    const { client, identity, userAgent } = this.#options;
    const { status } = await client.send({
      method: 'POST',
      path: '/TelemetryRecords',
      headers: { 'content-type': 'application/json', 'user-agent': userAgent },
      body: Buffer.from(JSON.stringify({ TelemetryRecords: records, ...identity })),
    });
    if (status !== 200) throw new Error(`StatusCode: ${status}`);
  }
}
