import { z } from 'zod';
import { serviceGraph } from '../../model/index.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, traceIds } from '../shapes.ts';
import { nodesPerPage } from './page-size.ts';

export const getTraceGraph = operation({
  name: 'GetTraceGraph',
  path: '/TraceGraph',
  input: z.object({ TraceIds: traceIds, NextToken: nextToken }),

  run({ store, now }, { TraceIds, NextToken: token }) {
    const traces = [...new Set(TraceIds)]
      .map((id) => store.traces.get(id))
      .filter((trace) => trace !== undefined);
    const { page, ...next } = pageOf(serviceGraph(traces, undefined, now()), token, nodesPerPage, {
      query: ['GetTraceGraph', TraceIds],
      key: ({ Name, Type }) => [Name, Type],
    });
    return { Services: page, ...next };
  },
});
