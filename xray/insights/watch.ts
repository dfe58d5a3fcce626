/** Runs the detector: counts what the store has, interval by interval, for every group with insights on. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { groupTest } from '../operations/groups/group.ts';
import { answerIn, type TraceTest } from '../operations/traces/trace-test.ts';
import type {
  InsightChange,
  Store,
  StoredDetector,
  StoredGroup,
  StoredInsight,
  TraceEntry,
} from '../store/store.ts';
import { takingTurns } from '../turns.ts';
import { detection } from './detection.ts';
import { advance, newDetector, type Change, type DetectorState, type OpenInsight } from './detector.ts';
import { countTrace, emptyInterval, type Interval } from './interval.ts';
import { eventOf, insightAfter } from './report.ts';

const { intervalSeconds } = detection;

/** How often intervals are looked for that can be counted by now. */
const everyMilliseconds = 5_000;

/** A group whose insights are turned on starts with a baseline from the traces of this time. Seconds. */
const learnFromSeconds = 600;

/** After a pause of the API, so much of what was missed is counted. What is older is taken for quiet. Seconds. */
const catchUpSeconds = 3_600;

/** Traces counted of one interval; of more, as many evenly among them. 200 requests a second are counted whole. */
const tracesPerInterval = 2_000;

/** Of an interval that ended long ago: enough for a baseline, and a start does not read half the store. */
const tracesPerPastInterval = 200;

/** An interval is past when it ended so long ago. Seconds. */
const pastSeconds = 120;

/** Entries listed before other requests get their turn. */
const entriesPerTurn = 250;

export interface InsightOptions {
  /** Epoch seconds. */
  now: () => number;
  /** Seconds after which a document that was put can be read. */
  visibilityDelay?: () => number;
  /** Told of each change that makes an event, after it was kept. */
  onEvent?: (notice: InsightNotice) => void;
  /** Names a new insight; a version 4 UUID by default. */
  newId?: () => string;
}

/** What happened, for a log. AWS sends such news to EventBridge when the group's notifications are on. */
export interface InsightNotice {
  kind: Change['kind'];
  insight: StoredInsight;
  notificationsEnabled: boolean;
}

/** Watches in the background. A round that fails is told and tried again. Returns the function that stops it. */
export function startInsights(
  store: Store,
  { onError, ...options }: InsightOptions & { onError: (error: unknown) => void },
): () => void {
  const watch = new InsightWatch(store, options);
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    watch
      .round()
      .catch(onError)
      .finally(() => (isRunning = false));
  }, everyMilliseconds);
  timer.unref();
  return () => {
    clearInterval(timer);
    watch.stop();
  };
}

/** The watch over all groups of a store. One round at a time. */
export class InsightWatch {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #visibilityDelay: () => number;
  readonly #onEvent: (notice: InsightNotice) => void;
  readonly #newId: () => string;
  /** By ARN. What the store holds may be older by some intervals in which nothing happened. */
  #detectors: Map<string, StoredDetector> | undefined;
  #isStopped = false;

  constructor(store: Store, options: InsightOptions) {
    const { now, visibilityDelay = () => 0, onEvent = () => {}, newId = randomUUID } = options;
    this.#store = store;
    this.#now = now;
    this.#visibilityDelay = visibilityDelay;
    this.#onEvent = onEvent;
    this.#newId = newId;
  }

