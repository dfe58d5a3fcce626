/**
 * Statistics of services and of the calls between them, over time. Counted by the rules of the service graph: each
 * trace as a whole, in the period in which it started. So the periods of a window add up to the graph of the window.
 */
import type { ServiceSelector } from './filter-expression/expression.ts';
import { CALLER_MAY_COME_SECONDS, clientType, isEntry } from './service-graph.ts';
import { Tally } from './statistics.ts';
import { type DigestBlock, none } from './trace-digest/digest-block.ts';
import { servicesSelectedBy } from './trace-digest/selected-services.ts';

/** What is counted: the named services or calls, in traces that have all or one of them. */
export type EntitySelection =
  | { kind: 'service'; selector: ServiceSelector }
  | { kind: 'edge'; from: ServiceSelector; to: ServiceSelector }
  | { kind: 'and' | 'or'; terms: EntitySelection[] };

/** One period. */
export interface Period {
  /** Requests to the selected services. */
  services: Tally;
  /** The selected calls, as their callers saw them; without a selection, every call. */
  edges: Tally;
}

export interface TimeSeriesOptions {
  /** Where period 0 begins, epoch seconds. */
  start: number;
  /** Length of a period, seconds. */
  period: number;
  /** Without one, every call is counted, those from outside included. */
  selection?: EntitySelection | undefined;
  /** Epoch seconds; callers that may still come are waited for, see CALLER_MAY_COME_SECONDS. */
  now: number;
}

/** Whether a leaf of the selection means the service of a row, or the call to it. */
interface Leaf {
  isService?: (block: DigestBlock, service: number) => boolean;
  isCaller?: (block: DigestBlock, service: number) => boolean;
  isCallee?: (block: DigestBlock, service: number) => boolean;
  /** The client from which requests come has no segment. It is meant where its type is named. */
  isClient?: (block: DigestBlock, service: number) => boolean;
  wasFound: boolean;
}

export class TimeSeries {
  /** By the number of the period; negative ones begin before the start. */
  readonly periods = new Map<number, Period>();
  readonly #options: TimeSeriesOptions;
  readonly #settledUntil: number;
  readonly #leaves: Leaf[] = [];
  readonly #isCounted: () => boolean;

  constructor(options: TimeSeriesOptions) {
    this.#options = options;
    this.#settledUntil = options.now - CALLER_MAY_COME_SECONDS;
    this.#isCounted = options.selection === undefined ? () => true : this.#read(options.selection);
  }

  /** Adds a trace by its digest, which must not be opaque. */
  add(block: DigestBlock, slot: number): void {
    if (this.#options.selection !== undefined) {
      for (const leaf of this.#leaves) leaf.wasFound = false;
      this.#visit(
        block,
        slot,
        () => {},
        (leaf) => (leaf.wasFound = true),
      );
      if (!this.#isCounted()) return;
    }
    const { start, period } = this.#options;
    const number = Math.floor((block.startTime[slot]! - start) / period);
    let counted = this.periods.get(number);
    if (counted === undefined) {
      this.periods.set(number, (counted = { services: new Tally(), edges: new Tally() }));
    }
    const { services, edges } = counted;
    this.#visit(block, slot, (row, isEdge) =>
      (isEdge ? edges : services).add(block.flags[row]!, block.durationOf(slot, row)),
    );
  }

  /** Every selected segment and call, once: as a row, and for each leaf that means it. */
  #visit(
    block: DigestBlock,
    slot: number,
    count: (row: number, isEdge: boolean) => void,
    found?: (leaf: Leaf) => void,
  ): void {
    const isMeant = (test: (leaf: Leaf) => boolean) => {
      let meant = false;
      for (const leaf of this.#leaves) {
        if (!test(leaf)) continue;
        meant = true;
        if (found === undefined) break;
        found(leaf);
      }
      return meant;
    };
    const all = this.#options.selection === undefined;
    for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
      const service = block.service[row]!;
      if (!all && isMeant((leaf) => leaf.isService?.(block, service) ?? false)) count(row, false);
      const caller = block.callerOf(row);
      if (caller !== none) {
        const from = block.service[caller]!;
        const isCall = (leaf: Leaf) =>
          leaf.isCaller !== undefined && leaf.isCaller(block, from) && leaf.isCallee!(block, service);
        if (all || isMeant(isCall)) count(block.view[row]!, true);
      }
      if (isEntry(block, slot, row, this.#settledUntil)) {
        const isEntered = (leaf: Leaf) =>
          leaf.isClient !== undefined && leaf.isClient(block, service) && leaf.isCallee!(block, service);
        if (all || isMeant(isEntered)) count(row, true);
      }
    }
  }

  /** Collects the leaves of a selection; returns whether what was found of a trace fulfils it. */
  #read(selection: EntitySelection): () => boolean {
    if ('terms' in selection) {
      const terms = selection.terms.map((term) => this.#read(term));
      return selection.kind === 'and'
        ? () => terms.every((isFulfilled) => isFulfilled())
        : () => terms.some((isFulfilled) => isFulfilled());
    }
    const leaf: Leaf = { wasFound: false };
    if (selection.kind === 'service') leaf.isService = servicesSelectedBy(selection.selector);
    else {
      const { type, ...others } = selection.from;
      leaf.isCaller = servicesSelectedBy(selection.from);
      leaf.isCallee = servicesSelectedBy(selection.to);
      // It bears the name of the service it enters by.
      if (type === clientType) leaf.isClient = servicesSelectedBy(others);
    }
    this.#leaves.push(leaf);
    return () => leaf.wasFound;
  }
}

/** Periods that a forecast looks back on. AWS does not publish how it forecasts; this and the rest is ours. */
export const forecastPeriods = 12;

/** With fewer there is no forecast: two points make no habit. */
export const leastForecastPeriods = 3;

/** How many standard deviations wide the band is to either side: some 95 of 100 periods fall into it. */
export const forecastDeviations = 2;

/** The band in which the number of faults of a period was to be expected, after the numbers of the periods before it. */
export function faultForecast(before: readonly number[]): { high: number; low: number } | undefined {
  if (before.length < leastForecastPeriods) return undefined;
  const mean = before.reduce((sum, count) => sum + count, 0) / before.length;
  const variance = before.reduce((sum, count) => sum + (count - mean) ** 2, 0) / before.length;
  // Rare faults scatter by the root of their mean, also where the last few periods happened to agree.
  const deviation = Math.sqrt(Math.max(variance, mean));
  return {
    high: Math.ceil(mean + forecastDeviations * deviation),
    low: Math.max(0, Math.floor(mean - forecastDeviations * deviation)),
  };
}
