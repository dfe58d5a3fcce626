/**
 * The service map: which services took part in the traces, and who called whom. A node counts what the service said
 * of itself, or, where it said nothing, what was inferred; an edge counts what the caller saw. The two differ when an
 * answer was lost on the way, and that difference is often the finding.
 */
import { Histogram } from './histogram.ts';
import { serviceKey } from './service-id.ts';
import { Tally } from './statistics.ts';
import { DigestBlock, none } from './trace-digest/digest-block.ts';
import { rowFlags, traceFlags, wholeDigest } from './trace-digest/trace-digest.ts';
import { type Participant, traceFacts } from './trace-facts.ts';
import type { Entity, Segment, ServiceId, Trace, TraceId, TraceLink } from './vocabulary.ts';
import type { Edge, Service } from './wire.ts';

/** Epoch seconds; the end is outside. */
export interface TimeWindow {
  startTime: number;
  endTime: number;
}

/**
 * A segment is sent when it is complete, so a callee's is there before its caller's: for this long after its end, a
 * segment whose caller is missing is not yet taken for one that came from outside. AWS does not say what it does.
 */
export const CALLER_MAY_COME_SECONDS = 30;

/**
 * Draws the service map of some traces.
 * @param window counts only traces that started in it, each as a whole: so no request is cut in two, and the maps of
 *   consecutive windows add up
 * @param now epoch seconds; given, callers that may still come are waited for, see CALLER_MAY_COME_SECONDS
 */
export function serviceGraph(traces: Iterable<Trace>, window?: TimeWindow, now = Infinity): Service[] {
  const given = [...traces];
  const graph = new ServiceGraph(now);
  const linking: Trace[] = [];
  for (const trace of given) {
    if (window && (trace.startTime < window.startTime || trace.startTime >= window.endTime)) continue;
    graph.addTrace(trace);
    if (hasLinks(trace)) linking.push(trace);
  }
  if (linking.length > 0) {
    const byId = new Map(given.map((trace) => [trace.id, trace]));
    graph.addLinks(linking, (id) => byId.get(id));
  }
  return graph.services();
}

const hasLinks = ({ segments }: Trace) =>
  segments.some(({ links }) => links !== undefined && links.length > 0);

/** A trace with the links of its segments is drawn in two steps: see `ServiceGraph.addLinks`. */
export const digestHasLinks = (block: DigestBlock, slot: number): boolean =>
  (block.traceFlags[slot]! & traceFlags.links) !== 0;

interface GraphEdge {
  to: GraphNode;
  start: number;
  end: number;
  calls: Tally;
  /** Only on link edges. */
  eventAges?: Histogram;
}

interface GraphNode {
  id: ServiceId;
  isRoot: boolean;
  isActive: boolean;
  start: number;
  end: number;
  requests: Tally;
  calls: Map<GraphNode, GraphEdge>;
  links: Map<GraphNode, GraphEdge>;
}

/** A segment as the graph counts it: a request to its node and, where somebody in the trace called it, a call. */
interface Counted {
  row: number;
  node: GraphNode;
  edge: GraphEdge | undefined;
  /** Row of the call as its caller saw it. */
  view: number;
  mayBeEntry: boolean;
}

export const clientType = 'client';

