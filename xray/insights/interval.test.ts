import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace, type Segment, type SegmentDocument, type Subsegment } from '../model/index.ts';
import { detection } from './detection.ts';
import { addFaults, countTrace, emptyInterval, type Interval } from './interval.ts';

const traceId = '1-58406520-a006649127e371903a2de979';
const gateway: Segment = {
  trace_id: traceId,
  id: 'aaaaaaaaaaaaaaa1',
  name: 'gateway',
  start_time: 1,
  end_time: 5,
};
const call: Subsegment = {
  id: 'aaaaaaaaaaaaaaa2',
  name: 'bank',
  namespace: 'remote',
  start_time: 1,
  end_time: 2,
};

function counted(...documents: SegmentDocument[]): Interval {
  const interval = emptyInterval(0);
  countTrace(interval, assembleTrace(traceId, documents));
  return interval;
}

const causes = (interval: Interval) =>
  Object.values(interval.causes).map(({ id, requests, affected }) => ({
    began: `${id.Name} ${id.Type ?? ''}`.trim(),
    requests,
    affected: Object.values(affected)
      .map(({ id: { Name }, faults }) => `${Name} ${faults}`)
      .sort(),
  }));

const clients = [
  { name: 'a good answer', members: { http: { response: { status: 200 } } }, impact: [0, 1, 1] },
  { name: 'a fault', members: { fault: true }, impact: [1, 0, 1] },
  { name: 'an error is neither', members: { error: true }, impact: [0, 0, 1] },
  { name: 'a throttle is neither', members: { throttle: true, error: true }, impact: [0, 0, 1] },
] as const;
for (const { name, members, impact } of clients) {
  test(`a client request: ${name}`, () => {
    const { faults, oks, requests } = counted({ ...gateway, ...members }).clients;
    assert.deepEqual([faults, oks, requests], impact);
  });
}

test('a request that has not been answered yet is not counted', () => {
  const { end_time: _, ...open } = gateway;
  assert.deepEqual(counted({ ...open, in_progress: true }), emptyInterval(0));
});

test('a fault of a third party began there, and went through its caller', () => {
  const interval = counted({ ...gateway, fault: true, subsegments: [{ ...call, fault: true }] });
  assert.deepEqual(causes(interval), [
    { began: 'bank remote', requests: 1, affected: ['bank 1', 'gateway 1'] },
  ]);
  assert.deepEqual(interval.services['bank\nremote']!.impact, { faults: 1, oks: 0, requests: 1 });
});

test('three tries that fail are three requests to the service, but one request in which a fault began there', () => {
  const tries = ['b1', 'b2', 'b3'].map((id) => ({ ...call, id: `aaaaaaaaaaaaaa${id}`, fault: true }));
  const interval = counted({ ...gateway, fault: true, subsegments: tries });
  assert.equal(causes(interval)[0]!.requests, 1);
  assert.equal(interval.services['bank\nremote']!.impact.faults, 3);
});

test('a fault that the caller made good began in the callee and touched nobody else', () => {
  const again = { ...call, id: 'aaaaaaaaaaaaaaa3', start_time: 3, end_time: 4 };
  const interval = counted({ ...gateway, subsegments: [{ ...call, fault: true }, again] });
  assert.deepEqual(causes(interval), [{ began: 'bank remote', requests: 1, affected: ['bank 1'] }]);
  assert.equal(interval.clients.faults, 0);
});

test('services past the number that is told apart are left out, those known still counted', () => {
  const known = { k: { id: { Name: 'k', Names: ['k'] }, faults: 1 } };
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`s${index}`, { id: { Name: 's', Names: ['s'] }, faults: 1 }]),
  );
  const sum = addFaults(known, { ...many, ...known });
  assert.equal(Object.keys(sum).length, detection.servicesPerInterval);
  assert.equal(sum['k']!.faults, 2);
});
