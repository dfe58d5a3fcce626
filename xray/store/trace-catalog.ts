/**
 * What is known of every trace without asking the disk: its place in the listing, its outer bounds, and how many
 * documents it has. Some 40 bytes a trace, in blocks of consecutive trace numbers, the same that digests are kept in.
 */
import type { TimeRange, TracePosition } from './store.ts';

/** Traces per block. More make larger reads, fewer make more of them. */
export const tracesPerBlock = 256;

export const blockOf = (number: number): number => Math.floor(number / tracesPerBlock);

export interface CatalogBlock {
  readonly idTime: Float64Array;
  readonly firstStart: Float64Array;
  readonly lastEnd: Float64Array;
  /** 0 for a trace that is not there. */
  readonly documents: Uint32Array;
  /** How many are there. */
  traces: number;
  /** Outer bounds of all traces that ever were in the block. */
  readonly bounds: { firstId: number; lastId: number; firstStart: number; lastEnd: number };
}

/** Traces of one block, by their slots in it. */
export interface CatalogRun {
  number: number;
  slots: number[];
}

/** Entries looked at before a scan lets others through, though it has found nothing: a millisecond or two. */
const entriesPerBreath = 65_536;

/**
 * Seconds between the time in its id and its first start or last end up to which a trace is an ordinary one. Work of
 * an hour in one trace is rare; a clock that is wrong by years is rarer, and must not slow down everybody's listings.
 */
const ordinarySpan = 3600;

export class TraceCatalog {
  readonly #blocks = new Map<number, CatalogBlock>();
  readonly #order = new ListingOrder();
  // The longest that any ordinary trace lasted after the time in its id, and started before it. An ordinary trace that
  // was active in a window has its id in the window and so much around it, which keeps a listing of some minutes short
  // in a store of a month.
  #longestLag = 0;
  #longestLead = 0;
  /** The others, by number: each listing by activity asks each of them. */
  readonly #unusual = new Set<number>();
  #looked = 0;

