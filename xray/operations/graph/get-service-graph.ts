import { z } from 'zod';
import { serviceGraph } from '../../model/index.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, timestamp } from '../shapes.ts';
import { checkGroup, checkWindow, tracesInRange } from '../traces/query.ts';
import { nodesPerPage } from './page-size.ts';

export const getServiceGraph = operation({
  name: 'GetServiceGraph',
  path: '/ServiceGraph',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    GroupName: z.string().min(1).max(32).optional(),
    GroupARN: z.string().min(1).max(400).optional(),
    NextToken: nextToken,
  }),

  async run({ store, limits, now }, { StartTime, EndTime, GroupName, GroupARN, NextToken: token }) {
    checkWindow(StartTime, EndTime, limits.graphWindowSeconds);
    if (GroupName !== undefined && GroupARN !== undefined) {
      throw invalidRequest('Name the group by GroupName or by GroupARN, not by both.');
    }
    checkGroup(GroupName ?? GroupARN ?? 'Default');

    const traces: Trace[] = [];
    const range = { type: 'Event', start: StartTime, end: EndTime } as const;
    for await (const { trace } of tracesInRange(store, range)) traces.push(trace);

    const services = serviceGraph(traces, { startTime: StartTime, endTime: EndTime }, now());
    const { page, ...next } = pageOf(services, token, nodesPerPage);
    return { StartTime, EndTime, Services: page, ContainsOldGroupVersions: false, ...next };
  },
});
