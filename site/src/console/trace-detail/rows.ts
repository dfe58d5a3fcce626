import type { Entity, Segment, Status, Trace, TraceTreeRow } from '@xray-lab/xray/model';
import { statusWords, worst } from '../../status/status-words.ts';
import { duration, pathOf, spokenDuration } from '../format.ts';
import { shortened } from '../../frame/clamp.ts';
import { uniqueKeys } from '../../frame/unique-keys.ts';

/** One visible line of the timeline. */
export interface Row {
  /** No other row has it; see `ViewNode`. */
  key: string;
  entity: Entity;
  segment: Segment | undefined;
  isSegment: boolean;
  /** From 1, as `aria-level` counts. */
  level: number;
  position: number;
  siblings: number;
  parent: string | undefined;
  hasChildren: boolean;
  expanded: boolean;
  name: string;
  /** Origin, namespace, or the kind of call; empty when there is nothing to say. */
  type: string;
  /** Method and path, or the AWS operation and what it touches. */
  call: string;
  code: number | undefined;
  status: Status;
  /** Seconds since the trace started. */
  offset: number;
  seconds: number;
  inProgress: boolean;
  /** A collapsed row says what it hides. */
  hidden: { status: Status; count: number } | undefined;
  orphan: boolean;
}

/** A node of the tree with what this page needs besides: a key of its own, and the type of what was folded into it. */
export type ViewNode = Omit<TraceTreeRow, 'children'> & {
  /** The entity's id; where an id comes again in the trace, an id that is counted. What the URL calls `segment`. */
  key: string;
  /** Of the inferred segment that was folded into this call. */
  inferredType?: string;
  children: ViewNode[];
};

/**
 * A key for each segment and subsegment of a trace. Within one segment X-Ray does not look whether two subsegments have
 * the same id, so an id alone names no row. The keys are the same in both arrangements.
 */
export function rowKeys({
  segments,
  unattached,
}: Pick<Trace, 'segments' | 'unattached'>): Map<Entity, string> {
  const entities: Entity[] = [];
  const waiting: Entity[] = [...segments, ...unattached].reverse();
  for (let entity = waiting.pop(); entity !== undefined; entity = waiting.pop()) {
    entities.push(entity);
    waiting.push(...(entity.subsegments ?? []).toReversed());
  }
  const keys = uniqueKeys(entities.map(({ id }) => id));
  return new Map(entities.map((entity, index) => [entity, keys[index]!]));
}

/** The tree of `traceTree` with keys, as X-Ray has it. */
export const keyed = (tree: readonly TraceTreeRow[], keys: ReadonlyMap<Entity, string>): ViewNode[] =>
  copied(tree, keys, () => false);

/**
 * X-Ray infers a segment for a call whose callee sent nothing. In the call tree it would repeat its caller's line,
 * so it is folded into it; the line takes over the inferred segment's type. By segment both stand, as X-Ray has it.
 */
export const foldInferred = (tree: readonly TraceTreeRow[], keys: ReadonlyMap<Entity, string>): ViewNode[] =>
  copied(tree, keys, isFolded);

const isFolded = (caller: TraceTreeRow, { entity, children }: TraceTreeRow) =>
  caller.isCall && children.length === 0 && (entity as Segment).inferred === true;

/** Works off a list, as everything here that goes down a tree: a trace may be thousands of subsegments deep. */
function copied(
  tree: readonly TraceTreeRow[],
  keys: ReadonlyMap<Entity, string>,
  leftOut: (parent: TraceTreeRow, child: TraceTreeRow) => boolean,
): ViewNode[] {
  const copy = (node: TraceTreeRow): ViewNode => {
    const inferred = node.children.find((child) => leftOut(node, child))?.entity as Segment | undefined;
    return {
      ...node,
      key: keys.get(node.entity)!,
      ...(inferred?.origin ? { inferredType: inferred.origin } : {}),
      children: [],
    };
  };
  const tops = tree.map((node) => ({ node, made: copy(node) }));
  const growing = [...tops];
  for (let next = growing.pop(); next !== undefined; next = growing.pop()) {
    for (const child of next.node.children) {
      if (leftOut(next.node, child)) continue;
      const made = copy(child);
      next.made.children.push(made);
      growing.push({ node: child, made });
    }
  }
  return tops.map(({ made }) => made);
}

