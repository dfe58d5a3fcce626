import { changedBetween, type Look } from './sources.ts';

/** Between two looks, milliseconds. An editor saves in several steps, so what changed since the last look may change again. */
const LOOK_EVERY_MILLISECONDS = 250;
/** On a slow disk looks come less often, so that they take a twentieth of the time at most. */
const LEAST_PAUSE_OF_A_LOOK = 20;

export interface WatchOptions {
  look(): Look;
  /** The files without whose changes a process runs. */
  changedSources(name: string, look: Look): string[];
  restart(name: string, files: readonly string[]): void;
}

/**
 * Restarts a process once its sources differ from those that it was started with and have not changed for one look. It
 * compares and does not follow, so no save can be missed, whenever and however it is made.
 *
 * @returns A function that stops the watch.
 */
export function watchSources({ look, changedSources, restart }: WatchOptions): () => void {
  let last: Look = new Map();
  let timer: NodeJS.Timeout;

  function compare(): void {
    const began = performance.now();
    const present = look();
    for (const [name, sources] of present) {
      const before = last.get(name);
      if (before === undefined || changedBetween(before, sources).length > 0) continue;
      const files = changedSources(name, present);
      if (files.length > 0) restart(name, files);
    }
    last = present;
    const took = performance.now() - began;
    timer = setTimeout(compare, Math.max(LOOK_EVERY_MILLISECONDS, took * LEAST_PAUSE_OF_A_LOOK));
  }

  compare();
  return () => clearTimeout(timer);
}
