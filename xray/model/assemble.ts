/**
 * Joins the documents of one trace into a trace. The result depends on the set of documents only, not on their order
 * of arrival: a complete document wins over an in-progress one, and a subsegment that travelled on its own ends up
 * where it would be had it been embedded.
 */
import { inferSegment, isCall } from './inferred-segments.ts';
import type {
  Entity,
  EntityId,
  IndependentSubsegment,
  Segment,
  SegmentDocument,
  Subsegment,
  Trace,
  TraceId,
} from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

/** AWS's quota of links in one trace. What it does with more is not published: ours keeps those of the first segments. */
export const linksPerTrace = 100;

/**
 * Assembles a trace, in time proportional to its size.
 * @param documents everything received for this trace id, in any order, repetitions included
 * @param options.limitExceeded documents were refused because the trace was full
 * @param options.revision how many documents were merged; their number where it is not given
 */
export function assembleTrace(
  id: TraceId,
  documents: readonly SegmentDocument[],
  options: { limitExceeded?: boolean; revision?: number } = {},
): Trace {
  const { segments: bare, independent } = latestById(documents);
  const { segments: joined, unattached } = attach(bare, independent);
  const segments = withFewLinks(joined.filter(({ inferred }) => !inferred));
  const all = [...segments, ...inferSegments(id, segments, joined)];
  return {
    id,
    segments: all,
    root: rootOf(segments),
    ...timesOf(all.length > 0 ? all : unattached),
    unattached,
    isPartial: [...segments, ...unattached].some(hasOpenEntity),
    limitExceeded: options.limitExceeded ?? false,
    revision: options.revision ?? documents.length,
  };
}

function withFewLinks(segments: Segment[]): Segment[] {
  let left = linksPerTrace;
  return segments.map((segment) => {
    const { links } = segment;
    if (links === undefined) return segment;
    const kept = links.slice(0, left);
    left -= kept.length;
    return kept.length === links.length ? segment : { ...segment, links: kept };
  });
}

const isIndependent = (document: SegmentDocument): document is IndependentSubsegment =>
  'type' in document && document.type === 'subsegment';

function latestById(documents: readonly SegmentDocument[]) {
  const segments = new Map<EntityId, Segment>();
  const independent = new Map<EntityId, IndependentSubsegment>();
  for (const document of documents) {
    if (isIndependent(document)) keepWinner(independent, document);
    else keepWinner(segments, document);
  }
  return { segments: [...segments.values()].sort(byTime), independent };
}

function keepWinner<Document extends Entity>(kept: Map<EntityId, Document>, next: Document): void {
  const other = kept.get(next.id);
  if (other === undefined || wins(next, other)) kept.set(next.id, next);
}

/**
 * Which of two documents with one id stands. Complete wins over in progress, whichever came first. X-Ray allows no
 * second complete one; if it happens, the one that ended later wins, and last of all the text decides, so that the
 * order of arrival never does.
 */
function wins(next: Entity, other: Entity): boolean {
  const nextEnd = next.end_time ?? -1;
  const otherEnd = other.end_time ?? -1;
  if (nextEnd !== otherEnd) return nextEnd > otherEnd;
  return JSON.stringify(next) > JSON.stringify(other);
}

type Placed = Pick<Entity, 'id' | 'start_time' | 'end_time'>;