/** The visible rows of a tree. `collapsed` holds keys; `keep`, when given, holds the only keys that are shown. */
export function visibleRows(
  tree: readonly ViewNode[],
  collapsed: ReadonlySet<string>,
  keep?: ReadonlySet<string>,
): Row[] {
  const rows: Row[] = [];
  const waiting: Row[] = [];
  const children = new Map<Row, readonly ViewNode[]>();
  const add = (nodes: readonly ViewNode[], level: number, parent: string | undefined) => {
    const shown = keep ? nodes.filter(({ key }) => keep.has(key)) : nodes;
    for (let index = shown.length - 1; index >= 0; index--) {
      const node = shown[index]!;
      const hasChildren = node.children.length > 0;
      const expanded = hasChildren && !collapsed.has(node.key);
      const row = {
        ...rowOf(node),
        level,
        position: index + 1,
        siblings: shown.length,
        parent,
        hasChildren,
        expanded,
        hidden: hasChildren && !expanded ? hiddenIn(node) : undefined,
      };
      if (expanded) children.set(row, node.children);
      waiting.push(row);
    }
  };
  add(tree, 1, undefined);
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    rows.push(row);
    const below = children.get(row);
    if (below) add(below, row.level + 1, row.key);
  }
  return rows;
}

function rowOf(node: ViewNode) {
  const { key, entity, segment, status, offsetSeconds, durationSeconds, orphan, inferredType } = node;
  const isSegment = segment === entity;
  return {
    key,
    entity,
    segment,
    isSegment,
    name: entity.name,
    type: shortened(inferredType ?? typeOf(entity, isSegment), longestCell),
    call: shortened(callOf(entity), longestCell),
    code: entity.http?.response?.status,
    status,
    offset: offsetSeconds,
    seconds: durationSeconds,
    inProgress: entity.end_time === undefined,
    orphan,
  };
}

/** A line of the timeline has some hundred pixels; the panel beside it has the whole text. */
const longestCell = 160;

/** What stands beside the name: the segment's origin, or the subsegment's namespace. */
function typeOf(entity: Entity, isSegment: boolean): string {
  if (isSegment) {
    const { origin, inferred } = entity as Segment;
    return [origin ?? '', inferred ? 'inferred' : ''].filter(Boolean).join(' · ');
  }
  return (entity as { namespace?: string }).namespace ?? '';
}

/** `POST /charge`, `PutItem orders`. */
export function callOf({ http, aws }: Entity): string {
  const operation = aws?.operation;
  if (typeof operation === 'string') {
    const resource = aws?.table_name ?? aws?.queue_url ?? aws?.bucket_name ?? aws?.topic_arn;
    return [operation, typeof resource === 'string' ? resource : ''].filter(Boolean).join(' ');
  }
  const { method, url } = http?.request ?? {};
  return [method ?? '', url ? pathOf(url) : ''].filter(Boolean).join(' ');
}

/** The worst status below a node and how many have it; undefined when all is well there. */
function hiddenIn(node: ViewNode): Row['hidden'] {
  const below = [...everyNode(node.children)].map(({ status }) => status);
  const status = worst(below);
  return status === 'ok' ? undefined : { status, count: below.filter((one) => one === status).length };
}

/** Every node of a forest, parents first. */
export function* everyNode(tree: readonly ViewNode[]): Generator<ViewNode> {
  const waiting = tree.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index--) waiting.push(node.children[index]!);
  }
}

/**
 * A row's accessible name: first what can be read in the row, in the same order, so that who speaks to the computer can
 * say what is seen (WCAG 2.5.3); then what only the bar shows.
 */
export function rowSentence(row: Row): string {
  const parts = [
    row.name,
    row.call,
    row.orphan ? 'parent not received' : '',
    row.hidden ? String(row.hidden.count) : '',
    row.inProgress ? '' : duration(row.seconds),
    `${statusWords[row.status].toLowerCase()}${row.code === undefined ? '' : ` ${row.code}`}`,
    row.type,
    `starts at ${spokenDuration(row.offset)}`,
    row.inProgress ? 'has not ended' : '',
    row.hidden ? `hides ${row.hidden.count} ${statusWords[row.hidden.status].toLowerCase()}` : '',
    `level ${row.level}`,
  ];
  return parts.filter(Boolean).join(', ');
}

