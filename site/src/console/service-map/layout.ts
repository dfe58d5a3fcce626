import { graphlib, layout } from '@dagrejs/dagre';
import type { MapEdge, ServiceMap } from './graph.ts';

export interface Point {
  x: number;
  y: number;
}

export interface EdgeCurve {
  /** An SVG path. */
  path: string;
  /** A point of it, where its numbers have their place. */
  middle: Point;
}

export interface MapLayout {
  /** Changes when a node or a connection appears or goes: only then are positions computed anew. */
  topology: string;
  width: number;
  height: number;
  nodes: Map<string, Point>;
  /** By edge, from ring to ring. */
  edges: Map<string, EdgeCurve>;
}

export const ringRadius = 38;
/** A node's cell: the ring, two lines of name, one of type. */
const cell = { width: 132, height: 138 };
/** The ring's centre lies above the cell's centre, because the name is below it. */
const ringShift = -24;

/** The names of all nodes and connections: equal text means equal picture. */
export const topologyOf = ({ nodes, edges }: ServiceMap): string =>
  [...nodes.map((node) => node.key), ...edges.map((edge) => edge.key)].sort().join('\n');

/** Left to right, callers before callees. Returns `previous` untouched when the topology is the same. */
export function layoutMap(map: ServiceMap, previous?: MapLayout): MapLayout {
  const topology = topologyOf(map);
  if (previous?.topology === topology) return previous;

  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 64, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of map.nodes) graph.setNode(node.key, { ...cell });
  for (const edge of map.edges) {
    if (edge.from.key !== edge.to.key) graph.setEdge(edge.from.key, edge.to.key, {}, edge.key);
  }
  layout(graph);

  const nodes = new Map<string, Point>();
  for (const node of map.nodes) {
    const placed = graph.node(node.key) as unknown as Point;
    nodes.set(node.key, { x: placed.x, y: placed.y + ringShift });
  }
  const edges = new Map<string, EdgeCurve>();
  const pairs = new Map<string, number>();
  const pairOf = ({ from, to }: MapEdge) => JSON.stringify([from.key, to.key]);
  for (const edge of map.edges) pairs.set(pairOf(edge), (pairs.get(pairOf(edge)) ?? 0) + 1);
  for (const edge of map.edges) {
    const from = nodes.get(edge.from.key);
    const to = nodes.get(edge.to.key);
    if (!from || !to) continue;
    const { points = [] } = (graph.edge(edge.from.key, edge.to.key, edge.key) ?? {}) as { points?: Point[] };
    // The first and last points lie on the cells' borders; between them are the ranks that a long edge passes.
    const between = points.slice(1, -1);
    // Beside another edge of the same two nodes, the point in the middle keeps the two apart.
    const stops =
      points.length > 3 ? between.filter(isRankStop) : pairs.get(pairOf(edge))! > 1 ? between : [];
    edges.set(edge.key, edgeCurve(from, to, stops));
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { topology, width, height, nodes, edges };
}

/** Of the points dagre gives a long edge, every second one lies in the middle of a rank it passes. */
const isRankStop = (_point: Point, index: number) => index % 2 === 1;

/** A curve that leaves one ring on its right and meets the next on its left; loops and back edges go around. */
export function edgeCurve(from: Point, to: Point, through: readonly Point[] = []): EdgeCurve {
  const gap = ringRadius + 7;
  if (from.x === to.x && from.y === to.y) {
    return curve(
      { x: from.x - 16, y: from.y - ringRadius },
      { x: from.x - 40, y: from.y - 92 },
      { x: from.x + 40, y: from.y - 92 },
      { x: from.x + 16, y: from.y - gap },
    );
  }
  if (to.x <= from.x) {
    const low = Math.max(from.y, to.y) + 84;
    return curve(
      { x: from.x, y: from.y + ringRadius },
      { x: from.x, y: low },
      { x: to.x, y: low },
      { x: to.x, y: to.y + gap },
    );
  }
  const stops = [{ x: from.x + ringRadius + 1, y: from.y }, ...through, { x: to.x - gap, y: to.y }];
  const curves = stops.slice(1).map((stop, index) => {
    const before = stops[index] ?? stop;
    const bend = Math.max(12, (stop.x - before.x) / 2);
    return curve(before, { x: before.x + bend, y: before.y }, { x: stop.x - bend, y: stop.y }, stop);
  });
  const path = curves.map((one, index) => (index === 0 ? one.path : one.path.replace(/^M\S+ \S+ /, '')));
  // Of an even number of curves none is in the middle: a stop is.
  const half = curves.length / 2;
  const middle = stops[half] ?? curves[Math.floor(half)]!.middle;
  return { path: path.join(' '), middle };
}

function curve(from: Point, bend: Point, turn: Point, to: Point): EdgeCurve {
  const half = (of: 'x' | 'y') => (from[of] + 3 * bend[of] + 3 * turn[of] + to[of]) / 8;
  return {
    path: `M${from.x} ${from.y} C${bend.x} ${bend.y} ${turn.x} ${turn.y} ${to.x} ${to.y}`,
    middle: { x: half('x'), y: half('y') },
  };
}

/** A long name in at most two lines, broken after `-`, `.`, `/`, `:` or `_`; never cut at the front. */
export function nameLines(name: string, longest = 18): [string] | [string, string] {
  if (name.length <= longest) return [name];
  const breaks = [...name.matchAll(/[-./:_ ]/g)].map((match) => match.index + 1);
  const at = breaks.filter((index) => index <= longest).at(-1) ?? longest;
  const rest = name.slice(at);
  return [name.slice(0, at), rest.length > longest ? `${rest.slice(0, longest - 1)}…` : rest];
}