  /** Ends the round under way at its next pause, without writing. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes in every interval that has settled since the last round. */
  async round(): Promise<void> {
    const { insights, groups } = this.#store;
    this.#detectors ??= new Map(insights.detectors().map((one) => [one.groupArn, one]));
    const watched = groups.list().filter(({ insightsEnabled }) => insightsEnabled);
    this.#endOthers(watched);

    const due = startOf(this.#now() - detection.settleSeconds - this.#visibilityDelay());
    const rounds = watched.map(
      (group) => new GroupRound(group, this.#stateOf(group, due), !this.#detectors!.has(group.arn)),
    );
    for (;;) {
      const behind = rounds.filter(({ state }) => state.next < due);
      if (behind.length === 0) break;
      const start = Math.min(...behind.map(({ state }) => state.next));
      const members = behind.filter(({ state }) => state.next === start);
      const intervals = await this.#count(start, members);
      if (this.#isStopped) return;
      for (const [index, member] of members.entries()) member.take(intervals[index]!, this.#newId);
    }
    for (const each of rounds) this.#keep(each);
  }

  #stateOf({ arn }: StoredGroup, due: number): DetectorState {
    const known = this.#detectors!.get(arn)?.state as DetectorState | undefined;
    if (known === undefined) return newDetector(due - learnFromSeconds);
    const earliest = due - catchUpSeconds;
    // A clock that was far ahead and has been set right must not stop the watch until it is there again.
    const isFromTheFuture = known.next > due + catchUpSeconds;
    if (isFromTheFuture) return { ...known, next: due, window: [] };
    return known.next >= earliest ? known : { ...known, next: earliest, window: [] };
  }

  /** Counts an interval for some groups, in one pass over its traces. */
  async #count(start: number, rounds: readonly GroupRound[]): Promise<Interval[]> {
    const intervals = rounds.map(() => emptyInterval(start));
    const turns = takingTurns();
    for (const id of await this.#traceIdsOf(start)) {
      if (turns.isOver()) await turns.next();
      if (this.#isStopped) break;
      const trace = this.#store.traces.get(id);
      if (!trace) continue;
      for (const [place, { test }] of rounds.entries()) {
        const steps = test.traceSteps(trace);
        const isIn = steps ? await answerIn(steps, turns) : test.ofTrace(trace);
        if (isIn) countTrace(intervals[place]!, trace);
      }
    }
    return intervals;
  }

  /** The traces of an interval by the time in their ids; where there are very many, evenly chosen ones. */
  async #traceIdsOf(start: number): Promise<string[]> {
    const end = start + intervalSeconds;
    const range = { type: 'TraceId', start, end } as const;
    const entries: TraceEntry[] = [];
    for (;;) {
      const some = this.#store.traces.list(range, entries.at(-1), entriesPerTurn);
      entries.push(...some);
      if (some.length < entriesPerTurn) break;
      await setImmediate();
      if (this.#isStopped) return [];
    }
    const most = end < this.#now() - pastSeconds ? tracesPerPastInterval : tracesPerInterval;
    const stride = Math.max(1, entries.length / most);
    const count = Math.min(entries.length, most);
    return Array.from({ length: count }, (_, index) => entries[Math.floor(index * stride)]!.id);
  }

  /** Writes what a round brought, all of it or nothing: after an error the next round begins where this one did. */
  #keep({ group, state, isNew, changes, isWorthKeeping }: GroupRound): void {
    const at = this.#now();
    const { arn: groupArn, name: groupName } = group;
    // Trouble that was over before insights were turned on is history, not an insight.
    const ongoing = new Set(state.open.map(({ id }) => id));
    const kept = changes.filter(({ insight }) => !isNew || ongoing.has(insight.id));
    if (isNew || isWorthKeeping) {
      this.#record({ groupArn, groupName, state }, kept, group, at);
    }
    this.#detectors!.set(groupArn, { groupArn, groupName, state });
  }

  /** Closes what is open in groups that are gone, or whose insights were turned off, and forgets their baselines. */
  #endOthers(watched: readonly StoredGroup[]): void {
    const arns = new Set(watched.map(({ arn }) => arn));
    for (const [arn, { groupName, state }] of this.#detectors!) {
      if (arns.has(arn)) continue;
      const open: readonly OpenInsight[] = (state as DetectorState).open;
      const changes = open.map((insight) => ({ kind: 'closed', insight, event: true }) as const);
      const group = { arn, name: groupName, notificationsEnabled: false };
      this.#record({ groupArn: arn, groupName, state: undefined }, changes, group, this.#now());
      this.#detectors!.delete(arn);
    }
  }

  #record(
    detector: StoredDetector,
    changes: readonly Change[],
    group: { arn: string; name: string; notificationsEnabled: boolean },
    at: number,
  ): void {
    const written = changes.map((change): { change: Change; written: InsightChange } => ({
      change,
      written: {
        insight: insightAfter(change, group, at),
        ...(change.event && { event: eventOf(change, at) }),
      },
    }));
    this.#store.insights.record(
      detector,
      written.map(({ written: one }) => one),
    );
    for (const { change, written: one } of written) {
      const { notificationsEnabled } = group;
      if (change.event) this.#onEvent({ kind: change.kind, insight: one.insight, notificationsEnabled });
    }
  }
}

/** What one round does for one group. */
class GroupRound {
  readonly group: StoredGroup;
  readonly test: TraceTest;
  readonly changes: Change[] = [];
  /** Insights have just been turned on. */
  readonly isNew: boolean;
  state: DetectorState;
  /** Something was counted: an idle group needs no writing. */
  isWorthKeeping = false;

  constructor(group: StoredGroup, state: DetectorState, isNew: boolean) {
    this.group = group;
    this.test = groupTest(group);
    this.state = state;
    this.isNew = isNew;
  }

  take(interval: Interval, newId: () => string): void {
    const { state, changes } = advance(this.state, interval, newId);
    this.isWorthKeeping ||= interval.clients.requests > 0 || this.state.open.length > 0;
    this.state = state;
    this.changes.push(...changes);
  }
}

const startOf = (time: number) => Math.floor(time / intervalSeconds) * intervalSeconds;