export type Move = { focus: string } | { expand: string[] } | { collapse: string[] } | undefined;

/** What a key does in the tree, as WAI-ARIA's tree pattern has it. `page` is how many rows fit in the view. */
export function treeMove(rows: readonly Row[], current: string, key: string, page = 12): Move {
  const at = rows.findIndex((one) => one.key === current);
  const row = rows[at];
  if (!row) return rows[0] && { focus: rows[0].key };
  const to = (index: number): Move => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return target && target.key !== current ? { focus: target.key } : undefined;
  };
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'PageDown':
      return to(at + page);
    case 'PageUp':
      return to(at - page);
    case 'ArrowRight':
      if (!row.hasChildren) return undefined;
      return row.expanded ? to(at + 1) : { expand: [row.key] };
    case 'ArrowLeft':
      if (row.expanded) return { collapse: [row.key] };
      return row.parent === undefined ? undefined : { focus: row.parent };
    case '*':
      return {
        expand: rows
          .filter(({ parent, hasChildren }) => parent === row.parent && hasChildren)
          .map((one) => one.key),
      };
    default:
      return undefined;
  }
}

/** Keys with children: what "collapse all" collapses. */
export const parentsOf = (tree: readonly ViewNode[]): string[] =>
  [...everyNode(tree)].filter(({ children }) => children.length > 0).map(({ key }) => key);

/** Keys on the way from a root to any of some nodes, without the nodes themselves where they are on no other's way. */
export function ancestorsOf(tree: readonly ViewNode[], wanted: Iterable<string>): string[] {
  const parents = new Map<string, string>();
  for (const { key, children } of everyNode(tree)) for (const child of children) parents.set(child.key, key);
  const found = new Set<string>();
  for (const key of wanted) {
    for (let up = parents.get(key); up !== undefined && !found.has(up); up = parents.get(up)) found.add(up);
  }
  return [...found];
}

/** From the entry point, always into the child that takes longest: where the time went. */
export function slowestPath(tree: readonly ViewNode[]): Set<string> {
  const path = new Set<string>();
  let nodes = tree;
  while (nodes.length > 0) {
    const slowest = nodes.reduce((a, b) => (b.durationSeconds > a.durationSeconds ? b : a));
    path.add(slowest.key);
    nodes = slowest.children;
  }
  return path;
}

export type Pill = 'faults' | 'errors' | 'throttles' | 'slowest' | 'in-progress';

/** Keys that a pill or a search finds, in the order of the tree. An empty search finds nothing. */
export function findIn(tree: readonly ViewNode[], search: string, pill: Pill | undefined): string[] {
  const slow = pill === 'slowest' ? slowestPath(tree) : undefined;
  const text = search.trim().toLowerCase();
  if (!text && !pill) return [];
  const byPill: Record<Pill, (node: ViewNode) => boolean> = {
    faults: ({ entity, status }) => entity.fault === true || status === 'fault',
    errors: ({ entity, status }) => entity.error === true || status === 'error',
    throttles: ({ entity, status }) => entity.throttle === true || status === 'throttle',
    slowest: ({ key }) => slow?.has(key) ?? false,
    'in-progress': ({ entity }) => entity.end_time === undefined,
  };
  return [...everyNode(tree)]
    .filter((node) => (!pill || byPill[pill](node)) && (!text || haystack(node.entity).includes(text)))
    .map(({ key }) => key);
}

function haystack(entity: Entity): string {
  const { id, name, http, annotations } = entity;
  return [id, name, callOf(entity), http?.response?.status ?? '', JSON.stringify(annotations ?? {})]
    .join(' ')
    .toLowerCase();
}

export interface Notice {
  kind: 'orphan' | 'in-progress' | 'skew' | 'limit';
  text: string;
  /** The row it is about. */
  key?: string;
}

/** Clocks of two machines differ by a little always; below a millisecond nobody would see it. */
const skewSeconds = 0.001;

