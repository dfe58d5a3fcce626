import type { LabEvents, Refusals, Telemetry } from '../contract.ts';

export interface PulseOptions {
  refusals(): Promise<Refusals>;
  telemetry(window: { start: number; end: number }): Promise<Telemetry>;
  /** Nobody watches: nothing is asked. */
  wanted(): boolean;
  publish(pulse: LabEvents['xray']): void;
  /** Epoch seconds. */
  now(): number;
  intervalMilliseconds?: number;
}

/** Daemons tell their counters once a minute. */
const TELEMETRY_SECONDS = 20;
const HOUR = 3600;

/**
 * Asks the X-Ray API every two seconds whether it answers and what it refused, and tells it each time: an open page hears
 * within five seconds that the API has stopped or hangs, and from the regular news that this process is there.
 *
 * @returns A function that stops it.
 */
export function watchPulse({
  refusals,
  telemetry,
  wanted,
  publish,
  now,
  ...options
}: PulseOptions): () => void {
  const { intervalMilliseconds = 2000 } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let toldAt = -Infinity;
  let rejected = 0;

  async function look(): Promise<LabEvents['xray']> {
    const at = now();
    try {
      const { Count } = await refusals();
      if (at - toldAt > TELEMETRY_SECONDS) {
        toldAt = at;
        rejected = await telemetry({ start: at - HOUR, end: at }).then(rejectedIn, () => rejected);
      }
      return { answers: true, at, refused: Count, rejected };
    } catch (error) {
      const { message } = error as Error;
      return { answers: false, at, reason: message, refused: 0, rejected };
    }
  }

  async function loop(): Promise<void> {
    if (wanted()) {
      const pulse = await look();
      if (!stopped) publish(pulse);
    }
    if (!stopped) timer = setTimeout(loop, intervalMilliseconds).unref();
  }

  void loop();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

const rejectedIn = ({ TelemetryRecords }: Telemetry) =>
  TelemetryRecords.reduce((sum, { SegmentsRejectedCount = 0 }) => sum + SegmentsRejectedCount, 0);
