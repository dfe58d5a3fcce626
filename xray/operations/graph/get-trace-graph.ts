import { z } from 'zod';
import { ServiceGraph } from '../../model/service-graph.ts';
import type { Trace, TraceId } from '../../model/vocabulary.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, traceIds } from '../shapes.ts';
import { takingTurns } from '../../turns.ts';
import { nodesPerPage } from './page-size.ts';

export const getTraceGraph = operation({
  name: 'GetTraceGraph',
  path: '/TraceGraph',
  input: z.object({ TraceIds: traceIds, NextToken: nextToken }),

  async run({ store, now }, { TraceIds, NextToken: token }) {
    const graph = new ServiceGraph(now());
    const traces = new Map<TraceId, Trace>();
    // AWS's model does not limit the ids.
    const turn = takingTurns();
    for (const id of new Set(TraceIds)) {
      const trace = store.traces.get(id);
      if (trace !== undefined) {
        traces.set(id, trace);
        graph.addTrace(trace);
      }
      if (turn.isOver()) await turn.next();
    }
    graph.addLinks([...traces.values()], (id) => traces.get(id));
    const { page, ...next } = pageOf(graph.services(), token, nodesPerPage, {
      query: ['GetTraceGraph', TraceIds],
      key: ({ Name, Type }) => [Name, Type],
    });
    return { Services: page, ...next };
  },
});
