import { z } from 'zod';
import { rootCausesOf, type Service, type Trace } from '../../model/index.ts';
import type { TraceId } from '../../model/vocabulary.ts';
import type { StoredInsight } from '../../store/store.ts';
import { takingTurns } from '../../turns.ts';
import { groupMembership } from '../groups/group.ts';
import { around, graphInTurns, pageInTurns } from '../graph/drawn-in-turns.ts';
import { nodesPerPage } from '../graph/page-size.ts';
import { operation, WrittenAnswer, type OperationContext } from '../operation.ts';
import { timestamp } from '../shapes.ts';
import { checkWindow, tracesInRange } from '../traces/query.ts';
import { checkAge, insightId, insightsToken, knownInsight } from './insight.ts';

/** AWS's own limit, whatever the profile. */
const windowSeconds = 6 * 60 * 60;

/** Of more traces than this, newest first, the graph of an insight shows nothing new. */
const tracesPerGraph = 2_000;

/**
 * The services that the faults of an insight went through: the map of the group's traces in which a fault began in the
 * root-cause service, without numbers. The part of the window in which the insight was not under way is left out.
 */
export const getInsightImpactGraph = operation({
  name: 'GetInsightImpactGraph',
  path: '/InsightImpactGraph',
  input: z.object({
    InsightId: insightId,
    StartTime: timestamp,
    EndTime: timestamp,
    NextToken: insightsToken,
  }),

  async run(context, { InsightId, StartTime, EndTime, NextToken: token }) {
    const insight = knownInsight(context, InsightId);
    checkAge('StartTime', StartTime, context.now());
    checkWindow(StartTime, EndTime, windowSeconds);
    const start = Math.min(Math.max(StartTime, insight.startTime), EndTime);
    const end = Math.max(start, Math.min(EndTime, insight.endTime ?? EndTime));

    const traces = new Map<TraceId, Trace>();
    const isAffected = affectedBy(context, insight);
    for await (const { trace } of tracesInRange(context.store, { type: 'TraceId', start, end })) {
      if (isAffected(trace)) traces.set(trace.id, trace);
      if (traces.size === tracesPerGraph) break;
    }
    const query = ['GetInsightImpactGraph', InsightId, StartTime, EndTime];
    const turns = takingTurns();
    const graph = await graphInTurns(traces, Infinity, turns);
    const page = await pageInTurns(graph, { token, size: nodesPerPage, query, shape: structure }, turns);
    return new WrittenAnswer(
      around(page, {
        InsightId: insight.id,
        StartTime,
        EndTime,
        ServiceGraphStartTime: start,
        ServiceGraphEndTime: end,
      }),
    );
  },
});

/** A group that is gone has no filter any more; then every trace with that root cause is shown. */
function affectedBy({ store }: OperationContext, { groupArn, rootCause }: StoredInsight) {
  const group = store.groups.list().find(({ arn }) => arn === groupArn);
  const isInGroup = group ? groupMembership(group) : () => true;
  return (trace: Trace) =>
    rootCausesOf(trace).fault.some(({ Services }) => {
      const last = Services.at(-1);
      return last?.Name === rootCause.Name && last.Type === rootCause.Type;
    }) && isInGroup(trace);
}

const structure = ({ ReferenceId, Type, Name, Names, AccountId, Edges }: Service) => ({
  ReferenceId,
  ...(Type !== undefined && { Type }),
  Name,
  Names,
  ...(AccountId !== undefined && { AccountId }),
  Edges: Edges.map((edge) => ({ ReferenceId: edge.ReferenceId })),
});
