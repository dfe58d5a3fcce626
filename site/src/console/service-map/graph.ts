import type { Status } from '@xray-lab/xray/model';
import type { HistogramEntry, Service, Statistics } from '../../lab-api/xray-wire.ts';
import { severity, statusWords } from '../../status/status-words.ts';
import { uniqueKeys } from '../../frame/unique-keys.ts';
import { percent, perMinute, spokenDuration } from '../format.ts';

/** X-Ray's statistics, as the map shows them. */
export interface Health {
  total: number;
  /** Requests per minute over the window. */
  rate: number;
  /** Average response time in seconds; undefined without requests. */
  average: number | undefined;
  /** Shares of 1; error is without 429. */
  shares: Partial<Record<Status, number>>;
  /** The worst status that has at least one percent. */
  worst: Status;
  histogram: HistogramEntry[];
}

export interface MapNode {
  /**
   * Name and type, counted where both come again: the same node between refreshes, although ReferenceIds change. No other
   * node and no edge has it.
   */
  key: string;
  referenceId: number;
  /** The name in filters. */
  name: string;
  /** What the map shows: `Client` for X-Ray's client node. */
  label: string;
  type: string;
  isClient: boolean;
  /** It sent no segment of its own: X-Ray knows it from its callers' subsegments. */
  isInferred: boolean;
  health: Health;
}

export interface MapEdge {
  key: string;
  from: MapNode;
  to: MapNode;
  asynchronous: boolean;
  health: Health;
}

export interface ServiceMap {
  nodes: MapNode[];
  edges: MapEdge[];
}

/** Turns GetServiceGraph's services into what is drawn. `seconds` is the length of the window, for rates. */
export function serviceMap(services: readonly Service[], seconds: number): ServiceMap {
  const nodes = new Map<number, MapNode>();
  const taken = new Set<string>();
  const nodeKeys = uniqueKeys(nodeNames(services), taken);
  for (const [index, service] of services.entries()) {
    const isClient = service.Type === 'client';
    const name = nameOf(service);
    nodes.set(service.ReferenceId, {
      key: nodeKeys[index]!,
      referenceId: service.ReferenceId,
      name,
      label: isClient ? 'Client' : name,
      type: isClient ? 'client' : (service.Type ?? ''),
      isClient,
      isInferred: !isClient && service.State === 'unknown',
      health: health(service.SummaryStatistics, service.ResponseTimeHistogram, seconds),
    });
  }
  const drawn: Omit<MapEdge, 'key'>[] = [];
  for (const service of services) {
    const from = nodes.get(service.ReferenceId);
    for (const edge of service.Edges ?? []) {
      const to = nodes.get(edge.ReferenceId);
      if (!from || !to) continue;
      drawn.push({
        from,
        to,
        asynchronous: edge.EdgeType === 'link',
        health: health(edge.SummaryStatistics, edge.ResponseTimeHistogram, seconds),
      });
    }
  }
  const edgeKeys = uniqueKeys(drawn.map(edgeName), taken);
  const edges = drawn.map((edge, index) => ({ ...edge, key: edgeKeys[index]! }));
  const client = [...nodes.values()].filter((node) => node.isClient);
  const others = [...nodes.values()].filter((node) => !node.isClient);
  return { nodes: [...client, ...others], edges };
}

const nameOf = ({ Name, Names }: Service) => Name ?? Names?.[0] ?? 'unknown';
const typeAndName = (service: Service) => `${service.Type ?? ''}|${nameOf(service)}`;

/**
 * What each node is called. X-Ray draws one client for each entry point, under the entry point's name: two entry points of
 * one name and different types have two clients, told apart by what they enter only.
 */
function nodeNames(services: readonly Service[]): string[] {
  const byReference = new Map(services.map((service) => [service.ReferenceId, service]));
  return services.map((service) => {
    if (service.Type !== 'client') return typeAndName(service);
    const entered = (service.Edges ?? []).flatMap(({ ReferenceId }) => byReference.get(ReferenceId) ?? []);
    return [typeAndName(service), ...entered.map(typeAndName).sort()].join('→');
  });
}

/** Between two nodes there may be two edges: what one called, and what it left for the other to take up later. */
const edgeName = ({ from, to, asynchronous }: Omit<MapEdge, 'key'>) =>
  `${from.key}${asynchronous ? '⇢' : '→'}${to.key}`;

/** Nodes that call a node, each once, and those that it calls. */
export const callersOf = ({ edges }: { edges: readonly MapEdge[] }, key: string): MapNode[] => [
  ...new Set(edges.filter(({ to }) => to.key === key).map(({ from }) => from)),
];
export const calleesOf = ({ edges }: { edges: readonly MapEdge[] }, key: string): MapNode[] => [
  ...new Set(edges.filter(({ from }) => from.key === key).map(({ to }) => to)),
];

/** Counts as shares. The four counts of X-Ray add up to the total. */
export function health(
  statistics: Statistics | undefined,
  histogram: HistogramEntry[] | undefined,
  seconds: number,
): Health {
  const total = statistics?.TotalCount ?? 0;
  const counts: Partial<Record<Status, number>> = {
    ok: statistics?.OkCount ?? 0,
    error: statistics?.ErrorStatistics?.OtherCount ?? 0,
    throttle: statistics?.ErrorStatistics?.ThrottleCount ?? 0,
    fault: statistics?.FaultStatistics?.TotalCount ?? 0,
  };
  const shares: Partial<Record<Status, number>> = {};
  for (const status of severity) {
    const count = counts[status] ?? 0;
    if (total > 0 && count > 0) shares[status] = count / total;
  }
  return {
    total,
    rate: seconds > 0 ? (total * 60) / seconds : 0,
    average: total > 0 ? (statistics?.TotalResponseTime ?? 0) / total : undefined,
    shares,
    worst: severity.find((status) => (shares[status] ?? 0) >= 0.01) ?? 'ok',
    histogram: [...(histogram ?? [])].sort((a, b) => a.Value - b.Value),
  };
}

