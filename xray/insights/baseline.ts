/**
 * What is expected of a group: how often requests failed, and where those faults began, in the intervals before. Plain
 * numbers again, one small entry per interval.
 */
import { detection } from './detection.ts';
import { chanceOfAtLeast, shareOf, type Observation } from './fishers-exact-test.ts';
import type { Interval } from './interval.ts';

/** One interval of the baseline: faults by the service in which they began. */
export interface BaselineInterval {
  requests: number;
  clientFaults: number;
  causes: Record<string, number>;
}

/** What is watched: the faults clients see, or those that begin in one service, named by its key. */
export type Series = { of: 'clients' } | { of: 'cause'; key: string };

export const baselineInterval = ({ clients, causes }: Interval): BaselineInterval => ({
  requests: clients.requests,
  clientFaults: clients.faults,
  causes: Object.fromEntries(Object.entries(causes).map(([key, { requests }]) => [key, requests])),
});

/** Faults of a series among the requests of an interval. Every series is measured against all requests of the group. */
export function observe(series: Series, { clients, causes }: Interval): Observation {
  const faults = series.of === 'clients' ? clients.faults : (causes[series.key]?.requests ?? 0);
  return { faults, requests: clients.requests };
}

export const together = (observations: readonly Observation[]): Observation => ({
  faults: observations.reduce((sum, { faults }) => sum + faults, 0),
  requests: observations.reduce((sum, { requests }) => sum + requests, 0),
});

export interface Expectation {
  /** All of the baseline. */
  before: Observation;
  /** The highest share that is nothing special, 0..1. */
  highest: number;
}

/**
 * What the baseline leads to expect. The highest share is the one that nine tenths of its windows stayed below: faults
 * that come and go in a rhythm are expected, one burst among many windows is not.
 */
export function expectationOf(series: Series, baseline: readonly BaselineInterval[]): Expectation {
  const observations = baseline.map(({ requests, clientFaults, causes }) => ({
    faults: series.of === 'clients' ? clientFaults : (causes[series.key] ?? 0),
    requests,
  }));
  const before = together(observations);

  const shares: number[] = [];
  for (let end = detection.windowIntervals; end <= observations.length; end++) {
    const window = together(observations.slice(end - detection.windowIntervals, end));
    if (window.requests >= detection.minimumRequests) shares.push(shareOf(window));
  }
  shares.sort((a, b) => a - b);
  const ordinary = shares[Math.ceil(shares.length * detection.expectedQuantile) - 1] ?? 0;
  return { before, highest: Math.max(ordinary, shareOf(before)) };
}

/** Whether a share is above what is expected by more than the requests' number explains. */
export const isElevated = (
  observed: Observation,
  { before, highest }: Expectation,
  belowChance: number,
): boolean =>
  shareOf(observed) > highest + detection.minimumRise && chanceOfAtLeast(observed, before) < belowChance;
