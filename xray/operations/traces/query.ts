import { invalidRequest } from '../../errors.ts';
import { groupsNamedIn, matchesFilter } from '../../model/index.ts';
import { filterSteps } from '../../model/filter-expression/matcher.ts';
import { digestFilter } from '../../model/filter-expression/digest-matcher.ts';
import { type DigestBlock, none } from '../../model/trace-digest/digest-block.ts';
import { traceFlags } from '../../model/trace-digest/trace-digest.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { isDigestInRange, isInRange } from '../../store/range.ts';
import type { Store, TimeRange, TracePosition } from '../../store/store.ts';
import { currentFilter, knownGroup } from '../groups/group.ts';
import type { OperationContext } from '../operation.ts';
import { takingTurns } from '../../turns.ts';
import { readFilter } from './read-filter.ts';
import { answerIn, type TraceTest } from './trace-test.ts';

/** Traces listed at once. */
const tracesAtOnce = 100;

/** The traces of a window, newest first, each with its place in the listing; lets other requests through. */
export async function* tracesInRange(
  { traces }: Store,
  range: TimeRange,
  after?: TracePosition,
): AsyncGenerator<{ trace: Trace; position: TracePosition }> {
  let position = after;
  const turns = takingTurns();
  for (;;) {
    const entries = traces.list(range, position, tracesAtOnce);
    for (const entry of entries) {
      position = entry;
      const trace = traces.get(entry.id);
      // Subsegments whose segment is still to come do not make a trace yet.
      if (trace?.root && isInRange(trace, range)) yield { trace, position };
      if (turns.isOver()) await turns.next();
    }
    if (entries.length < tracesAtOnce) return;
  }
}

/** Throws InvalidRequestException for a window that ends before it starts, or is longer than AWS allows. */
export function checkWindow(start: number, end: number, longestSeconds: number): void {
  if (start > end) throw invalidRequest('StartTime cannot be later than EndTime.');
  if (end - start > longestSeconds) {
    throw invalidRequest(`Time range cannot be longer than ${longestSeconds / 3600} hours`);
  }
}

/** A trace that a scan has found. */
export interface FoundTrace {
  block: DigestBlock;
  slot: number;
  position: TracePosition;
  /** The trace in full; undefined when it was forgotten a moment ago. */
  trace(): Trace | undefined;
  /** Whether the digest has no rows, so that the trace must be asked itself. */
  isOpaque: boolean;
}

export interface Scan {
  range: TimeRange;
  /** From the first in listing order, after a position, or in any order, which is fastest. */
  order: TracePosition | 'first' | 'any';
  test: TraceTest;
  /** Asked before the test, of every trace in the window; false passes over the trace. */
  isLookedAt?(block: DigestBlock, slot: number, position: TracePosition): boolean | 'stop';
}

/**
 * Finds the traces of a window that pass a test, by their digests where those can tell. Lets other requests through
 * every few milliseconds. `visit` gets them one by one; `true` from it ends the scan.
 */
export async function scanTraces(
  { traces }: Store,
  { range, order, test, isLookedAt = () => true }: Scan,
  visit: (found: FoundTrace) => boolean | void,
): Promise<void> {
  const turn = takingTurns();
  for (const run of traces.digests(range, order)) {
    if (turn.isOver()) await turn.next();
    if (run === undefined) continue;
    const { block, slots, position: positionOf } = run;
    for (const slot of slots) {
      // Subsegments whose segment is still to come do not make a trace yet.
      if (block.revision[slot] === 0 || block.rootOf(slot) === none) continue;
      const position = positionOf(slot);
      let trace: Trace | undefined;
      const inFull = () => (trace ??= traces.at(position));

      let isIn = isDigestInRange(block, slot, range);
      if (isIn === undefined) {
        const asked = inFull();
        isIn = asked !== undefined && isInRange(asked, range);
      }
      if (!isIn) continue;
      const isWanted = isLookedAt(block, slot, position);
      if (isWanted === 'stop') return;
      if (!isWanted) continue;

      const digestSteps = test.digestSteps(block, slot);
      let passes = digestSteps ? await answerIn(digestSteps, turn) : test.ofDigest(block, slot);
      if (passes === undefined) {
        const asked = inFull();
        const traceSteps = asked && test.traceSteps(asked);
        passes = traceSteps ? await answerIn(traceSteps, turn) : asked !== undefined && test.ofTrace(asked);
      }
      const isOpaque = (block.traceFlags[slot]! & traceFlags.opaque) !== 0;
      if (passes && visit({ block, slot, position, trace: inFull, isOpaque })) return;
      if (turn.isOver()) await turn.next();
    }
  }
}

/**
 * The test a filter expression stands for; no expression and the empty one let every trace through. A group named
 * in it stands for the filter it has now. Throws InvalidRequestException, with the place and the repair, for one that
 * cannot be read or names an unknown group.
 */
export function traceFilter(context: OperationContext, text: string | undefined): TraceTest {
  const expression = readFilter(text ?? '');
  const groups = new Map(
    groupsNamedIn(expression).map((group) => [group, currentFilter(knownGroup(context, group))]),
  );
  const filterContext = { groupFilter: (group: string) => groups.get(group) };
  const ofDigest = digestFilter(expression, filterContext);
  return {
    ofDigest,
    digestSteps: ofDigest.inSteps,
    ofTrace: (trace) => matchesFilter(expression, trace, filterContext),
    traceSteps: filterSteps(expression, filterContext),
  };
}