  set(number: number, idTime: number, firstStart: number, lastEnd: number, documents: number): void {
    const block = this.#blockFor(blockOf(number));
    const slot = number % tracesPerBlock;
    if (block.documents[slot] === 0) {
      block.traces++;
      block.idTime[slot] = idTime;
      this.#order.add(idTime, number);
    }
    block.firstStart[slot] = firstStart;
    block.lastEnd[slot] = lastEnd;
    block.documents[slot] = documents;
    const { bounds } = block;
    bounds.firstId = Math.min(bounds.firstId, idTime);
    bounds.lastId = Math.max(bounds.lastId, idTime);
    bounds.firstStart = Math.min(bounds.firstStart, firstStart);
    bounds.lastEnd = Math.max(bounds.lastEnd, lastEnd);
    const lag = lastEnd - idTime;
    const lead = idTime - firstStart;
    if (lag > ordinarySpan || lead > ordinarySpan) this.#unusual.add(number);
    else {
      if (lag > this.#longestLag) this.#longestLag = lag;
      if (lead > this.#longestLead) this.#longestLead = lead;
    }
  }

  /** Returns whether its block has no trace any more. */
  delete(number: number): boolean {
    const block = this.#blocks.get(blockOf(number));
    const slot = number % tracesPerBlock;
    if (block === undefined || block.documents[slot] === 0) return false;
    block.documents[slot] = 0;
    block.traces--;
    this.#unusual.delete(number);
    this.#order.deleted++;
    if (block.traces > 0) return false;
    this.#blocks.delete(blockOf(number));
    return true;
  }

  block(number: number): CatalogBlock | undefined {
    return this.#blocks.get(number);
  }

  blocks(): IterableIterator<[number, CatalogBlock]> {
    return this.#blocks.entries();
  }

  /** How many traces all scans together have compared with a window: what they cost. */
  get looked(): number {
    return this.#looked;
  }

  /** The traces that may belong to a window, block by block. Undefined is a breath, see `TraceStore.digests`. */
  *byBlock(range: TimeRange): Generator<CatalogRun | undefined> {
    let sinceBreath = 0;
    for (const [number, block] of this.#blocks) {
      const slots: number[] = [];
      if (mayHold(block, range)) {
        this.#looked += tracesPerBlock;
        for (let slot = 0; slot < tracesPerBlock; slot++) if (isIn(block, slot, range)) slots.push(slot);
      }
      if (slots.length > 0) yield { number, slots };
      else if ((sinceBreath += tracesPerBlock) % entriesPerBreath === 0) yield undefined;
    }
  }

  /** The same in listing order; neighbours of one block come together. */
  *inOrder(range: TimeRange, after: TracePosition | undefined): Generator<CatalogRun | undefined> {
    const { times, numbers, length } = this.#order.sorted((number) => this.#isThere(number));
    const isById = range.type === 'TraceId';
    const oldest = isById ? range.start : range.start - this.#longestLag;
    const newest = isById ? range.end : range.end + this.#longestLead;
    const beyond = isById ? { newer: [], older: [] } : this.#unusualBeyond(oldest, newest, range, after);

    const runs = new Runs();
    for (const number of beyond.newer) {
      const complete = runs.add(number);
      if (complete) yield complete;
    }
    let index = placeBefore(times, numbers, length, newest, 0);
    if (after) index = Math.min(index, placeBefore(times, numbers, length, after.idTime, after.number));
    for (; index >= 0 && times[index]! >= oldest; index--) {
      if (index % entriesPerBreath === 0) yield undefined;
      this.#looked++;
      const number = numbers[index]!;
      const block = this.#blocks.get(blockOf(number));
      if (block === undefined || !isIn(block, number % tracesPerBlock, range)) continue;
      const complete = runs.add(number);
      if (complete) yield complete;
    }
    for (const number of beyond.older) {
      const complete = runs.add(number);
      if (complete) yield complete;
    }
    if (runs.last) yield runs.last;
  }

  /** Traces of a window whose ids are not where those of ordinary ones are, in listing order. */
  #unusualBeyond(oldest: number, newest: number, range: TimeRange, after: TracePosition | undefined) {
    const found: TracePosition[] = [];
    for (const number of this.#unusual) {
      this.#looked++;
      const block = this.#blocks.get(blockOf(number))!;
      const idTime = block.idTime[number % tracesPerBlock]!;
      if (idTime >= oldest && idTime < newest) continue;
      if (after && !isListedBefore(after, { idTime, number })) continue;
      if (isIn(block, number % tracesPerBlock, range)) found.push({ idTime, number });
    }
    found.sort((a, b) => (isListedBefore(a, b) ? -1 : 1));
    const numbersOf = (some: TracePosition[]) => some.map(({ number }) => number);
    return {
      newer: numbersOf(found.filter(({ idTime }) => idTime >= newest)),
      older: numbersOf(found.filter(({ idTime }) => idTime < oldest)),
    };
  }

  #isThere(number: number): boolean {
    return (this.#blocks.get(blockOf(number))?.documents[number % tracesPerBlock] ?? 0) > 0;
  }

  #blockFor(number: number): CatalogBlock {
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = {
        idTime: new Float64Array(tracesPerBlock),
        firstStart: new Float64Array(tracesPerBlock),
        lastEnd: new Float64Array(tracesPerBlock),
        documents: new Uint32Array(tracesPerBlock),
        traces: 0,
        bounds: { firstId: Infinity, lastId: -Infinity, firstStart: Infinity, lastEnd: -Infinity },
      };
      this.#blocks.set(number, block);
    }
    return block;
  }
}

function isIn(block: CatalogBlock, slot: number, { type, start, end }: TimeRange): boolean {
  if (block.documents[slot] === 0) return false;
  if (type === 'TraceId') return block.idTime[slot]! >= start && block.idTime[slot]! < end;
  return block.firstStart[slot]! < end && block.lastEnd[slot]! >= start;
}

