import { ServiceGraph } from '../../model/service-graph.ts';
import type { Trace, TraceId } from '../../model/vocabulary.ts';
import type { Service } from '../../model/wire.ts';
import type { Turns } from '../../turns.ts';
import { pageOf } from '../page.ts';

/** The map of some traces, drawn in turns with other requests. @param now epoch seconds; see `ServiceGraph` */
export async function graphInTurns(
  traces: ReadonlyMap<TraceId, Trace>,
  now: number,
  turns: Turns,
): Promise<ServiceGraph> {
  const graph = new ServiceGraph(now);
  for (const trace of traces.values()) {
    if (turns.isOver()) await turns.next();
    graph.addTrace(trace);
  }
  for (const trace of traces.values()) {
    if (turns.isOver()) await turns.next();
    graph.addLinks([trace], (id) => traces.get(id));
  }
  return graph;
}

export interface WrittenPage {
  /** A list in JSON. */
  Services: string;
  NextToken?: string;
}

/**
 * One page of a map as JSON, written node by node in turns: a map of 1,500 services with their calls is megabytes.
 * @param query What the page's token belongs to.
 * @param shape What is written of a node. Default: all of it.
 */
export async function pageInTurns(
  graph: ServiceGraph,
  {
    token,
    size,
    query,
    shape = (service) => service,
  }: {
    token: string | undefined;
    size: number;
    query: unknown;
    shape?: (service: Service) => object;
  },
  turns: Turns,
): Promise<WrittenPage> {
  const { nodes, draw } = graph.drawing();
  const places = nodes.map((id, index) => ({ id, index }));
  const { page, ...next } = pageOf(places, token, size, { query, key: ({ id }) => [id.Name, id.Type] });
  const written: string[] = [];
  for (const { index } of page) {
    if (turns.isOver()) await turns.next();
    written.push(JSON.stringify(shape(draw(index))));
  }
  return { Services: `[${written.join(',')}]`, ...next };
}

/** Puts the members of an answer around a page. */
export function around(page: WrittenPage, members: object): string {
  const { Services, ...next } = page;
  const others = JSON.stringify({ ...members, ...next }).slice(1, -1);
  return `{${others}${others === '' ? '' : ','}"Services":${Services}}`;
}
