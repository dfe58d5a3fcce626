import { z } from 'zod';
import type { Trace, TraceId } from '../../model/vocabulary.ts';
import { takingTurns } from '../../turns.ts';
import { operation, WrittenAnswer } from '../operation.ts';
import { nextToken, traceIds } from '../shapes.ts';
import { around, graphInTurns, pageInTurns } from './drawn-in-turns.ts';
import { nodesPerPage } from './page-size.ts';

export const getTraceGraph = operation({
  name: 'GetTraceGraph',
  path: '/TraceGraph',
  input: z.object({ TraceIds: traceIds, NextToken: nextToken }),

  async run({ store, now }, { TraceIds, NextToken: token }) {
    const traces = new Map<TraceId, Trace>();
    // AWS's model does not limit the ids.
    const turns = takingTurns();
    for (const id of new Set(TraceIds)) {
      const trace = store.traces.get(id);
      if (trace !== undefined) traces.set(id, trace);
      if (turns.isOver()) await turns.next();
    }
    const graph = await graphInTurns(traces, now(), turns);
    const query = ['GetTraceGraph', TraceIds];
    return new WrittenAnswer(
      around(await pageInTurns(graph, { token, size: nodesPerPage, query }, turns), {}),
    );
  },
});
