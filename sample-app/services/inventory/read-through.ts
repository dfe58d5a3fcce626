import { flag } from '../../platform/flags.ts';
import { annotate } from '../../platform/tracing.ts';

/** How long a value that was read is good for. */
const FRESH_MILLISECONDS = 5000;

const kept = new Map<string, { value: unknown; readAt: number }>();

/**
 * Reads through a cache while the flag `cache` is on: what was read in the last seconds is not read again. Says in
 * the annotation `cache` whether it was a hit.
 */
export async function readThrough<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
  if (!flag('cache')) return read();
  const hit = kept.get(key);
  if (hit && performance.now() - hit.readAt < FRESH_MILLISECONDS) {
    annotate({ cache: 'hit' });
    return hit.value as Value;
  }
  annotate({ cache: 'miss' });
  const value = await read();
  kept.set(key, { value, readAt: performance.now() });
  return value;
}