/** What a reader should know before trusting the picture. Bars are never moved: shown as recorded. */
export function notices(trace: Trace, callTree: readonly ViewNode[]): Notice[] {
  const found: Notice[] = [];
  const nodes = [...everyNode(callTree)];
  const orphan = nodes.find((node) => node.orphan);
  if (orphan) {
    found.push({
      kind: 'orphan',
      key: orphan.key,
      text: `${orphan.entity.name} names a parent that was not received. The caller may still be running, was not sampled, or its segment was lost or refused.`,
    });
  }
  const open = nodes.find(({ entity }) => entity.end_time === undefined);
  if (open)
    found.push({
      kind: 'in-progress',
      key: open.key,
      text: `${open.entity.name} is still in progress.`,
    });
  for (const node of nodes) {
    const early = node.children.find(
      ({ entity, segment }) => segment === entity && node.entity.start_time - entity.start_time > skewSeconds,
    );
    if (!early) continue;
    const gap = duration(node.entity.start_time - early.entity.start_time);
    found.push({
      kind: 'skew',
      key: early.key,
      text: `Clocks disagree: ${early.entity.name} starts ${gap} before the call that made it. Shown as recorded.`,
    });
    break;
  }
  if (trace.limitExceeded) {
    found.push({
      kind: 'limit',
      text: 'This trace grew past its size limit, so X-Ray refused some of its documents.',
    });
  }
  return found;
}

export interface View {
  /** Seconds since the trace started. */
  from: number;
  to: number;
}

/** From the first start to the last end, with a little room behind it. */
export function wholeView(tree: readonly ViewNode[]): View {
  let from = 0;
  let end = 0.001;
  for (const { offsetSeconds, durationSeconds } of everyNode(tree)) {
    from = Math.min(from, offsetSeconds);
    end = Math.max(end, offsetSeconds + durationSeconds);
  }
  return { from, to: end + (end - from) * 0.02 };
}

/** Where a bar stands in the view, in percent of its width; undefined when it is outside. */
export function barIn({ from, to }: View, row: Pick<Row, 'offset' | 'seconds' | 'inProgress'>) {
  const span = to - from || 1;
  const end = row.inProgress ? to : row.offset + row.seconds;
  if (end < from || row.offset > to) return undefined;
  const left = Math.max(0, (row.offset - from) / span);
  const right = Math.min(1, (end - from) / span);
  return { left: left * 100, width: Math.max(0, right - left) * 100, end: right * 100 };
}

export interface OverviewBar {
  /** Which line of the strip, from 0. */
  lane: number;
  from: number;
  to: number;
  status: Status;
}

/** A strip of a few pixels shows no more lines than this. */
const mostLanes = 40;

/**
 * The bars of the overview strip. Few rows have a line each; many share lines, where what is well is drawn as one
 * bar and every problem as its own, so that a long trace costs no more to draw than a short one.
 */
export function overviewBars(rows: readonly Row[]): { lanes: number; bars: OverviewBar[] } {
  const lanes = Math.min(rows.length, mostLanes);
  const whole = new Map<number, OverviewBar>();
  const problems: OverviewBar[] = [];
  rows.forEach(({ offset, seconds, status }, index) => {
    const lane = Math.floor((index * lanes) / rows.length);
    const bar = { lane, from: offset, to: offset + seconds, status };
    if (rows.length > mostLanes && status === 'ok') {
      const wide = whole.get(lane);
      whole.set(
        lane,
        wide ? { ...wide, from: Math.min(wide.from, bar.from), to: Math.max(wide.to, bar.to) } : bar,
      );
    } else problems.push(bar);
  });
  return { lanes, bars: [...whole.values(), ...problems.slice(0, 400)] };
}

/** Zooms around the middle of the view, or around a moment. Never outside the trace, never below a millisecond. */
export function zoomed(view: View, factor: number, whole: View, around = (view.from + view.to) / 2): View {
  const span = Math.min(whole.to - whole.from, Math.max(0.001, (view.to - view.from) / factor));
  const share = (around - view.from) / (view.to - view.from || 1);
  return shifted({ from: around - span * share, to: around + span * (1 - share) }, 0, whole);
}

/** Moves the view by a share of its width, and stops at the trace's ends. */
export function shifted(view: View, share: number, whole: View): View {
  const span = view.to - view.from;
  const from = Math.max(whole.from, Math.min(whole.to - span, view.from + span * share));
  return { from, to: from + span };
}
