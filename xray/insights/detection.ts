/**
 * The numbers by which an insight is opened, followed and closed. AWS does not publish its algorithm ("when fault rates
 * go outside of the expected range, X-Ray creates an insight"), so all of them are ours, chosen for a laptop: a fault
 * that is switched on at a few requests a second has its insight within a minute.
 */
export const detection = {
  /** Requests are counted in intervals of this length, which begin at whole multiples of it. Seconds. */
  intervalSeconds: 10,

  /**
   * An interval is counted this long after its end: a trace is complete when its slowest segment has been sent. What
   * arrives later is not counted any more. Seconds, on top of the store's own visibility delay.
   */
  settleSeconds: 10,

  /** An insight is opened on what the last so many intervals show together. */
  windowIntervals: 3,

  /** Of these, so many must be out of the ordinary each on its own: one burst opens nothing. */
  sustainedIntervals: 2,

  /** Below so many requests in the window nothing is opened: one fault in three requests is no trouble yet. */
  minimumRequests: 10,

  /** Nor below so many faults. */
  minimumFaults: 4,

  /** The share of faults must be this much above the highest that is expected. */
  minimumRise: 0.05,

  /**
   * The chance that requests failing as before would fail so often by accident (Fisher's exact test of the window
   * against the baseline) must be below this. A laptop asks some ten thousand times a day.
   */
  opensBelowChance: 1e-5,

  /** While an insight is open, an interval counts as trouble below this chance already: what began is believed. */
  staysBelowChance: 0.05,

  /** An insight is closed after so many intervals without trouble, with or without requests. */
  quietIntervals: 6,

  /** The baseline: the last so many intervals that had requests and no open insight. */
  baselineIntervals: 60,

  /** Nothing is opened before the baseline has so many requests. The first ones, whatever they are, make it. */
  minimumBaselineRequests: 20,

  /** And so many intervals: enough to see whether faults come in a rhythm. */
  minimumBaselineIntervals: 4,

  /** The highest share expected is the one that this part of the baseline's windows stayed below. */
  expectedQuantile: 0.9,

  /** While trouble lasts, an event is written each so many intervals, and at once when another service is drawn in. */
  intervalsPerEvent: 6,

  /** Services told apart in one interval. A sender that makes up names must not fill the memory. */
  servicesPerInterval: 100,

  /** Insights of one group that are open at a time. */
  openPerGroup: 20,

  /** Services listed as the most affected. */
  topServices: 5,
} as const;
