import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryTraces } from './fixtures/arbitrary-traces.ts';
import { noon, traceOf } from './fixtures/fixtures.ts';
import { serviceGraph } from './service-graph.ts';
import { type EntitySelection, faultForecast, type Period, TimeSeries } from './time-series.ts';
import { DigestBlock } from './trace-digest/digest-block.ts';
import { wholeDigest } from './trace-digest/trace-digest.ts';
import type { Trace } from './vocabulary.ts';
import type { Service, Statistics } from './wire.ts';

const now = noon + 3600;

function seriesOf(traces: readonly Trace[], selection?: EntitySelection, period = 1): Period[] {
  const series = new TimeSeries({ start: noon, period, selection, now });
  for (const trace of traces) series.add(DigestBlock.of([wholeDigest(trace)]), 0);
  return [...series.periods.entries()].sort(([a], [b]) => a - b).map(([, counted]) => counted);
}

/** Without response times, whose sum depends on the order of adding in its last digit. */
const counts = ({ TotalResponseTime: _, ...rest }: Statistics) => rest;

function sum(all: readonly (Statistics | Record<string, never>)[]) {
  const total = (read: (one: Statistics) => number) =>
    all.reduce((added, one) => added + ('TotalCount' in one ? read(one as Statistics) : 0), 0);
  return {
    OkCount: total(({ OkCount }) => OkCount),
    ErrorStatistics: {
      ThrottleCount: total(({ ErrorStatistics }) => ErrorStatistics.ThrottleCount),
      OtherCount: total(({ ErrorStatistics }) => ErrorStatistics.OtherCount),
      TotalCount: total(({ ErrorStatistics }) => ErrorStatistics.TotalCount),
    },
    FaultStatistics: {
      OtherCount: total(({ FaultStatistics }) => FaultStatistics.OtherCount),
      TotalCount: total(({ FaultStatistics }) => FaultStatistics.TotalCount),
    },
    TotalCount: total(({ TotalCount }) => TotalCount),
  };
}

const service = (name: string, type?: string): EntitySelection => ({
  kind: 'service',
  selector: { name, ...(type !== undefined && { type }) },
});
const edge = (from: string, to: string): EntitySelection => ({
  kind: 'edge',
  from: { name: from },
  to: { name: to },
});

test('whatever the traces, the periods of a node add up to the node of the graph', () => {
  fc.assert(
    fc.property(arbitraryTraces, fc.integer({ min: 1, max: 3 }), (traces, period) => {
      for (const { Name, Type, SummaryStatistics } of serviceGraph(traces, undefined, now)) {
        if (Type === 'client') continue;
        // A node without type cannot be told from its namesakes by a selector.
        if (Type === undefined) continue;
        const periods = seriesOf(traces, service(Name, Type), period);
        const accounts = nodesOf(traces, Name, Type);
        assert.deepEqual(
          sum(periods.map(({ services }) => services.statistics())),
          accounts.length === 1 ? counts(SummaryStatistics as Statistics) : sum(accounts),
        );
      }
    }),
    { numRuns: 200 },
  );
});

/** A name and a type may be there once per account. */
const nodesOf = (traces: readonly Trace[], name: string, type: string) =>
  serviceGraph(traces, undefined, now)
    .filter(({ Name, Type }) => Name === name && Type === type)
    .map(({ SummaryStatistics }) => SummaryStatistics);

const callsIn = (services: readonly Service[]) =>
  services.flatMap(({ Edges }) => Edges.map(({ SummaryStatistics }) => SummaryStatistics));

test('whatever the traces, without a selection the periods add up to all edges of the graph', () => {
  fc.assert(
    fc.property(arbitraryTraces, (traces) => {
      assert.deepEqual(
        sum(seriesOf(traces).map(({ edges }) => edges.statistics())),
        sum(callsIn(serviceGraph(traces, undefined, now))),
      );
    }),
    { numRuns: 200 },
  );
});

const periods = [
  { name: 'at its very start', offset: 0, period: 0 },
  { name: 'just before its end', offset: 59.9, period: 0 },
  { name: 'at its end, which is the next one’s start', offset: 60, period: 1 },
  { name: 'before the first', offset: -0.5, period: -1 },
];
for (const { name, offset, period } of periods) {
  test(`a trace counts in the period in which it started: ${name}`, () => {
    const series = new TimeSeries({ start: noon - offset, period: 60, now });
    series.add(DigestBlock.of([wholeDigest(traceOf('checkout'))]), 0);
    assert.deepEqual([...series.periods.keys()], [period]);
  });
}

test('an edge counts what its caller saw', () => {
  const [period] = seriesOf([traceOf('checkout')], edge('gateway', 'order'));
  const graph = serviceGraph([traceOf('checkout')]);
  const gateway = graph.find(({ Name, Type }) => Name === 'gateway' && Type !== 'client')!;
  assert.deepEqual(period!.edges.statistics(), gateway.Edges[0]!.SummaryStatistics);
  assert.deepEqual(period!.edges.histogram(), gateway.Edges[0]!.ResponseTimeHistogram);
  assert.equal(period!.services.total, 0);
});

test('calls from outside are an edge from the client, where the client is named by its type', () => {
  const from = { name: 'gateway', type: 'client' };
  const [period] = seriesOf([traceOf('checkout')], { kind: 'edge', from, to: { name: 'gateway' } });
  assert.equal(period!.edges.total, 1);
  assert.deepEqual(seriesOf([traceOf('checkout')], edge('gateway', 'gateway')), []);
});

test('AND counts the traces that have both, OR those that have one', () => {
  const traces = [traceOf('checkout'), traceOf('orphan')];
  const total = (kind: 'and' | 'or') =>
    sum(
      seriesOf(traces, { kind, terms: [service('gateway'), service('order')] }).map(({ services }) =>
        services.statistics(),
      ),
    ).TotalCount;
  assert.equal(total('and'), 2);
  assert.equal(total('or'), 3);
});

test('what two parts of a selection mean is counted once', () => {
  const [period] = seriesOf([traceOf('checkout')], {
    kind: 'or',
    terms: [service('order'), service('order')],
  });
  assert.equal(period!.services.total, 1);
});

test('a forecast needs three periods', () => {
  assert.equal(faultForecast([4, 4]), undefined);
  assert.notEqual(faultForecast([4, 4, 4]), undefined);
});

const forecasts = [
  { name: 'no faults before: none to come', before: [0, 0, 0, 0], expected: { high: 0, low: 0 } },
  { name: 'a steady rate scatters by its root', before: [4, 4, 4, 4], expected: { high: 8, low: 0 } },
  { name: 'many faults have a low above none', before: [100, 100, 100], expected: { high: 120, low: 80 } },
  { name: 'what swings widely is expected to', before: [0, 100, 0, 100], expected: { high: 150, low: 0 } },
];

for (const { name, before, expected } of forecasts) {
  test(`forecast: ${name}`, () => assert.deepEqual(faultForecast(before), expected));
}
