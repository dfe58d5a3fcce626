import type { Rejection } from '../../model/vocabulary.ts';

/** One document that was refused, with what is needed to find who sent it. Times are epoch seconds. */
export interface Refusal extends Rejection {
  At: number;
  /** As far as it can be read in the document. */
  TraceId?: string;
  Name?: string;
}

/** As many as somebody reads; older ones are counted only. */
const MOST_KEPT = 100;

/** Its members are looked for as text: a refused document may be no JSON. */
const traceIdIn = /"trace_id"\s*:\s*"([^"\\]{1,64})"/;
const nameIn = /"name"\s*:\s*"([^"\\]{1,200})"/;

/**
 * What this API refused since it started. X-Ray tells a refusal to who sent the document and keeps nothing of it; the daemon
 * writes it into its log, where few look.
 */
export class Refusals {
  readonly since: number;
  #count = 0;
  readonly #newest: Refusal[] = [];

  /** @param since epoch seconds */
  constructor(since: number) {
    this.since = since;
  }

  /** @param text the document, where it is known */
  add(at: number, rejection: Rejection, text = ''): void {
    this.#count += 1;
    // A name inside the document may be a subsegment's; the first one in the text is mostly its own.
    const [TraceId, Name] = [traceIdIn, nameIn].map((pattern) => pattern.exec(text.slice(0, 100_000))?.[1]);
    this.#newest.unshift({ At: at, ...rejection, ...(TraceId && { TraceId }), ...(Name && { Name }) });
    this.#newest.length = Math.min(this.#newest.length, MOST_KEPT);
  }

  get count(): number {
    return this.#count;
  }

  /** Newest first, at most a hundred. */
  get newest(): readonly Refusal[] {
    return this.#newest;
  }
}