/** The map in the making. Traces are added one by one, as digests or as they are, in any order. */
export class ServiceGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #settledUntil: number;
  /** The block added to last, and its nodes by service number. */
  #block: DigestBlock | undefined;
  #nodeOf: (GraphNode | undefined)[] = [];
  #clientOf: (GraphNode | undefined)[] = [];
  /** What to count of a trace of that block, by the number of its shape. */
  #plans: (readonly Counted[] | undefined)[] = [];
  /** Both sides may write a link; it is one. */
  readonly #drawnLinks = new Set<string>();

  /** @param now epoch seconds; callers that may still come are waited for, see CALLER_MAY_COME_SECONDS */
  constructor(now: number) {
    this.#settledUntil = now - CALLER_MAY_COME_SECONDS;
  }

  addTrace(trace: Trace): void {
    this.add(DigestBlock.of([wholeDigest(trace)]), 0);
  }

  /** Adds a trace by its digest, which must not be opaque. */
  add(block: DigestBlock, slot: number): void {
    if (block !== this.#block) {
      this.#block = block;
      this.#nodeOf = [];
      this.#clientOf = [];
      this.#plans = [];
    }
    const { flags } = block;
    const plan = (this.#plans[block.shape[slot]!] ??= this.#plan(block, slot));
    for (const { row, node, edge, view, mayBeEntry } of plan) {
      const start = block.startOf(slot, row);
      const end = block.endOf(slot, row);
      const duration = block.durationOf(slot, row);
      stretch(node, start, end);
      node.requests.add(flags[row]!, duration);
      if (edge !== undefined) {
        stretch(edge, block.startOf(slot, view), block.endOf(slot, view));
        edge.calls.add(flags[view]!, block.durationOf(slot, view));
      }
      if (mayBeEntry && isEntry(block, slot, row, this.#settledUntil)) {
        node.isRoot = true;
        const client = this.#clientNode(block, block.service[row]!);
        stretch(client, start, end);
        const entered = edgeIn(client.calls, node);
        stretch(entered, start, end);
        entered.calls.add(flags[row]!, duration);
      }
    }
  }

  /** What to count of each trace that has the shape of this one. */
  #plan(block: DigestBlock, slot: number): Counted[] {
    const plan: Counted[] = [];
    for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
      const node = this.#serviceNode(block, block.service[row]!);
      const rowFlagsHere = block.flags[row]!;
      if ((rowFlagsHere & rowFlags.inferred) === 0) node.isActive = true;
      const caller = block.callerOf(row);
      const edge =
        caller === none ? undefined : edgeIn(this.#serviceNode(block, block.service[caller]!).calls, node);
      const mayBeEntry = (rowFlagsHere & (rowFlags.parentless | rowFlags.orphan)) !== 0;
      plan.push({ row, node, edge, view: block.view[row]!, mayBeEntry });
    }
    return plan;
  }

  /**
   * Draws an edge of type `link` wherever a segment of the given traces says that it took up the work of another one.
   * @param find the other trace, if it is drawn
   */
  addLinks(linking: readonly Trace[], find: (id: TraceId) => Trace | undefined): void {
    for (const trace of linking) {
      for (const segment of trace.segments) {
        for (const link of segment.links ?? []) this.#link(trace, segment, link, find);
      }
    }
  }

  services(): Service[] {
    const { nodes, draw } = this.drawing();
    return nodes.map((_, index) => draw(index));
  }

  /**
   * The nodes in their order, to be drawn one by one. Clients first, then entry services, then the others by name: the same traces
   * always give the same numbers.
   */
  drawing(): { nodes: ServiceId[]; draw(index: number): Service } {
    const nodes = [...this.#nodes.values()]
      .map((node) => ({ node, rank: rank(node), key: serviceKey(node.id) }))
      .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
      .map(({ node }) => node);
    const references = new Map(nodes.map((node, index) => [node, index]));
    return {
      nodes: nodes.map(({ id }) => id),
      draw: (index) => serviceOnWire(nodes[index]!, index, references),
    };
  }

  #serviceNode(block: DigestBlock, service: number): GraphNode {
    return (this.#nodeOf[service] ??= this.#node(block.serviceId(service)));
  }

  /** Whoever calls from outside is drawn as a client under the name of the service it enters by. */
  #clientNode(block: DigestBlock, service: number): GraphNode {
    let client = this.#clientOf[service];
    if (client === undefined) {
      const entered = block.serviceId(service);
      const id: ServiceId = { Name: entered.Name, Names: entered.Names, Type: clientType };
      // One client per entry service, even where two entry services share a name.
      this.#clientOf[service] = client = this.#node(id, `${clientType}\n${serviceKey(entered)}`);
    }
    return client;
  }

  #node(id: ServiceId, key = serviceKey(id)): GraphNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = {
        id,
        isRoot: false,
        isActive: false,
        start: Infinity,
        end: -Infinity,
        requests: new Tally(),
        calls: new Map(),
        links: new Map(),
      };
      this.#nodes.set(key, node);
    }
    return node;
  }

  #link(trace: Trace, segment: Segment, link: TraceLink, find: (id: TraceId) => Trace | undefined): void {
    const otherTrace = find(link.trace_id);
    const other = otherTrace && traceFacts(otherTrace).owners.get(link.id);
    if (otherTrace === undefined || other === undefined) return;

    const here = { trace, entity: segment as Entity };
    const there = { trace: otherTrace, entity: other.entity };
    // Links may be written by either side; an absent reference type means that the other side came first.
    const isChild = link.attributes?.['aws.xray.reserved.reference_type'] === 'child';
    const [producer, consumer] = isChild ? [here, there] : [there, here];
    const key = `${producer.trace.id} ${producer.entity.id} ${consumer.trace.id} ${consumer.entity.id}`;
    if (this.#drawnLinks.has(key)) return;
    this.#drawnLinks.add(key);

    const from = this.#node(nodeReachedBy(producer.trace, producer.entity).id);
    const to = this.#node(nodeReachedBy(consumer.trace, consumer.entity).id);
    const edge = edgeIn(from.links, to);
    const { start_time, end_time = NaN } = consumer.entity;
    stretch(edge, start_time, end_time);
    const sent = producer.entity.end_time ?? producer.entity.start_time;
    edge.eventAges ??= new Histogram();
    edge.eventAges.add(Math.max(0, consumer.entity.start_time - sent));
  }
}

