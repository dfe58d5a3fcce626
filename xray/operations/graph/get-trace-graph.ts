import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceGraph } from '../../model/service-graph.ts';
import type { Trace, TraceId } from '../../model/vocabulary.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, traceIds } from '../shapes.ts';
import { nodesPerPage } from './page-size.ts';

/** AWS's model does not limit the ids: after so long the requests of others, those with segments above all, get their turn. */
const turnMilliseconds = 6;

export const getTraceGraph = operation({
  name: 'GetTraceGraph',
  path: '/TraceGraph',
  input: z.object({ TraceIds: traceIds, NextToken: nextToken }),

  async run({ store, now }, { TraceIds, NextToken: token }) {
    const graph = new ServiceGraph(now());
    const traces = new Map<TraceId, Trace>();
    let turnEnds = performance.now() + turnMilliseconds;
    for (const id of new Set(TraceIds)) {
      const trace = store.traces.get(id);
      if (trace !== undefined) {
        traces.set(id, trace);
        graph.addTrace(trace);
      }
      if (performance.now() > turnEnds) {
        await setImmediate();
        turnEnds = performance.now() + turnMilliseconds;
      }
    }
    graph.addLinks([...traces.values()], (id) => traces.get(id));
    const { page, ...next } = pageOf(graph.services(), token, nodesPerPage, {
      query: ['GetTraceGraph', TraceIds],
      key: ({ Name, Type }) => [Name, Type],
    });
    return { Services: page, ...next };
  },
});
