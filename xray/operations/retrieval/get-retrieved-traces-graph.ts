import { z } from 'zod';
import { serviceIdOf, type Service, type ServiceId, type Trace } from '../../model/index.ts';
import { takingTurns } from '../../turns.ts';
import { around, graphInTurns, pageInTurns } from '../graph/drawn-in-turns.ts';
import { operation, WrittenAnswer } from '../operation.ts';
import { nextToken } from '../shapes.ts';
import { knownRetrieval, retrievalToken, statusAt, tracesOf } from './retrieval.ts';

/** AWS's model: the most services of an answer. */
const servicesPerPage = 1_000;

export const getRetrievedTracesGraph = operation({
  name: 'GetRetrievedTracesGraph',
  path: '/GetRetrievedTracesGraph',
  input: z.object({ RetrievalToken: retrievalToken, NextToken: nextToken }),

  async run(context, { RetrievalToken, NextToken: token }) {
    const retrieval = knownRetrieval(context, RetrievalToken);
    const now = context.now();
    const RetrievalStatus = statusAt(retrieval, now);
    const turns = takingTurns();
    const traces = RetrievalStatus === 'COMPLETE' ? await tracesOf(context, retrieval, turns) : [];
    const links = linksByService(traces);
    const query = ['GetRetrievedTracesGraph', RetrievalToken];
    const graph = await graphInTurns(new Map(traces.map((trace) => [trace.id, trace])), now, turns);
    const shape = (service: Service) => ({
      Service: service,
      Links: service.Type === 'client' ? [] : (links.get(nodeKey(service)) ?? []),
    });
    const page = await pageInTurns(graph, { token, size: servicesPerPage, query, shape }, turns);
    return new WrittenAnswer(around(page, { RetrievalStatus }));
  },
});

interface Link {
  /** What the other trace is to this one. */
  ReferenceType: string;
  SourceTraceId: string;
  DestinationTraceIds: string[];
}

/** The links that the segments of each service carry, those of one trace and type together. */
function linksByService(traces: readonly Trace[]): ReadonlyMap<string, Link[]> {
  const byService = new Map<string, Link[]>();
  for (const trace of traces) {
    for (const segment of trace.segments) {
      for (const { trace_id, attributes } of segment.links ?? []) {
        const ReferenceType = referenceType(attributes);
        const key = nodeKey(serviceIdOf(segment));
        const links = byService.get(key) ?? [];
        byService.set(key, links);
        const same = links.find(
          (link) => link.SourceTraceId === trace.id && link.ReferenceType === ReferenceType,
        );
        if (same === undefined) {
          links.push({ ReferenceType, SourceTraceId: trace.id, DestinationTraceIds: [trace_id] });
        } else if (!same.DestinationTraceIds.includes(trace_id)) {
          same.DestinationTraceIds.push(trace_id);
        }
      }
    }
  }
  return byService;
}

/** Without it, the other trace came first, as in the service graph. */
function referenceType(attributes: Record<string, unknown> | undefined): string {
  const type = attributes?.['aws.xray.reserved.reference_type'];
  return typeof type === 'string' && type !== '' ? type : 'parent';
}

/** Equal for a node of the graph and the services it stands for. */
const nodeKey = ({ Name, Type, AccountId }: Service | ServiceId) => JSON.stringify([Name, Type, AccountId]);
