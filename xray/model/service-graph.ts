/**
 * The service map: which services took part in the traces, and who called whom. A node counts what the service said
 * of itself, or, where it said nothing, what was inferred; an edge counts what the caller saw. The two differ when an
 * answer was lost on the way, and that difference is often the finding.
 */
import { Histogram } from './histogram.ts';
import { serviceKey } from './service-id.ts';
import { Tally } from './statistics.ts';
import { type Participant, traceFacts } from './trace-facts.ts';
import type { Entity, Segment, ServiceId, Trace, TraceLink } from './vocabulary.ts';
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
  const counted = Array.isArray(traces) ? (traces as readonly Trace[]) : [...traces];
  const graph = new Graph(now - CALLER_MAY_COME_SECONDS);
  const linking: Trace[] = [];
  for (const trace of counted) {
    if (window && (trace.startTime < window.startTime || trace.startTime >= window.endTime)) continue;
    graph.add(trace);
    if (trace.segments.some(({ links }) => links !== undefined && links.length > 0)) linking.push(trace);
  }
  if (linking.length > 0) graph.addLinks(linking, counted);
  return graph.services();
}

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
  edges: Map<string, GraphEdge>;
}

const clientType = 'client';

class Graph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #settledUntil: number;

  /** @param settledUntil segments that ended later may still get the caller they name, epoch seconds */
  constructor(settledUntil: number) {
    this.#settledUntil = settledUntil;
  }

  add(trace: Trace): void {
    const facts = traceFacts(trace);
    for (const participant of facts.participants) {
      const node = this.#node(participant);
      for (const segment of participant.segments) {
        stretch(node, segment);
        node.requests.add(segment);
        if (!segment.inferred) node.isActive = true;
      }
    }
    for (const { from, to, view } of facts.calls) this.#connect(this.#node(from), to, view);
    for (const entry of facts.entries) {
      const { parent_id, start_time, end_time = start_time } = entry;
      if (parent_id === undefined || end_time <= this.#settledUntil)
        this.#enter(facts.participantOf(entry), entry);
    }
  }

  /** Draws an edge of type `link` wherever a segment says that it took up the work of another trace. */
  addLinks(linking: readonly Trace[], traces: readonly Trace[]): void {
    const wanted = new Set(linking.flatMap(({ segments }) => segments.flatMap(linkedTraceIds)));
    const linked = new Map(traces.filter(({ id }) => wanted.has(id)).map((trace) => [trace.id, trace]));
    const drawn = new Set<string>();
    for (const trace of linking) {
      for (const segment of trace.segments) {
        for (const link of segment.links ?? []) this.#link(trace, segment, link, linked, drawn);
      }
    }
  }

  /** Clients first, then entry services, then the others by name: the same traces always give the same numbers. */
  services(): Service[] {
    const nodes = [...this.#nodes.values()].sort(byPlace);
    const references = new Map(nodes.map((node, index) => [node, index]));
    return nodes.map((node, index) => serviceOnWire(node, index, references));
  }

  #node({ key, id }: Pick<Participant, 'key' | 'id'>): GraphNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = {
        id,
        isRoot: false,
        isActive: false,
        start: Infinity,
        end: -Infinity,
        requests: new Tally(),
        edges: new Map(),
      };
      this.#nodes.set(key, node);
    }
    return node;
  }

  #connect(from: GraphNode, to: Pick<Participant, 'key' | 'id'>, view: Entity): void {
    const edge = this.#edge(from, to, to.key);
    stretch(edge, view);
    edge.calls.add(view);
  }

  #edge(from: GraphNode, to: Pick<Participant, 'key' | 'id'>, edgeKey: string): GraphEdge {
    let edge = from.edges.get(edgeKey);
    if (edge === undefined) {
      edge = { to: this.#node(to), start: Infinity, end: -Infinity, calls: new Tally() };
      from.edges.set(edgeKey, edge);
    }
    return edge;
  }

  /** Whoever calls from outside is drawn as a client under the name of the service it enters by. */
  #enter(service: Participant, entry: Segment): void {
    this.#node(service).isRoot = true;
    const id: ServiceId = { Name: service.id.Name, Names: service.id.Names, Type: clientType };
    // One client per entry service, even where two entry services share a name.
    const client = this.#node({ key: `${clientType}\n${service.key}`, id });
    stretch(client, entry);
    this.#connect(client, service, entry);
  }

  #link(
    trace: Trace,
    segment: Segment,
    link: TraceLink,
    linked: ReadonlyMap<string, Trace>,
    drawn: Set<string>,
  ): void {
    const otherTrace = linked.get(link.trace_id);
    const other = otherTrace && traceFacts(otherTrace).owners.get(link.id);
    if (otherTrace === undefined || other === undefined) return;

    const here = { trace, entity: segment as Entity };
    const there = { trace: otherTrace, entity: other.entity };
    // Links may be written by either side; an absent reference type means that the other side came first.
    const isChild = link.attributes?.['aws.xray.reserved.reference_type'] === 'child';
    const [producer, consumer] = isChild ? [here, there] : [there, here];
    const key = `${producer.trace.id} ${producer.entity.id} ${consumer.trace.id} ${consumer.entity.id}`;
    if (drawn.has(key)) return;
    drawn.add(key);

    const from = this.#node(nodeReachedBy(producer.trace, producer.entity));
    const to = nodeReachedBy(consumer.trace, consumer.entity);
    const edge = this.#edge(from, to, `link\n${to.key}`);
    stretch(edge, consumer.entity);
    const sent = producer.entity.end_time ?? producer.entity.start_time;
    edge.eventAges ??= new Histogram();
    edge.eventAges.add(Math.max(0, consumer.entity.start_time - sent));
  }
}

const linkedTraceIds = ({ links }: Segment): string[] => links?.map(({ trace_id }) => trace_id) ?? [];

/** The service of a segment; for a subsegment, the service it called (e.g. the queue), if it called one. */
function nodeReachedBy(trace: Trace, entity: Entity): Participant {
  const facts = traceFacts(trace);
  const call = facts.calls.find(({ view, callee }) => view === entity && callee !== entity);
  return call?.to ?? facts.participantOf(facts.owners.get(entity.id)!.segment);
}

function stretch(drawn: { start: number; end: number }, { start_time, end_time = start_time }: Entity): void {
  drawn.start = Math.min(drawn.start, start_time);
  drawn.end = Math.max(drawn.end, start_time, end_time);
}

const rank = ({ id, isRoot }: GraphNode) => (id.Type === clientType ? 0 : isRoot ? 1 : 2);

function byPlace(a: GraphNode, b: GraphNode): number {
  return rank(a) - rank(b) || (serviceKey(a.id) < serviceKey(b.id) ? -1 : 1);
}

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
    Edges: [...node.edges.values()]
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
