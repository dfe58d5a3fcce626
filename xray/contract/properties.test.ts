/** What must hold for every trace and every filter, asked of the API as a client asks. */
import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  paginateGetTraceSummaries,
  type Service,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { documentsOfPlan, filterExpression, shuffledBy, tracePlan } from '../model/fixtures/random-traces.ts';
import { newTraceId } from '../model/index.ts';
import { newTrace, now, onlyLocal, put, startBackend } from './harness.ts';

// Hundreds of calls, and counts that need an account of their own.
const skip = onlyLocal;
const { client } = await startBackend();

/** Long ago enough for every caller that is missing to be given up. */
const past = Math.floor(now()) - 3600;

/** What a reader sees of a trace, without the ids that another trace would have, and the count of its documents. */
async function seen(id: string, start: number) {
  const TraceIds = [id];
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds }));
  const { Services } = await client.send(new GetTraceGraphCommand({ TraceIds }));
  const { TraceSummaries } = await client.send(
    new GetTraceSummariesCommand({
      StartTime: new Date((start - 1) * 1000),
      EndTime: new Date((start + 100) * 1000),
      TimeRangeType: 'Event',
    }),
  );
  const summary = TraceSummaries!.find(({ Id }) => Id === id);
  const documents = Traces!.flatMap(({ Segments }) => Segments!.map(({ Document }) => JSON.parse(Document!)));
  for (const document of documents) {
    delete document.trace_id;
    if (document.inferred) delete document.id;
  }
  return {
    documents,
    Services,
    Duration: Traces?.[0]?.Duration,
    summary: { ...summary, Id: '', Revision: 0 },
  };
}

test('the order of documents, and how they are split over calls, make no difference', { skip }, async () => {
  let window = past - 40_000;
  await fc.assert(
    fc.asyncProperty(
      tracePlan,
      fc.boolean(),
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (plan, streaming, order, size) => {
        const start = (window += 200);
        const [together, apart] = [newTraceId(start, Math.random), newTraceId(start, Math.random)];
        await put(client, ...documentsOfPlan(plan, together, start));
        const documents = shuffledBy(documentsOfPlan(plan, apart, start, streaming), order);
        for (let from = 0; from < documents.length; from += size) {
          const { UnprocessedTraceSegments } = await put(client, ...documents.slice(from, from + size));
          assert.deepEqual(UnprocessedTraceSegments, []);
        }
        assert.deepEqual(await seen(apart, start), await seen(together, start));
      },
    ),
    { numRuns: 30 },
  );
});

test('a filter and its opposite divide the traces of a window between them', { skip }, async () => {
  const plans = fc.sample(tracePlan, { numRuns: 60, seed: 7 });
  for (const plan of plans) await put(client, ...documentsOfPlan(plan, newTrace(), past, true));
  const found = async (FilterExpression?: string) => {
    const ids: string[] = [];
    const window = { StartTime: new Date((now() - 60) * 1000), EndTime: new Date((now() + 60) * 1000) };
    for await (const page of paginateGetTraceSummaries({ client }, { ...window, FilterExpression })) {
      ids.push(...page.TraceSummaries!.map(({ Id }) => Id!));
    }
    return ids.sort();
  };
  const all = await found();
  assert.equal(all.length, 60);
  await fc.assert(
    fc.asyncProperty(filterExpression, async (filter) => {
      assert.deepEqual([...(await found(filter)), ...(await found(`!(${filter})`))].sort(), all);
    }),
    { numRuns: 60 },
  );
});

test(
  'the graphs of consecutive windows add up, and every node counts what came along its edges',
  { skip },
  async () => {
    const begin = past - 100_000;
    const plans = fc.sample(fc.tuple(tracePlan, fc.nat({ max: 599 })), { numRuns: 80, seed: 11 });
    for (const [plan, second] of plans) {
      const start = begin + second;
      await put(client, ...documentsOfPlan(plan, newTraceId(start, Math.random), start));
    }
    const graph = async (from: number, to: number) => {
      const { Services } = await client.send(
        new GetServiceGraphCommand({
          StartTime: new Date((begin + from) * 1000),
          EndTime: new Date((begin + to) * 1000),
        }),
      );
      return Services!;
    };
    const whole = await graph(0, 1000);
    assert.ok(whole.length > 5);
    for (const node of whole.filter(({ Type }) => Type !== 'client')) {
      const arriving = whole
        .flatMap(({ Edges }) => Edges!)
        .filter(({ ReferenceId }) => ReferenceId === node.ReferenceId)
        .reduce((sum, { SummaryStatistics }) => sum + SummaryStatistics!.TotalCount!, 0);
      assert.equal(arriving, node.SummaryStatistics!.TotalCount, node.Name);
      const { OkCount, ErrorStatistics, FaultStatistics, TotalCount } = node.SummaryStatistics!;
      assert.equal(OkCount! + ErrorStatistics!.TotalCount! + FaultStatistics!.TotalCount!, TotalCount);
      assert.equal(
        node.ResponseTimeHistogram!.reduce((sum, { Count }) => sum + Count!, 0),
        TotalCount,
      );
    }

    const totals = (services: readonly Service[]) =>
      new Map(services.map((node) => [`${node.Name} ${node.Type}`, node.SummaryStatistics?.TotalCount ?? 0]));
    const cuts = [0, 123, 300, 455, 1000];
    const sum = new Map<string, number>();
    for (let i = 1; i < cuts.length; i++) {
      for (const [key, count] of totals(await graph(cuts[i - 1]!, cuts[i]!)))
        sum.set(key, (sum.get(key) ?? 0) + count);
    }
    const sorted = (counts: Map<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(sorted(sum), sorted(totals(whole)));
  },
);
