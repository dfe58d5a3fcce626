import type { Logger } from 'pino';
import { serviceUnavailable, type XRayError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** A full disk fails hundreds of calls a second, and the log is often on the same disk. */
const SECONDS_BETWEEN_LINES = 10;

export interface StoreTrouble {
  /** What a caller is answered when the disk or the file failed under its call; undefined for other errors. */
  answerTo(thrown: unknown): XRayError | undefined;
  /** The same for work that nobody waits for: false for other errors. */
  isLogged(thrown: unknown): boolean;
}

/** Turns failures of the store into 503s that SDKs and the daemon retry, and into few lines of the log. */
export function storeTrouble(store: Store, log: Logger, now: () => number): StoreTrouble {
  let last = -Infinity;
  let lastSentence = '';
  let unsaid = 0;

  function explained(thrown: unknown): string | undefined {
    const sentence = store.explain(thrown);
    if (sentence === undefined) return undefined;
    const at = now();
    if (sentence === lastSentence && at >= last && at - last < SECONDS_BETWEEN_LINES) unsaid++;
    else {
      log.error(
        { reason: (thrown as Error).message, ...(unsaid > 0 ? { failuresSince: unsaid } : {}) },
        sentence,
      );
      [last, lastSentence, unsaid] = [at, sentence, 0];
    }
    return sentence;
  }

  return {
    answerTo(thrown) {
      const sentence = explained(thrown);
      return sentence === undefined ? undefined : serviceUnavailable(sentence);
    },
    isLogged: (thrown) => explained(thrown) !== undefined,
  };
}