/** By start, then end, then id: siblings that start in one millisecond still come in a fixed, sensible order. */
function byTime(a: Placed, b: Placed): number {
  return (
    a.start_time - b.start_time ||
    (a.end_time ?? Infinity) - (b.end_time ?? Infinity) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/**
 * Hangs independent subsegments under their parents: segments, or subsegments at any depth, themselves embedded or
 * independent. One whose parent is missing is not lost: it waits in `unattached`, with everything under it. One that
 * is also embedded somewhere keeps that place.
 */
function attach(segments: Segment[], independent: ReadonlyMap<EntityId, IndependentSubsegment>) {
  if (independent.size === 0) return { segments: segments.map(inOrder), unattached: [] };

  const travelled = [...independent.values()].sort(byTime);
  const embedded = embeddedIds([...segments, ...travelled]);
  const copies = new Copies(independent);
  const roots = segments.map((segment) => copies.copy(segment));
  const loose = travelled.filter(({ id }) => !embedded.has(id)).map((subsegment) => copies.copy(subsegment));

  // Before anything hangs, every tree is as its sender embedded it, so these walks come to an end.
  const treeOf = new Map<Entity, Entity>();
  for (const top of [...roots, ...loose]) forEachEntity(top, (entity) => treeOf.set(entity, top));

  const hanging: IndependentSubsegment[] = [];
  const hungUnder = new Map<Entity, Entity>();
  for (const subsegment of loose) {
    const parent = copies.byId.get(subsegment.parent_id);
    if (parent === undefined) hanging.push(subsegment);
    else hungUnder.set(subsegment, parent);
  }
  for (const first of circles(loose, hungUnder, treeOf)) {
    hungUnder.delete(first);
    hanging.push(first);
  }
  for (const [subsegment, parent] of hungUnder) (parent.subsegments ??= []).push(subsegment);
  hanging.push(...embeddedInThemselves(travelled, copies, [...roots, ...hanging]));

  const addressed = hanging.map(({ id, ...rest }) => ({ ...rest, ...addressOf(independent.get(id)!) }));
  for (const root of [...roots, ...addressed]) forEachEntity(root, tidyUp);
  return { segments: roots, unattached: addressed };
}

function embeddedIds(entities: readonly Entity[]): Set<EntityId> {
  const ids = new Set<EntityId>();
  for (const outer of entities) {
    forEachEntity(outer, (entity) => {
      if (entity !== outer) ids.add(entity.id);
    });
  }
  return ids;
}

/** Copies of the entities of one trace, so that hanging subsegments up does not change the stored documents. */
class Copies {
  readonly byId = new Map<EntityId, Entity>();
  readonly #independent: ReadonlyMap<EntityId, IndependentSubsegment>;
  readonly #used = new Set<EntityId>();

  constructor(independent: ReadonlyMap<EntityId, IndependentSubsegment>) {
    this.#independent = independent;
  }

  /** Copies an entity with all that is embedded in it, each in its winning version. */
  copy<Kind extends Entity>(entity: Kind): Kind {
    return copyTree(
      entity,
      (inner) => this.#winner(inner),
      (copy) => {
        if (!this.byId.has(copy.id)) this.byId.set(copy.id, copy);
      },
    );
  }

  /** The version that travelled alone replaces the embedded one, unless it is only an older, unfinished state. */
  #winner(embedded: Subsegment): Subsegment {
    const alone = this.#independent.get(embedded.id);
    if (alone === undefined || this.#used.has(alone.id)) return embedded;
    this.#used.add(alone.id);
    return (alone.end_time ?? -1) >= (embedded.end_time ?? -1) ? alone : embedded;
  }
}

/**
 * Trees that would hang under each other, or under a part of themselves, hang under nothing. Resolves to the first tree
 * of each such circle; when that one is taken out, no circle is left.
 */
function circles<Top extends Entity>(
  tops: readonly Top[],
  hungUnder: ReadonlyMap<Entity, Entity>,
  treeOf: ReadonlyMap<Entity, Entity>,
): Top[] {
  const above = (top: Entity): Entity | undefined => {
    const parent = hungUnder.get(top);
    return parent && treeOf.get(parent);
  };
  const first: Top[] = [];
  const settled = new Set<Entity>();
  for (const top of tops) {
    const path = new Set<Entity>();
    let next: Entity | undefined = top;
    while (next !== undefined && !settled.has(next) && !path.has(next)) {
      path.add(next);
      next = above(next);
    }
    if (next !== undefined && path.has(next)) {
      const circle = new Set<Entity>();
      for (let each: Entity | undefined = next; each && !circle.has(each); each = above(each))
        circle.add(each);
      first.push(tops.find((each) => circle.has(each))!);
    }
    for (const each of path) settled.add(each);
  }
  return first;
}

/** Subsegments whose only places are inside themselves, or inside each other, are in no tree yet: each becomes one. */
function embeddedInThemselves(
  travelled: readonly IndependentSubsegment[],
  copies: Copies,
  trees: readonly Entity[],
): IndependentSubsegment[] {
  const reached = new Set<EntityId>();
  const reach = (tree: Entity) => forEachEntity(tree, ({ id }) => reached.add(id));
  trees.forEach(reach);

  const alone: IndependentSubsegment[] = [];
  for (const subsegment of travelled) {
    if (reached.has(subsegment.id)) continue;
    const copy = copies.copy(subsegment);
    alone.push(copy);
    reach(copy);
  }
  return alone;
}

const addressOf = ({ id, type, trace_id, parent_id }: IndependentSubsegment) => ({
  id,
  type,
  trace_id,
  parent_id,
});

/** Sorts what is inside and takes off what only travelling subsegments carry. */
function tidyUp(entity: Entity): void {
  if (entity.subsegments === undefined) return;
  for (const inner of entity.subsegments) {
    delete inner.type;
    delete inner.trace_id;
    delete inner.parent_id;
  }
  entity.subsegments.sort(byTime);
}

/** The entity itself where its subsegments are in order at every depth, as nearly always; else a sorted copy. */
function inOrder<Kind extends Entity>(entity: Kind): Kind {
  if (entity.subsegments === undefined) return entity;
  let isSorted = true;
  forEachEntity(entity, ({ subsegments }) => {
    isSorted &&= subsegments?.every((inner, i) => i === 0 || byTime(subsegments[i - 1]!, inner) <= 0) ?? true;
  });
  if (isSorted) return entity;
  const copy = copyTree(entity);
  forEachEntity(copy, ({ subsegments }) => void subsegments?.sort(byTime));
  return copy;
}

/**
 * Copies an entity and everything inside it, outer before inner. Keeps its own stack, like `forEachEntity`: replaced
 * copies can bring more inside, so a trace may nest deeper than any of its documents.
 * @param chosen the version of an embedded subsegment to copy in its place
 */
function copyTree<Kind extends Entity>(
  entity: Kind,
  chosen: (inner: Subsegment) => Subsegment = (inner) => inner,
  visit: (copy: Entity) => void = () => {},
): Kind {
  const top: Kind = { ...entity };
  const waiting: Entity[] = [top];
  for (let copy = waiting.pop(); copy !== undefined; copy = waiting.pop()) {
    visit(copy);
    if (copy.subsegments === undefined) continue;
    copy.subsegments = copy.subsegments.map((inner) => ({ ...chosen(inner) }));
    for (let i = copy.subsegments.length - 1; i >= 0; i--) waiting.push(copy.subsegments[i]!);
  }
  return top;
}

/**
 * One inferred segment for each call that no segment answers. Documents may bring inferred segments along, when they
 * were read from X-Ray and are joined again; those stand, unless the callee's own segment has arrived since.
 */
function inferSegments(id: TraceId, segments: readonly Segment[], joined: readonly Segment[]): Segment[] {
  const answered = new Set(segments.map(({ parent_id }) => parent_id));
  const inferred = joined.filter((segment) => segment.inferred && !answered.has(segment.parent_id));
  for (const { parent_id } of inferred) answered.add(parent_id);
  for (const segment of segments) {
    forEachEntity(segment, (entity) => {
      if (entity !== segment && isCall(entity) && !answered.has(entity.id)) {
        inferred.push(inferSegment(entity, id));
      }
    });
  }
  // In the order of their calls: their own ids say nothing.
  const place = ({ start_time, end_time, parent_id: id = '' }: Segment) =>
    ({ id, start_time, end_time }) as Placed;
  return inferred.sort((a, b) => byTime(place(a), place(b)));
}

/**
 * The entry point: the parentless segment that started first. Where every segment has a parent, because the caller
 * was not sampled or traced elsewhere, the first one whose parent is not in the trace; failing that, the first.
 */
function rootOf(segments: readonly Segment[]): Segment | undefined {
  const parentless = segments.find((segment) => segment.parent_id === undefined);
  if (parentless !== undefined) return parentless;
  const known = new Set<EntityId>();
  for (const segment of segments) forEachEntity(segment, ({ id }) => known.add(id));
  return segments.find((segment) => !known.has(segment.parent_id!)) ?? segments[0];
}

function timesOf(entities: readonly Entity[]): { startTime: number; endTime: number } {
  if (entities.length === 0) return { startTime: 0, endTime: 0 };
  let startTime = Infinity;
  let endTime = -Infinity;
  for (const { start_time, end_time = start_time } of entities) {
    startTime = Math.min(startTime, start_time);
    endTime = Math.max(endTime, end_time);
  }
  // Clock skew can put a single segment's end before its start; a trace never ends before it starts.
  return { startTime, endTime: Math.max(startTime, endTime) };
}

function hasOpenEntity(entity: Entity): boolean {
  let open = false;
  forEachEntity(entity, ({ end_time }) => (open ||= end_time === undefined));
  return open;
}
