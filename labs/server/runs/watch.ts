import type { LabEvents } from '../contract.ts';

export interface WatchOptions {
  /** Ids of the traces that started since then (epoch seconds), newest first. */
  traceIds(start: number, end: number): Promise<string[]>;
  /** Nobody watches: nothing is asked. */
  wanted(): boolean;
  /** New traces were seen. Awaited, so that slow listeners are not overrun. */
  arrived(traces: LabEvents['traces']): Promise<void>;
  now(): number;
  intervalMilliseconds?: number;
}

/** How far back to look: a trace counts by its start, and the Node SDK sends a segment only when it is complete. */
const LOOK_BACK_SECONDS = 30;

/**
 * Asks the X-Ray API every two seconds for new traces and tells of each once.
 *
 * @returns A function that stops the watch.
 */
export function watchTraces(options: WatchOptions): () => void {
  const { traceIds, wanted, arrived, now, intervalMilliseconds = 2000 } = options;
  let seen = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    const at = now();
    const ids = await traceIds(at - LOOK_BACK_SECONDS, at + 1);
    const fresh = ids.filter((id) => !seen.has(id));
    seen = new Set(ids);
    if (fresh.length > 0) await arrived({ ids: fresh, at });
  }

  async function loop(): Promise<void> {
    // An API that does not answer is shown by the status of its process; the watch just asks again.
    if (wanted()) await look().catch(() => {});
    if (!stopped) timer = setTimeout(loop, intervalMilliseconds).unref();
  }

  void loop();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
