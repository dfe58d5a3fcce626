import { z } from 'zod';
import { digestHasLinks, ServiceGraph } from '../../model/service-graph.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { isInRange } from '../../store/range.ts';
import type { TracePosition } from '../../store/store.ts';
import {
  changedWithin,
  defaultGroupName,
  groupNamedBy,
  groupReference,
  groupTest,
  knownGroup,
} from '../groups/group.ts';
import { takingTurns } from '../../turns.ts';
import { operation, WrittenAnswer } from '../operation.ts';
import { nextToken, timestamp } from '../shapes.ts';
import { checkWindow, scanTraces } from '../traces/query.ts';
import { around, pageInTurns } from './drawn-in-turns.ts';
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
    const test = groupTest(group);
    const range = { type: 'Event', start: StartTime, end: EndTime } as const;

    const graph = new ServiceGraph(now());
    const linking: TracePosition[] = [];
    await scanTraces(store, { range, order: 'any', test }, (found) => {
      const { block, slot, position } = found;
      if (!startsIn(range, block.startTime[slot]!)) return;
      if (digestHasLinks(block, slot)) linking.push(position);
      if (!found.isOpaque) graph.add(block, slot);
      else addWhole(graph, found.trace());
    });
    const counted = (trace: Trace | undefined) =>
      trace?.root && isInRange(trace, range) && test.ofTrace(trace) ? trace : undefined;
    const turns = takingTurns();
    for (const position of linking) {
      const trace = counted(store.traces.at(position));
      if (trace) graph.addLinks([trace], (id) => counted(store.traces.get(id)));
      if (turns.isOver()) await turns.next();
    }

    const query = ['GetServiceGraph', StartTime, EndTime, reference];
    const page = await pageInTurns(graph, { token, size: nodesPerPage, query }, turns);
    const ContainsOldGroupVersions = changedWithin(group, StartTime, EndTime);
    return new WrittenAnswer(around(page, { StartTime, EndTime, ContainsOldGroupVersions }));
  },
});

/** Each trace counts as a whole in the window in which it started. */
const startsIn = ({ start, end }: { start: number; end: number }, time: number) =>
  time >= start && time < end;

function addWhole(graph: ServiceGraph, trace: Trace | undefined): void {
  if (trace) graph.addTrace(trace);
}