/** Whether a row is a segment called from outside; one that names a caller, once that caller had time to come. */
export function isEntry(block: DigestBlock, slot: number, row: number, settledUntil: number): boolean {
  const flags = block.flags[row]!;
  if ((flags & (rowFlags.parentless | rowFlags.orphan)) === 0) return false;
  if ((flags & rowFlags.parentless) !== 0) return true;
  const end = block.endOf(slot, row);
  return (end !== end ? block.startOf(slot, row) : end) <= settledUntil;
}

function edgeIn(edges: Map<GraphNode, GraphEdge>, to: GraphNode): GraphEdge {
  let edge = edges.get(to);
  if (edge === undefined) {
    edges.set(to, (edge = { to, start: Infinity, end: -Infinity, calls: new Tally() }));
  }
  return edge;
}

/** The service of a segment; for a subsegment, the service it called (e.g. the queue), if it called one. */
function nodeReachedBy(trace: Trace, entity: Entity): Participant {
  const facts = traceFacts(trace);
  const call = facts.calls.find(({ view, callee }) => view === entity && callee !== entity);
  return call?.to ?? facts.participantOf(facts.owners.get(entity.id)!.segment);
}

/** @param end NaN while in progress */
function stretch(drawn: { start: number; end: number }, start: number, end: number): void {
  if (start < drawn.start) drawn.start = start;
  if (start > drawn.end) drawn.end = start;
  if (end > drawn.end) drawn.end = end;
}

const rank = ({ id, isRoot }: GraphNode) => (id.Type === clientType ? 0 : isRoot ? 1 : 2);

/** Nodes and edges carry whole seconds, as in AWS's samples. */
const wholeSeconds = ({ start, end }: { start: number; end: number }) => ({
  StartTime: Math.floor(start),
  EndTime: Math.ceil(end),
});

function serviceOnWire(
  node: GraphNode,
  ReferenceId: number,
  references: ReadonlyMap<GraphNode, number>,
): Service {
  const isClient = node.id.Type === clientType;
  const histogram = isClient ? [] : node.requests.histogram();
  return {
    ReferenceId,
    ...node.id,
    ...(node.isRoot && { Root: true }),
    State: node.isActive ? 'active' : 'unknown',
    ...wholeSeconds(node),
    Edges: [...node.calls.values(), ...node.links.values()]
      .map((edge) => edgeOnWire(edge, references.get(edge.to)!))
      .sort((a, b) => a.ReferenceId - b.ReferenceId || (a.EdgeType ? 1 : -1)),
    SummaryStatistics: isClient ? {} : node.requests.statistics(),
    // Duration and response time differ for Lambda functions only, by a rule AWS has not published.
    DurationHistogram: histogram,
    ResponseTimeHistogram: histogram,
  };
}

function edgeOnWire(edge: GraphEdge, ReferenceId: number): Edge {
  const { calls, eventAges } = edge;
  return {
    ReferenceId,
    ...wholeSeconds(edge),
    SummaryStatistics: eventAges ? {} : calls.statistics(),
    ResponseTimeHistogram: eventAges ? [] : calls.histogram(),
    Aliases: [],
    ...(eventAges && { EdgeType: 'link', ReceivedEventAgeHistogram: eventAges.entries() }),
  };
}
