/** The places that a live question takes as evidence, and what it does when the shop shows something else. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { everySubsegment, type Trace } from '@xray-lab/xray/model';
import { randomFromText } from '../draw.ts';
import { generators } from './index.ts';
import { inventoryUnavailable } from './inventory-unavailable.ts';
import { ordersTableThrottled } from './orders-table-throttled.ts';
import { simulateWindow } from './window.fixture.ts';

const windowOf = (fault: string, share: number, count = 56): Trace[] =>
  simulateWindow(count, {
    fault,
    parameters: { share, status: 503 },
    nonce: 'q-1',
    random: randomFromText('window'),
  });
const callsIn = (trace: Trace) =>
  trace.segments.filter(({ inferred }) => !inferred).flatMap((segment) => everySubsegment(segment));

for (const generator of generators) {
  test(`${generator.id}: each place is a failed call of the trace it names, or its other side`, () => {
    const traces = windowOf(generator.fault, 0.3);
    const question = generator.measure(traces, 'q-1', randomFromText('draw'))!;
    for (const { traceId, entityIds } of question.evidence) {
      const trace = traces.find(({ id }) => id === traceId);
      assert.ok(trace, `${traceId} is of the window`);
      const failed = callsIn(trace).filter(({ fault, throttle }) => fault || throttle);
      assert.ok(entityIds.length > 0);
      for (const id of entityIds) {
        const call = failed.find((each) => each.id === id);
        const segment = trace.segments.find((each) => each.id === id);
        assert.ok(call ?? failed.some((each) => each.id === segment?.parent_id), `${id} failed`);
      }
    }
  });
}

suite('How many customers noticed nothing', () => {
  test('is not asked when all met a failure, or none did', () => {
    for (const share of [0, 1])
      assert.equal(
        inventoryUnavailable.measure(windowOf('inventory-unavailable', share), 'q-1', Math.random),
        undefined,
      );
  });
  test('names each of those traces and no other', () => {
    const traces = windowOf('inventory-unavailable', 0.3);
    const question = inventoryUnavailable.measure(traces, 'q-1', Math.random)!;
    const met = traces.filter((trace) =>
      callsIn(trace).some(({ name, fault }) => name === 'inventory' && fault),
    );
    assert.deepEqual(
      question.evidence.map(({ traceId }) => traceId),
      met.map(({ id }) => id),
    );
    assert.deepEqual(
      question.misreadings.map(({ value }) => value),
      [0, traces.length, traces.length - met.length],
    );
  });
});

suite('Which capacity is short', () => {
  const traces = windowOf('orders-table-throttled', 0);
  const isThrottled = (trace: Trace) => callsIn(trace).some(({ throttle }) => throttle);
  test('names the traces with a throttled call and no other', () => {
    const question = ordersTableThrottled.measure(traces, 'q-1', Math.random)!;
    assert.deepEqual(
      question.evidence.map(({ traceId }) => traceId),
      traces.filter(isThrottled).map(({ id }) => id),
    );
    assert.ok(
      traces.some((trace) => !isThrottled(trace)),
      'not all are',
    );
  });
  test('is not asked when nothing was throttled', () => {
    const calm = simulateWindow(20, { parameters: {}, random: randomFromText('calm') });
    assert.equal(ordersTableThrottled.measure(calm, 'q-1', Math.random), undefined);
    assert.equal(ordersTableThrottled.observe(calm), 0);
  });
  test('is not asked when another table is short as well', () => {
    assert.equal(ordersTableThrottled.observe(traces), traces.filter(isThrottled).length);
    const elsewhere = structuredClone(traces);
    for (const trace of elsewhere)
      for (const call of callsIn(trace))
        if (call.throttle && call.aws) Object.assign(call.aws, { table_name: 'payments' });
    assert.equal(ordersTableThrottled.observe(elsewhere), 0);
  });
});