/** False when no trace of the block can be in the window. */
function mayHold({ bounds }: CatalogBlock, { type, start, end }: TimeRange): boolean {
  if (type === 'TraceId') return bounds.firstId < end && bounds.lastId >= start;
  return bounds.firstStart < end && bounds.lastEnd >= start;
}

/** Newest first, and of one second the last arrived first. */
const isListedBefore = (a: TracePosition, b: TracePosition) =>
  a.idTime > b.idTime || (a.idTime === b.idTime && a.number > b.number);

/** Puts neighbours of one block together. */
class Runs {
  /** The run under way. */
  last: CatalogRun | undefined;

  /** Returns the run before, when the trace begins a new one. */
  add(number: number): CatalogRun | undefined {
    const block = blockOf(number);
    const slot = number % tracesPerBlock;
    if (this.last?.number === block) {
      this.last.slots.push(slot);
      return undefined;
    }
    const complete = this.last;
    this.last = { number: block, slots: [slot] };
    return complete;
  }
}

/** Index of the last entry before a place in ascending order (time, number); -1 for none. */
function placeBefore(
  times: Float64Array,
  numbers: Float64Array,
  length: number,
  time: number,
  number: number,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const isBefore = times[middle]! < time || (times[middle] === time && numbers[middle]! < number);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Trace numbers by (time in the id, number), sorted when asked for: traces mostly arrive in order. */
class ListingOrder {
  #times = new Float64Array(1024);
  #numbers = new Float64Array(1024);
  #length = 0;
  #added: { time: number; number: number }[] = [];
  /** How many numbers stand here for traces that are gone. */
  deleted = 0;

  add(time: number, number: number): void {
    this.#added.push({ time, number });
  }

  /** The columns up to `length`, which nobody changes any more: later traces go behind them, or into new columns. */
  sorted(isThere: (number: number) => boolean) {
    if (this.deleted > 1024 && this.deleted > this.#length / 2) this.#forget(isThere);
    if (this.#added.length > 0) this.#merge();
    return { times: this.#times, numbers: this.#numbers, length: this.#length };
  }

  #merge(): void {
    const added = this.#added.sort((a, b) => a.time - b.time || a.number - b.number);
    this.#added = [];
    const first = added[0]!;
    const kept = placeBefore(this.#times, this.#numbers, this.#length, first.time, first.number) + 1;
    const length = this.#length + added.length;
    // Behind the end of what was handed out there is room to write; everything else needs new columns.
    if (kept < this.#length || length > this.#times.length) this.#grow(length);
    let from = this.#length - 1;
    let to = length - 1;
    for (let i = added.length - 1; i >= 0; to--) {
      const { time, number } = added[i]!;
      const other = this.#times[from]!;
      if (from >= kept && (other > time || (other === time && this.#numbers[from]! > number))) {
        this.#times[to] = other;
        this.#numbers[to] = this.#numbers[from--]!;
      } else {
        this.#times[to] = time;
        this.#numbers[to] = number;
        i--;
      }
    }
    this.#length = length;
  }

  #forget(isThere: (number: number) => boolean): void {
    const times = new Float64Array(this.#times.length);
    const numbers = new Float64Array(this.#times.length);
    let length = 0;
    for (let i = 0; i < this.#length; i++) {
      if (!isThere(this.#numbers[i]!)) continue;
      times[length] = this.#times[i]!;
      numbers[length++] = this.#numbers[i]!;
    }
    this.#times = times;
    this.#numbers = numbers;
    this.#length = length;
    this.deleted = 0;
  }

  #grow(length: number): void {
    const size = Math.max(1024, Math.ceil(length * 1.5));
    const times = new Float64Array(size);
    const numbers = new Float64Array(size);
    times.set(this.#times.subarray(0, this.#length));
    numbers.set(this.#numbers.subarray(0, this.#length));
    this.#times = times;
    this.#numbers = numbers;
  }
}
