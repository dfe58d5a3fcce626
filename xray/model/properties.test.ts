/** What must hold for every trace and every filter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from './assemble.ts';
import { matchesFilter, parseFilterExpression } from './filter-expression/index.ts';
import { documentsOfPlan, filterExpression, shuffledBy, tracePlan } from './fixtures/random-traces.ts';
import { parseSegmentDocument } from './segment-document.ts';
import { serviceGraph } from './service-graph.ts';
import { summarizeTrace } from './summary.ts';
import type { SegmentDocument, Trace } from './vocabulary.ts';
import type { HistogramEntry, Service, Statistics } from './wire.ts';

const traceIdOf = (number: number) => `1-58406520-${number.toString(16).padStart(24, '0')}`;
const noon = 0x58406520;

/** Everything a reader can see of a trace. */
function views(documents: readonly SegmentDocument[]) {
  const trace = assembleTrace(traceIdOf(0), documents, { revision: 1 });
  return { trace, summary: summarizeTrace(trace), graph: serviceGraph([trace]) };
}

test('the order of documents, repetitions, and open copies of what has ended make no difference', () => {
  fc.assert(
    fc.property(
      tracePlan,
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.nat({ max: 2 }),
      (plan, order, times) => {
        const documents = documentsOfPlan(plan, traceIdOf(0), noon, true);
        const open = documents.map(
          ({ end_time: _, ...rest }) => ({ ...rest, in_progress: true }) as SegmentDocument,
        );
        const arrived = [
          ...documents,
          ...Array.from({ length: times }, () => [...open, ...documents]).flat(),
        ];
        assert.deepEqual(views(shuffledBy(arrived, order)), views(documents));
      },
    ),
  );
});

test('subsegments that travelled make the same trace, summary and graph as embedded ones', () => {
  fc.assert(
    fc.property(tracePlan, (plan) => {
      const [embedded, streamed] = [false, true].map((streaming) =>
        views(documentsOfPlan(plan, traceIdOf(0), noon, streaming)),
      );
      assert.deepEqual(streamed, embedded);
    }),
  );
});

test('reading a document changes nothing about it that X-Ray knows', () => {
  fc.assert(
    fc.property(tracePlan, (plan) => {
      const documents = documentsOfPlan(plan, traceIdOf(0), noon, true);
      const read = documents.flatMap((document) => {
        const result = parseSegmentDocument(JSON.stringify(document));
        assert.ok('accepted' in result);
        return result.accepted;
      });
      assert.deepEqual(views(read), views(documents));
    }),
  );
});

const someTraces = fc
  .array(fc.tuple(tracePlan, fc.nat({ max: 100 })), { maxLength: 6 })
  .map((plans) =>
    plans.map(([plan, second], index): Trace =>
      assembleTrace(traceIdOf(index), documentsOfPlan(plan, traceIdOf(index), noon + second)),
    ),
  );

type Counted = { SummaryStatistics: object; ResponseTimeHistogram: HistogramEntry[] };
const statistics = ({ SummaryStatistics }: Counted) => SummaryStatistics as Statistics;
const sumOf = (entries: readonly HistogramEntry[]) => entries.reduce((sum, { Count }) => sum + Count, 0);
const isService = ({ Type }: Service) => Type !== 'client';

test('each request is in one bucket, and once in the histogram, on every node and edge', () => {
  fc.assert(
    fc.property(someTraces, (traces) => {
      const services = serviceGraph(traces);
      for (const counted of [...services.filter(isService), ...services.flatMap(({ Edges }) => Edges)]) {
        const { OkCount, ErrorStatistics: errors, FaultStatistics: faults, TotalCount } = statistics(counted);
        assert.equal(OkCount + errors.TotalCount + faults.TotalCount, TotalCount);
        assert.equal(errors.ThrottleCount + errors.OtherCount, errors.TotalCount);
        assert.equal(faults.OtherCount, faults.TotalCount);
        assert.equal(sumOf(counted.ResponseTimeHistogram), TotalCount);
      }
      for (const { DurationHistogram, ...node } of services.filter(isService)) {
        assert.equal(sumOf(DurationHistogram), statistics(node).TotalCount);
      }
    }),
  );
});

test('a node counts as many requests as its service sent or was inferred to have had', () => {
  fc.assert(
    fc.property(someTraces, (traces) => {
      const total = serviceGraph(traces)
        .filter(isService)
        .reduce((sum, node) => sum + statistics(node).TotalCount, 0);
      assert.equal(
        total,
        traces.reduce((sum, { segments }) => sum + segments.length, 0),
      );
    }),
  );
});

test('every request came along one edge: the edges into a node count what the node counts', () => {
  fc.assert(
    fc.property(someTraces, (traces) => {
      const services = serviceGraph(traces);
      const arriving = new Map<number, number>();
      for (const { ReferenceId, ...edge } of services.flatMap(({ Edges }) => Edges)) {
        arriving.set(ReferenceId, (arriving.get(ReferenceId) ?? 0) + statistics(edge).TotalCount);
      }
      for (const node of services.filter(isService)) {
        assert.equal(arriving.get(node.ReferenceId), statistics(node).TotalCount, node.Name);
      }
    }),
  );
});

