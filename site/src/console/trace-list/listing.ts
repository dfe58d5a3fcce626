/** What the trace list shows while it is read, and how it keeps up with new traces. No DOM: the screen is handed in. */
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import { TraceReading, type AskForPage, type Window } from './reading.ts';
import { SeenCounts } from './seen-values.ts';
import { joined, rowOf, type TraceRow } from './trace-row.ts';

export interface Listing {
  /** Newest first, without gaps. */
  rows: readonly TraceRow[];
  /** Traces that came so far: some may wait for newer ones before they are rows. */
  read: number;
  /** Traces that X-Ray looked at, matching or not. */
  scanned: number;
  /** There are more than are read. */
  more: boolean;
  state: 'reading' | 'whole' | 'broken';
  /** What kept the rest away, when the state is `broken`. */
  problem?: unknown;
}

/** Several times a second, so that drawing does not hold up reading. */
const drawEveryMilliseconds = 120;

/** As many as a range may hold before it has to be narrowed: some 30 MB of summaries go by. */
export const mostTraces = 10_000;

/**
 * Seconds behind the last look at which a trace may still appear: it is listed by its start, and its segments come when
 * they end.
 */
const lateSeconds = 60;

export interface ListOptions {
  ask(filter: string): AskForPage;
  /** The list is another one now. */
  show(listing: Listing): void;
  /** Traces that are not in the list have arrived, so many. */
  showFresh(count: number): void;
}

export class TraceLister {
  readonly #options: ListOptions;
  #running = new AbortController();
  #reading: TraceReading | undefined;
  #filter = '';
  #rows: readonly TraceRow[] = [];
  #problem: unknown;
  #state: Listing['state'] = 'whole';
  /** What came since the last drawing. */
  #undrawn: TraceRow[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fresh = new Map<string, TraceRow>();
  /** Known rows that are told differently now, e.g. because they have ended. */
  #changed = new Map<string, TraceRow>();
  #lookedUntil = 0;
  #seen = new SeenCounts();

  constructor(options: ListOptions) {
    this.#options = options;
  }

  /** What the filter bar can offer. */
  get seen(): SeenCounts {
    return this.#seen;
  }

  /**
   * Reads a list in place of the one before, which stays until the first page is here; what was being read is given up.
   * Resolves to false when another one has taken its place meanwhile. Rejects when not even the first page comes.
   */
  async load(window: Window, filter: string): Promise<boolean> {
    this.stop();
    const running = (this.#running = new AbortController());
    let isFirst = true;
    const begin = () => {
      isFirst = false;
      this.#rows = [];
      this.#undrawn = [];
      this.#seen = new SeenCounts();
      this.#forgetFresh();
      this.#filter = filter;
      this.#reading = reading;
      this.#lookedUntil = window.end;
    };
    const reading = new TraceReading({
      window,
      ask: this.#options.ask(filter),
      most: mostTraces,
      onrows: (summaries) => {
        if (running.signal.aborted) return;
        const wasFirst = isFirst;
        if (wasFirst) begin();
        this.#take(summaries, wasFirst);
      },
      onagain: (summary) => {
        if (!running.signal.aborted) this.#undrawn.push(rowOf(summary));
      },
    });
    try {
      await reading.run(running.signal);
    } catch (error) {
      if (running.signal.aborted) return false;
      if (isFirst) {
        // The list that stays was given up for this one; what is missing of it can still be read.
        if (this.#state === 'reading') this.#end('broken', new Error('reading them was given up.'));
        throw error;
      }
      this.#end('broken', error);
      return true;
    }
    if (running.signal.aborted) return false;
    if (isFirst) begin();
    this.#end('whole');
    return true;
  }

  /** After `broken`: reads what is missing. */
  async goOn(): Promise<void> {
    if (this.#state !== 'broken' || this.#reading === undefined) return;
    const running = (this.#running = new AbortController());
    this.#state = 'reading';
    this.#draw();
    try {
      await this.#reading.run(running.signal);
      if (!running.signal.aborted) this.#end('whole');
    } catch (error) {
      if (!running.signal.aborted) this.#end('broken', error);
    }
  }

  /**
   * Looks for traces that are not in the list; what is in it stays as it is. Resolves to whether X-Ray answered.
   */
  async lookForNew(window: Window): Promise<boolean> {
    if (this.#state !== 'whole') return false;
    const { signal } = this.#running;
    const known = new Map(this.#rows.map((row) => [row.id, row]));
    const start = Math.max(window.start, this.#lookedUntil - lateSeconds);
    // Where the list had to be cut, what lies behind the cut is not new.
    const oldest = this.#reading?.more ? (this.#rows.at(-1)?.start ?? 0) : 0;
    const reading = new TraceReading({
      window: { start, end: window.end },
      ask: this.#options.ask(this.#filter),
      most: mostTraces,
      onrows: (summaries) => {
        for (const row of summaries.map(rowOf)) {
          const before = known.get(row.id);
          if (before === undefined && row.start < oldest) continue;
          if (before === undefined) this.#fresh.set(row.id, row);
          else if (!isSame(before, row)) this.#changed.set(row.id, row);
        }
        this.#seen.add(summaries.filter(({ Id }) => !known.has(Id)));
      },
    });
    // A look that fails is one that found nothing: the next one asks for the same time again.
    const answered = await reading.run(signal).then(
      () => true,
      () => false,
    );
    if (answered) this.#lookedUntil = window.end;
    if (!signal.aborted) this.#options.showFresh(this.#fresh.size);
    return answered;
  }

  /** Puts what has arrived into the list, and takes out what the window has left behind. */
  showNew(window: Window): void {
    this.#rows = joined(this.#rows, [...this.#fresh.values(), ...this.#changed.values()]).filter(
      ({ start }) => start >= window.start - lateSeconds,
    );
    this.#forgetFresh();
    this.#draw();
  }

  /** Gives up what is being read. */
  stop(): void {
    this.#running.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(summaries: readonly TraceSummary[], isFirst: boolean): void {
    this.#state = 'reading';
    this.#undrawn.push(...summaries.map(rowOf));
    this.#seen.add(summaries);
    if (isFirst) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), drawEveryMilliseconds);
  }

  #end(state: 'whole' | 'broken', problem?: unknown): void {
    this.#state = state;
    this.#problem = problem;
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rows = joined(this.#rows, this.#undrawn);
    this.#undrawn = [];
    const { read = 0, scanned = 0, more = false } = this.#reading ?? {};
    this.#options.show({
      rows: this.#rows,
      read: this.#state === 'whole' ? this.#rows.length : read,
      scanned,
      more,
      state: this.#state,
      ...(this.#state === 'broken' && { problem: this.#problem }),
    });
  }

  #forgetFresh(): void {
    this.#fresh.clear();
    this.#changed.clear();
    this.#options.showFresh(0);
  }
}

const isSame = (one: TraceRow, other: TraceRow) => JSON.stringify(one) === JSON.stringify(other);
