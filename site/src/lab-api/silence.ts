/** Heartbeats come every two seconds; one may be late, two are not. */
const longestMilliseconds = 4300;

/** A page that was not asked for so long slept, with its computer or in a tab in the background. */
const asleepMilliseconds = 2500;

export interface Silence {
  heard(at: number): void;
  /** To be asked at least every second. All times are epoch milliseconds. */
  isTooLong(at: number): boolean;
}

/** Notices that nothing has been heard for too long. What went by while nobody could listen does not count. */
export function createSilence(at: number): Silence {
  let heardAt = at;
  let askedAt = at;
  return {
    heard: (now) => void (heardAt = now),
    isTooLong(now) {
      if (now - askedAt > asleepMilliseconds) heardAt = now;
      askedAt = now;
      return now - heardAt > longestMilliseconds;
    },
  };
}