test('the edge of a client counts, in every bucket, what its service counted of requests from outside', () => {
  fc.assert(
    fc.property(someTraces, (traces) => {
      // Of root segments alone, the client's edge and the node must agree wholly.
      const roots = traces.map(({ id, segments }) =>
        assembleTrace(
          id,
          segments
            .filter(({ parent_id }) => parent_id === undefined)
            .map(({ subsegments: _, ...root }) => root),
        ),
      );
      const services = serviceGraph(roots);
      for (const client of services.filter((service) => !isService(service))) {
        const [edge] = client.Edges;
        assert.deepEqual(edge!.SummaryStatistics, services[edge!.ReferenceId]!.SummaryStatistics);
        assert.deepEqual(edge!.ResponseTimeHistogram, services[edge!.ReferenceId]!.ResponseTimeHistogram);
      }
    }),
  );
});

/** All counts of a graph, by node and by edge, as numbers that can be added. */
function countsIn(services: readonly Service[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (key: string, count: number) => counts.set(key, (counts.get(key) ?? 0) + count);
  const addAll = (key: string, counted: Counted) => {
    const { OkCount, ErrorStatistics, FaultStatistics, TotalCount, TotalResponseTime } = statistics(counted);
    add(`${key} ok`, OkCount);
    add(`${key} throttle`, ErrorStatistics.ThrottleCount);
    add(`${key} error`, ErrorStatistics.OtherCount);
    add(`${key} fault`, FaultStatistics.OtherCount);
    add(`${key} total`, TotalCount);
    add(`${key} seconds`, TotalResponseTime);
    for (const { Value, Count } of counted.ResponseTimeHistogram) add(`${key} ${Value} s`, Count);
  };
  const nameOf = ({ Name, Type }: Service) => `${Name} ${Type}`;
  for (const service of services) {
    if (isService(service)) addAll(nameOf(service), service);
    for (const edge of service.Edges)
      addAll(`${nameOf(service)} > ${nameOf(services[edge.ReferenceId]!)}`, edge);
  }
  return counts;
}

test('the graphs of consecutive windows add up to the graph of the whole', () => {
  fc.assert(
    fc.property(someTraces, fc.nat({ max: 110 }), (traces, cut) => {
      const between = (startTime: number, endTime: number) =>
        countsIn(serviceGraph(traces, { startTime: noon + startTime, endTime: noon + endTime }));
      const sum = between(0, cut);
      for (const [key, count] of between(cut, 200)) sum.set(key, (sum.get(key) ?? 0) + count);
      const entries = (counts: Map<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(entries(sum), entries(between(0, 200)));
    }),
  );
});

test('a filter and its opposite divide the traces between them', () => {
  fc.assert(
    fc.property(someTraces, filterExpression, (traces, text) => {
      const [yes, no] = [text, `!(${text})`].map(parseFilterExpression);
      for (const trace of traces)
        assert.notEqual(matchesFilter(yes!, trace), matchesFilter(no!, trace), text);
    }),
    { numRuns: 400 },
  );
});

test('AND, juxtaposition and OR are what logic says', () => {
  fc.assert(
    fc.property(someTraces, filterExpression, filterExpression, (traces, a, b) => {
      const holds = (text: string, trace: Trace) => matchesFilter(parseFilterExpression(text), trace);
      for (const trace of traces) {
        const [one, other] = [holds(a, trace), holds(b, trace)];
        assert.equal(holds(`${a} AND ${b}`, trace), one && other);
        assert.equal(holds(`${a} ${b}`, trace), one && other);
        assert.equal(holds(`${a} OR ${b}`, trace), one || other);
      }
    }),
    { numRuns: 200 },
  );
});

test('a summary says what the segments say', () => {
  fc.assert(
    fc.property(someTraces, (traces) => {
      for (const trace of traces) {
        const summary = summarizeTrace(trace);
        assert.equal(
          summary.ServiceIds.length,
          new Set(summary.ServiceIds.map((id) => JSON.stringify(id))).size,
        );
        assert.ok(summary.Duration >= (summary.ResponseTime ?? 0));
        assert.equal(
          summary.FaultRootCauses.length > 0,
          matchesFilter(parseFilterExpression('rootcause.fault.service { first }'), trace),
        );
        for (const cause of [
          ...summary.FaultRootCauses,
          ...summary.ErrorRootCauses,
          ...summary.ResponseTimeRootCauses,
        ]) {
          for (const { EntityPath } of cause.Services) {
            for (const { Coverage = 0 } of EntityPath) assert.ok(Coverage >= 0 && Coverage <= 1);
          }
        }
      }
    }),
  );
});
