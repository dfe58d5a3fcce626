/** The rows of a trace's timeline, in two arrangements, as pure data. */
import { isCall } from './inferred-segments.ts';
import { durationOf, isInProgress, statusOf } from './status.ts';
import { traceFacts } from './trace-facts.ts';
import type { Entity, EntityId, Segment, Status, Trace } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

export interface TraceTreeRow {
  entity: Entity;
  /** The segment the entity belongs to. Absent on subsegments whose segment has not arrived. */
  segment: Segment | undefined;
  /** 0 for the top rows. */
  depth: number;
  children: TraceTreeRow[];
  status: Status;
  /** From the start of the trace. Negative where clock skew puts the entity before it. */
  offsetSeconds: number;
  /** What is in progress is drawn to the end of the trace. */
  durationSeconds: number;
  /** The parent it names is not in the trace: lost, not sampled, or still to come. */
  orphan: boolean;
  /** A call to another service: what hangs under it happened there. */
  isCall: boolean;
}

/** `by-caller`: a segment hangs under the subsegment that called it. `by-segment`: every segment is a top row. */
export type TreeArrangement = 'by-caller' | 'by-segment';

/**
 * The rows of a trace as a forest. Every segment and subsegment is in it exactly once, orphans included; children
 * come in order of start.
 */
export function traceTree(trace: Trace, arrangement: TreeArrangement = 'by-caller'): TraceTreeRow[] {
  const planter = new Planter(trace, arrangement);
  const rows = planter.tops().map((segment) => planter.grow(segment, segment));
  for (const subsegment of trace.unattached) rows.push(planter.grow(subsegment, undefined));
  // Segments that call each other in a circle hang under nothing; each circle is opened at its first segment.
  for (const segment of trace.segments) {
    if (!planter.has(segment)) rows.push({ ...planter.grow(segment, segment), orphan: true });
  }
  return rows;
}

/** The rows from top to bottom, as drawn with everything unfolded. */
export function flattenRows(rows: readonly TraceTreeRow[]): TraceTreeRow[] {
  const flat: TraceTreeRow[] = [];
  const waiting = rows.toReversed();
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    flat.push(row);
    for (let i = row.children.length - 1; i >= 0; i--) waiting.push(row.children[i]!);
  }
  return flat;
}

class Planter {
  readonly #trace: Trace;
  readonly #arrangement: TreeArrangement;
  readonly #calledFrom = new Map<EntityId, Segment[]>();
  readonly #waitingIds = new Set<EntityId>();
  readonly #planted = new Set<Entity>();

  constructor(trace: Trace, arrangement: TreeArrangement) {
    this.#trace = trace;
    this.#arrangement = arrangement;
    for (const segment of trace.segments) {
      if (segment.parent_id === undefined) continue;
      const siblings = this.#calledFrom.get(segment.parent_id);
      if (siblings) siblings.push(segment);
      else this.#calledFrom.set(segment.parent_id, [segment]);
    }
    for (const top of trace.unattached) forEachEntity(top, ({ id }) => this.#waitingIds.add(id));
  }

  tops(): readonly Segment[] {
    if (this.#arrangement === 'by-segment') return this.#trace.segments.toSorted(byStart);
    return traceFacts(this.#trace)
      .entries.filter(({ parent_id }) => parent_id === undefined || !this.#waitingIds.has(parent_id))
      .toSorted(byStart);
  }

  has(entity: Entity): boolean {
    return this.#planted.has(entity);
  }

  /** The row of an entity with all its children. Works off a list, so that depth is no danger to the stack. */
  grow(entity: Entity, segment: Segment | undefined): TraceTreeRow {
    const top = this.#row(entity, segment, 0);
    const growing = [top];
    for (let row = growing.pop(); row !== undefined; row = growing.pop()) {
      for (const child of this.#childrenOf(row)) {
        row.children.push(child);
        growing.push(child);
      }
    }
    return top;
  }

  #childrenOf({ entity, segment, depth }: TraceTreeRow): TraceTreeRow[] {
    const subsegments = (entity.subsegments ?? []).map((inner) => ({ entity: inner as Entity, segment }));
    const called = this.#arrangement === 'by-caller' ? (this.#calledFrom.get(entity.id) ?? []) : [];
    return [...subsegments, ...called.map((callee) => ({ entity: callee as Entity, segment: callee }))]
      .filter((child) => !this.#planted.has(child.entity))
      .sort((a, b) => byStart(a.entity, b.entity))
      .map((child) => this.#row(child.entity, child.segment, depth + 1));
  }

  #row(entity: Entity, segment: Segment | undefined, depth: number): TraceTreeRow {
    this.#planted.add(entity);
    return {
      entity,
      segment,
      depth,
      children: [],
      status: statusOf(entity),
      offsetSeconds: entity.start_time - this.#trace.startTime,
      durationSeconds: isInProgress(entity)
        ? Math.max(0, this.#trace.endTime - entity.start_time)
        : durationOf(entity),
      orphan: this.#isOrphan(entity, segment),
      isCall: entity !== segment && isCall(entity),
    };
  }

  #isOrphan(entity: Entity, segment: Segment | undefined): boolean {
    if (entity !== segment) return this.#trace.unattached.some((top) => top === entity);
    if (segment?.parent_id === undefined) return false;
    return !traceFacts(this.#trace).owners.has(segment.parent_id) && !this.#waitingIds.has(segment.parent_id);
  }
}

const byStart = (a: Entity, b: Entity) => a.start_time - b.start_time;