/** The response time below which a share of requests stayed, seconds. Undefined for an empty histogram. */
export function percentile(histogram: readonly HistogramEntry[], share: number): number | undefined {
  const total = histogram.reduce((sum, entry) => sum + entry.Count, 0);
  let seen = 0;
  for (const entry of histogram) {
    seen += entry.Count;
    if (seen >= total * share) return entry.Value;
  }
  return undefined;
}

/** A node as one sentence: "payment, remote, 31 requests per minute, 96 milliseconds average, 25 % throttle. Called by checkout." */
export function nodeSentence(node: MapNode, edges: readonly MapEdge[]): string {
  const callers = [...new Set(callersOf({ edges }, node.key).map(({ label }) => label))];
  const parts = [
    node.label,
    node.isClient ? `${node.type}, where requests come from` : node.type || 'unknown type',
  ];
  return `${[...parts, ...healthWords(node.health)].join(', ')}.${callers.length ? ` Called by ${list(callers)}.` : ''}`;
}

/** An edge as one sentence. */
export const edgeSentence = (edge: MapEdge): string =>
  `${[`${edge.from.label} calls ${edge.to.label}`, ...healthWords(edge.health)].join(', ')}.`;

function healthWords({ total, rate, average, shares }: Health): string[] {
  if (total === 0) return [];
  const troubles = severity.filter((status) => status !== 'ok' && shares[status]);
  return [
    `${perMinute(rate)} requests per minute`,
    `${spokenDuration(average ?? 0)} average`,
    ...troubles.map((status) => `${percent(shares[status] ?? 0)} ${statusWords[status].toLowerCase()}`),
  ];
}

const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The whole map as the name of its group: "Service map, 8 services, 2 with faults". */
export function mapSentence({ nodes }: ServiceMap): string {
  const services = nodes.filter((node) => !node.isClient);
  const faulty = services.filter((node) => node.health.shares.fault).length;
  return `Service map, ${services.length} ${services.length === 1 ? 'service' : 'services'}${faulty ? `, ${faulty} with faults` : ''}`;
}

export interface Narrowing {
  statuses: readonly Status[];
  /** Response time in seconds, from the histogram. */
  from?: number | undefined;
  to?: number | undefined;
}

/** The filter that finds what the panel shows: `service("payment") { fault AND responsetime > 1.2 }`. */
export function nodeFilter(node: MapNode, narrowing: Narrowing): string {
  return selectorFilter(`service(${selector(node)})`, narrowing);
}

/** The same for a connection, seen by its caller. A client edge is the entry point's own view. */
export function edgeFilter(edge: MapEdge, narrowing: Narrowing): string {
  if (edge.from.isClient) return nodeFilter(edge.to, narrowing);
  return selectorFilter(`edge(${selector(edge.from)}, ${selector(edge.to)})`, narrowing);
}

const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

const selector = ({ name, type }: MapNode) =>
  type.startsWith('AWS::') && !type.startsWith('AWS::ECS') && !type.startsWith('AWS::EC2')
    ? `id(name: ${quote(name)}, type: ${quote(type)})`
    : quote(name);

function selectorFilter(complex: string, { statuses, from, to }: Narrowing): string {
  const inner: string[] = [];
  const status = statuses.filter((name) => name !== 'pending').join(' OR ');
  const hasTimes = from !== undefined || to !== undefined;
  if (status) inner.push(statuses.length > 1 && hasTimes ? `(${status})` : status);
  if (from !== undefined) inner.push(`responsetime >= ${seconds(from)}`);
  if (to !== undefined) inner.push(`responsetime <= ${seconds(to)}`);
  return inner.length ? `${complex} { ${inner.join(' AND ')} }` : complex;
}

const seconds = (value: number) => String(Math.round(value * 1000) / 1000);

export interface Bar {
  from: number;
  to: number;
  count: number;
}

/** Evenly wide bars over the response times, so that the histogram has one shape at every traffic. */
export function bars(histogram: readonly HistogramEntry[], most = 16): Bar[] {
  const first = histogram[0]?.Value;
  const last = histogram.at(-1)?.Value;
  if (first === undefined || last === undefined) return [];
  const width = Math.max((last - first) / most, 0.001);
  const result = Array.from({ length: last > first ? most : 1 }, (_, index) => ({
    from: first + index * width,
    to: first + (index + 1) * width,
    count: 0,
  }));
  for (const { Value, Count } of histogram) {
    const index = Math.min(result.length - 1, Math.floor((Value - first) / width));
    const bar = result[index];
    if (bar) bar.count += Count;
  }
  return result;
}

/** Nodes that are connected to one node, upstream or downstream. */
export function connected({ nodes, edges }: ServiceMap, key: string): ServiceMap {
  const reach = (start: string, next: (key: string) => string[]) => {
    const seen = new Set([start]);
    for (const current of seen) for (const other of next(current)) seen.add(other);
    return seen;
  };
  const keep = new Set([
    ...reach(key, (from) => edges.filter((edge) => edge.from.key === from).map((edge) => edge.to.key)),
    ...reach(key, (to) => edges.filter((edge) => edge.to.key === to).map((edge) => edge.from.key)),
  ]);
  return {
    nodes: nodes.filter((node) => keep.has(node.key)),
    edges: edges.filter((edge) => keep.has(edge.from.key) && keep.has(edge.to.key)),
  };
}
