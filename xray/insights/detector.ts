/**
 * Finds trouble in a group, interval by interval. A pure function from what was known and one more interval to what is
 * known then, so that it can be stopped, written down and taken up again at any interval.
 *
 * Two kinds of shares are watched, both among all requests of the group: the requests that clients saw fail, and, for
 * each service, the requests in which a fault began there. The second says who is to blame. The first alone opens an
 * insight where faults begin in so many places that no single one stands out; the most frequent place is named then.
 */
import type { ServiceId } from '../model/index.ts';
import type { RequestImpact } from '../store/store.ts';
import {
  baselineInterval,
  expectationOf,
  isElevated,
  observe,
  together,
  type BaselineInterval,
  type Series,
} from './baseline.ts';
import { detection } from './detection.ts';
import { addFaults, addImpact, noImpact, type FaultsOfService, type Interval } from './interval.ts';

const { intervalSeconds } = detection;

/** All that is remembered of a group between two intervals. JSON. */
export interface DetectorState {
  /** Start of the interval that comes next, epoch seconds. */
  next: number;
  /** The newest intervals, oldest first. */
  window: readonly Interval[];
  /** Calm intervals before the window, oldest first. */
  baseline: readonly BaselineInterval[];
  open: readonly OpenInsight[];
}

/** What an insight adds up. */
export interface Impact {
  clients: RequestImpact;
  /** What the root-cause service answered. */
  rootCause: RequestImpact;
  affected: Record<string, FaultsOfService>;
}

export interface OpenInsight extends Impact {
  id: string;
  service: ServiceId;
  /** The service's key among an interval's causes. */
  key: string;
  series: Series;
  /** Share up to which nothing would have been opened, 0..1. */
  expected: number;
  /** Faults of the series since the start. */
  faults: number;
  start: number;
  /** End of the last interval with trouble. */
  end: number;
  /** What the quiet intervals since then hold: it counts when the trouble goes on, and is dropped when it does not. */
  waiting: Impact & { faults: number; intervals: number };
  intervalsSinceEvent: number;
}

/** What became of an insight in an interval. `event` says whether it is worth one in the insight's list of events. */
export interface Change {
  kind: 'opened' | 'continued' | 'closed';
  insight: OpenInsight;
  event: boolean;
}

export const newDetector = (next: number): DetectorState => ({ next, window: [], baseline: [], open: [] });

/**
 * Takes in the interval that comes next.
 * @param newId names an insight that is opened
 */
export function advance(
  state: DetectorState,
  interval: Interval,
  newId: () => string,
): { state: DetectorState; changes: Change[] } {
  const window = [...state.window, interval];
  const leaving = window.length > detection.windowIntervals ? window.shift() : undefined;
  // While there is trouble nothing is learnt: it would become the expected. When the last insight is closed, the
  // window has been quiet long enough to hold nothing of it.
  const isCalm = leaving !== undefined && leaving.clients.requests > 0 && state.open.length === 0;
  const baseline = isCalm
    ? [...state.baseline, baselineInterval(leaving)].slice(-detection.baselineIntervals)
    : state.baseline;

  const changes = state.open.map((insight) => follow(insight, interval, baseline));
  const going = changes.filter(({ kind }) => kind !== 'closed').map(({ insight }) => insight);
  for (const insight of begun(window, baseline, going, newId)) {
    going.push(insight);
    changes.push({ kind: 'opened', insight, event: true });
  }
  return { state: { next: interval.start + intervalSeconds, window, baseline, open: going }, changes };
}

