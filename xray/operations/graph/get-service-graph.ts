import { z } from 'zod';
import { serviceGraph } from '../../model/index.ts';
import type { Trace } from '../../model/vocabulary.ts';
import {
  changedWithin,
  defaultGroupName,
  groupMembership,
  groupNamedBy,
  groupReference,
  knownGroup,
} from '../groups/group.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, timestamp } from '../shapes.ts';
import { checkWindow, tracesInRange } from '../traces/query.ts';
import { nodesPerPage } from './page-size.ts';

export const getServiceGraph = operation({
  name: 'GetServiceGraph',
  path: '/ServiceGraph',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    ...groupReference,
    NextToken: nextToken,
  }),

  async run(context, { StartTime, EndTime, NextToken: token, ...reference }) {
    const { store, limits, now } = context;
    checkWindow(StartTime, EndTime, limits.graphWindowSeconds);
    const isNamed = (reference.GroupName ?? reference.GroupARN) !== undefined;
    const group = isNamed ? groupNamedBy(context, reference) : knownGroup(context, defaultGroupName);
    const isInGroup = groupMembership(group);

    const traces: Trace[] = [];
    const range = { type: 'Event', start: StartTime, end: EndTime } as const;
    for await (const { trace } of tracesInRange(store, range)) {
      if (isInGroup(trace)) traces.push(trace);
    }

    const services = serviceGraph(traces, { startTime: StartTime, endTime: EndTime }, now());
    const { page, ...next } = pageOf(services, token, nodesPerPage);
    const ContainsOldGroupVersions = changedWithin(group, StartTime, EndTime);
    return { StartTime, EndTime, Services: page, ContainsOldGroupVersions, ...next };
  },
});
