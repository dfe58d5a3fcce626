/**
 * Reads the traces of a window through GetTraceSummaries, newest first, several pages at a time. A NextToken is followed
 * one page after another, so the window is cut into slices that are read beside each other. What is handed out is
 * always the newest part without gaps.
 */
import type { TraceSummary } from '../../lab-api/xray-wire.ts';

export interface Window {
  /** Epoch seconds; the end is outside. */
  start: number;
  end: number;
}

export interface PageOfTraces {
  summaries: TraceSummary[];
  /** Traces looked at for this page, matching or not. */
  scanned: number;
  token?: string | undefined;
}

/** Asks for one page. Rejects with what went wrong, or when the signal aborts. */
export type AskForPage = (
  window: Window,
  token: string | undefined,
  signal: AbortSignal,
) => Promise<PageOfTraces>;

export interface ReadingOptions {
  window: Window;
  ask: AskForPage;
  /** The next traces, newest first; called again and again, in order. */
  onrows(summaries: TraceSummary[]): void;
  /** A trace that was handed out came once more, because it has grown meanwhile: what is told of it now. */
  onagain?(summary: TraceSummary): void;
  /** How many are handed out at most. */
  most: number;
}

/** Slices read at the same time. A browser has six connections to the lab, one of which listens to events. */
const lanes = 3;

/** Traces a slice should hold: some pages, so that little is asked twice and nothing waits long for its turn. */
const tracesPerSlice = 500;

interface Slice extends Window {
  token?: string | undefined;
  /** Read, and not handed out yet: newer slices come first. */
  held: TraceSummary[];
  found: number;
  isDone: boolean;
  isTaken: boolean;
}

export class TraceReading {
  readonly #options: ReadingOptions;
  readonly #ids = new Set<string>();
  /** Newest first; those that are handed out are gone from here. */
  #slices: Slice[] = [];
  /** Older than all slices. */
  #rest: Window | undefined;
  #sliceSeconds = 1;
  #hasBegun = false;
  #handedOut = 0;
  #scanned = 0;
  #isFull = false;
  #more = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** Traces that came, handed out or not. */
  get read(): number {
    return Math.min(this.#ids.size, this.#options.most);
  }
  /** Traces that X-Ray looked at, matching or not. */
  get scanned(): number {
    return this.#scanned;
  }
  /** There are more than were handed out; said when the reading has ended. */
  get more(): boolean {
    return this.#more;
  }

  /**
   * Reads to the end, or to the most. Rejects with the first thing that goes wrong; what came before stays handed out, and
   * calling it again goes on where it stopped.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (!this.#hasBegun) await this.#begin(signal);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const work = Array.from({ length: lanes }, () => this.#lane(either, () => stop.abort()));
    try {
      await Promise.all(work);
    } catch (error) {
      stop.abort();
      await Promise.allSettled(work);
      if (!this.#isFull || signal.aborted) throw error;
    }
  }

  /** The first page alone: it is drawn at once, and shows how dense the traces are. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { window, ask } = this.#options;
    const { summaries, scanned, token } = await ask(window, undefined, signal);
    this.#hasBegun = true;
    const slice: Slice = { ...window, held: [], found: 0, isDone: true, isTaken: false };
    this.#slices = [slice];
    this.#keep(slice, summaries, scanned);
    if (token !== undefined) this.#rest = this.#behind(summaries, scanned);
    this.#handOut();
  }

  /** The window behind the first page. Its last second is asked again: there may be more of it. */
  #behind(summaries: readonly TraceSummary[], scanned: number): Window {
    const { start, end } = this.#options.window;
    const times = summaries.map(listedAt);
    const isNewestFirst = times.every((time, index) => index === 0 || times[index - 1]! >= time);
    const newest = times[0];
    const oldest = times.at(-1);
    if (newest === undefined || oldest === undefined || !isNewestFirst) {
      this.#scanned -= scanned;
      this.#sliceSeconds = Math.ceil((end - start) / 12);
      return { start, end };
    }
    this.#sliceSeconds = Math.ceil((Math.max(1, newest - oldest) * tracesPerSlice) / times.length);
    return { start, end: Math.min(end, oldest + 1) };
  }

  async #lane(signal: AbortSignal, stop: () => void): Promise<void> {
    for (let slice = this.#take(); slice !== undefined; slice = this.#take()) {
      try {
        while (!slice.isDone) {
          const { summaries, scanned, token } = await this.#options.ask(
            { start: slice.start, end: slice.end },
            slice.token,
            signal,
          );
          this.#keep(slice, summaries, scanned);
          slice.token = token;
          slice.isDone = token === undefined;
          this.#handOut();
          if (this.#isFull) return stop();
        }
        const seconds = slice.end - slice.start;
        const wanted = (seconds * tracesPerSlice) / Math.max(1, slice.found);
        this.#sliceSeconds = Math.max(1, Math.ceil(Math.min(wanted, seconds * 4)));
      } finally {
        slice.isTaken = false;
      }
    }
  }

  #take(): Slice | undefined {
    if (this.#isFull) return undefined;
    const slice = this.#slices.find(({ isDone, isTaken }) => !isDone && !isTaken) ?? this.#cut();
    if (slice) slice.isTaken = true;
    return slice;
  }

  /** The newest part of what nobody reads yet. */
  #cut(): Slice | undefined {
    if (this.#rest === undefined) return undefined;
    const { start, end } = this.#rest;
    // Ids tell whole seconds.
    const from = Math.max(start, Math.ceil(end) - this.#sliceSeconds);
    const slice: Slice = { start: from, end, held: [], found: 0, isDone: false, isTaken: false };
    this.#rest = from > start ? { start, end: from } : undefined;
    this.#slices.push(slice);
    return slice;
  }

  #keep(slice: Slice, summaries: readonly TraceSummary[], scanned: number): void {
    this.#scanned += scanned;
    slice.found += summaries.length;
    for (const summary of summaries) {
      if (!this.#ids.has(summary.Id)) {
        this.#ids.add(summary.Id);
        slice.held.push(summary);
      } else {
        this.#scanned -= 1;
        this.#again(summary);
      }
    }
  }

  #again(summary: TraceSummary): void {
    for (const { held } of this.#slices) {
      const at = held.findIndex(({ Id }) => Id === summary.Id);
      if (at < 0) continue;
      held[at] = summary;
      return;
    }
    this.#options.onagain?.(summary);
  }

  #handOut(): void {
    const { most, onrows } = this.#options;
    const next: TraceSummary[] = [];
    while (this.#slices[0] && !this.#isFull) {
      const [first] = this.#slices;
      const room = most - this.#handedOut - next.length;
      next.push(...first.held.slice(0, room));
      const isCut = first.held.length > room;
      first.held = isCut ? first.held.slice(room) : [];
      // Not when there are as many as may be: only one more says that there are more.
      this.#isFull = isCut;
      if (!first.isDone || isCut) break;
      this.#slices.shift();
    }
    this.#more = this.#isFull;
    this.#handedOut += next.length;
    if (next.length > 0) onrows(next);
  }
}

/** A month: an id whose time is further from the start of its trace does not tell the time. */
const plausibleSeconds = 30 * 24 * 3600;

/** The second that a trace is listed by: the one in its id, unless that id was made from random digits. */
function listedAt({ Id, StartTime }: TraceSummary): number {
  const time = Number.parseInt(Id.slice(2, 10), 16);
  if (StartTime === undefined) return time;
  return Math.abs(time - StartTime) <= plausibleSeconds ? time : Math.floor(StartTime);
}