function follow(open: OpenInsight, interval: Interval, baseline: readonly BaselineInterval[]): Change {
  const seen = observe(open.series, interval);
  const expectation = expectationOf(open.series, baseline);
  const now = impactIn(interval, open.key);
  const waiting = {
    ...addImpacts(open.waiting, now),
    faults: open.waiting.faults + seen.faults,
    intervals: open.waiting.intervals + 1,
  };

  if (!isElevated(seen, expectation, detection.staysBelowChance)) {
    const kind = waiting.intervals >= detection.quietIntervals ? 'closed' : 'continued';
    const intervalsSinceEvent = open.intervalsSinceEvent + 1;
    return { kind, insight: { ...open, waiting, intervalsSinceEvent }, event: kind === 'closed' };
  }

  const sum = addImpacts(open, waiting);
  const spread = Object.keys(sum.affected).length > Object.keys(open.affected).length;
  const event = spread || open.intervalsSinceEvent + 1 >= detection.intervalsPerEvent;
  const insight = {
    ...open,
    ...sum,
    faults: open.faults + waiting.faults,
    end: interval.start + intervalSeconds,
    waiting: nothingWaiting,
    intervalsSinceEvent: event ? 0 : open.intervalsSinceEvent + 1,
  };
  return { kind: 'continued', insight, event };
}

/** The insights that the window gives reason to open, the most frequent cause first. */
function begun(
  window: readonly Interval[],
  baseline: readonly BaselineInterval[],
  open: readonly OpenInsight[],
  newId: () => string,
): OpenInsight[] {
  const requests = baseline.reduce((sum, interval) => sum + interval.requests, 0);
  if (requests < detection.minimumBaselineRequests) return [];
  if (baseline.length < detection.minimumBaselineIntervals) return [];

  const causes = causesIn(window).filter(({ key }) => !open.some((insight) => insight.key === key));
  const room = Math.max(0, detection.openPerGroup - open.length);
  const found = causes
    .map((cause) => openedBy({ of: 'cause', key: cause.key }, cause, window, baseline, newId))
    .filter((insight) => insight !== undefined)
    .slice(0, room);
  if (found.length > 0 || open.length > 0 || causes[0] === undefined) return found;

  const byClients = openedBy({ of: 'clients' }, causes[0], window, baseline, newId);
  return byClients ? [byClients] : [];
}

/** Services in which faults of the window began, the most frequent first. */
function causesIn(window: readonly Interval[]): { key: string; service: ServiceId; requests: number }[] {
  const causes = new Map<string, { key: string; service: ServiceId; requests: number }>();
  for (const interval of window) {
    for (const [key, { id, requests }] of Object.entries(interval.causes)) {
      causes.set(key, { key, service: id, requests: requests + (causes.get(key)?.requests ?? 0) });
    }
  }
  return [...causes.values()].sort((a, b) => b.requests - a.requests || (a.key < b.key ? -1 : 1));
}

function openedBy(
  series: Series,
  { key, service }: { key: string; service: ServiceId },
  window: readonly Interval[],
  baseline: readonly BaselineInterval[],
  newId: () => string,
): OpenInsight | undefined {
  const observations = window.map((interval) => observe(series, interval));
  const all = together(observations);
  if (all.requests < detection.minimumRequests || all.faults < detection.minimumFaults) return undefined;
  const expectation = expectationOf(series, baseline);
  if (!isElevated(all, expectation, detection.opensBelowChance)) return undefined;
  const isTrouble = observations.map((one) => isElevated(one, expectation, detection.staysBelowChance));
  if (isTrouble.filter(Boolean).length < detection.sustainedIntervals) return undefined;

  const since = window.slice(isTrouble.indexOf(true), isTrouble.lastIndexOf(true) + 1);
  return {
    id: newId(),
    service,
    key,
    series,
    expected: expectation.highest,
    faults: together(since.map((interval) => observe(series, interval))).faults,
    start: since[0]!.start,
    end: since.at(-1)!.start + intervalSeconds,
    ...since.map((interval) => impactIn(interval, key)).reduce(addImpacts),
    waiting: nothingWaiting,
    intervalsSinceEvent: 0,
  };
}

const impactIn = ({ clients, services, causes }: Interval, key: string): Impact => ({
  clients,
  rootCause: services[key]?.impact ?? noImpact,
  affected: causes[key]?.affected ?? {},
});

const addImpacts = (a: Impact, b: Impact): Impact => ({
  clients: addImpact(a.clients, b.clients),
  rootCause: addImpact(a.rootCause, b.rootCause),
  affected: addFaults(a.affected, b.affected),
});

const nothingWaiting: OpenInsight['waiting'] = {
  clients: noImpact,
  rootCause: noImpact,
  affected: {},
  faults: 0,
  intervals: 0,
};
