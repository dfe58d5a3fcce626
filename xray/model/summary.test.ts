import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace } from './assemble.ts';
import { noon, traceOf } from './fixtures/fixtures.ts';
import { summarizeTrace } from './summary.ts';
import type { Segment } from './vocabulary.ts';

const service = (Name: string, Type?: string) => ({ Name, Names: [Name], ...(Type && { Type }) });
const gateway = service('gateway', 'AWS::ECS::Container');
const order = service('order', 'AWS::ECS::Container');

test('the summary of a checkout, whole', () => {
  assert.deepEqual(summarizeTrace(traceOf('checkout')), {
    Id: '1-58406520-a006649127e371903a2de979',
    StartTime: noon,
    Duration: 0.412,
    ResponseTime: 0.412,
    HasFault: false,
    HasError: false,
    HasThrottle: false,
    IsPartial: false,
    Http: {
      HttpURL: 'http://gateway:8080/checkout',
      HttpStatus: 201,
      HttpMethod: 'POST',
      UserAgent: 'curl/8',
      ClientIp: '203.0.113.7',
    },
    Annotations: {
      orderId: [{ AnnotationValue: { StringValue: 'A17' }, ServiceIds: [order] }],
      items: [{ AnnotationValue: { NumberValue: 3 }, ServiceIds: [order] }],
      gift: [{ AnnotationValue: { BooleanValue: false }, ServiceIds: [order] }],
    },
    Users: [{ UserName: 'alice', ServiceIds: [order] }],
    ServiceIds: [
      gateway,
      order,
      service('payment'),
      service('orders', 'AWS::DynamoDB::Table'),
      service('payment-provider', 'remote'),
    ],
    ResourceARNs: [],
    InstanceIds: [],
    AvailabilityZones: [],
    EntryPoint: gateway,
    FaultRootCauses: [],
    ErrorRootCauses: [],
    ResponseTimeRootCauses: [
      {
        Services: [
          {
            ...gateway,
            EntityPath: [
              { Name: 'gateway', Coverage: 1, Remote: false },
              { Name: 'order', Coverage: 0.947, Remote: true },
            ],
            Inferred: false,
          },
          {
            ...order,
            EntityPath: [
              { Name: 'order', Coverage: 0.898, Remote: false },
              { Name: 'payment', Coverage: 0.728, Remote: true },
            ],
            Inferred: false,
          },
          {
            ...service('payment'),
            EntityPath: [
              { Name: 'payment', Coverage: 0.68, Remote: false },
              { Name: 'payment-provider', Coverage: 0.631, Remote: true },
            ],
            Inferred: false,
          },
          {
            ...service('payment-provider', 'remote'),
            EntityPath: [{ Name: 'payment-provider', Coverage: 0.631, Remote: true }],
            Inferred: true,
          },
        ],
        ClientImpacting: true,
      },
    ],
    Revision: 3,
  });
});

test('a fault that the root survived is not in HasFault', () =>
  assert.equal(summarizeTrace(traceOf('handledFault')).HasFault, false));

test('a throttle anywhere is in HasThrottle, an error that is not the root’s is not in HasError', () => {
  const { HasThrottle, HasError, HasFault } = summarizeTrace(traceOf('throttledTable'));
  assert.deepEqual(
    { HasThrottle, HasError, HasFault },
    { HasThrottle: true, HasError: false, HasFault: true },
  );
});

test('work after the answer counts for the duration, not for the response time', () => {
  const { segments } = traceOf('checkout');
  const later: Segment = {
    ...segments[0]!,
    id: '9a00000000000001',
    parent_id: segments[0]!.id,
    start_time: noon + 1,
    end_time: noon + 2,
  };
  const { Duration, ResponseTime } = summarizeTrace(assembleTrace(later.trace_id, [...segments, later]));
  assert.deepEqual({ Duration, ResponseTime }, { Duration: 2, ResponseTime: 0.412 });
});

test('while the root is in progress there is no response time', () => {
  const root: Segment = {
    id: '1a00000000000001',
    name: 'gateway',
    trace_id: '1-58406520-a006649127e371903a2de979',
    start_time: noon,
    in_progress: true,
  };
  const summary = summarizeTrace(assembleTrace(root.trace_id, [root]));
  assert.equal('ResponseTime' in summary, false);
  assert.deepEqual([summary.IsPartial, summary.Duration, summary.Http], [true, 0, {}]);
});

test('instances, zones and resources are collected', () => {
  const { InstanceIds, AvailabilityZones } = summarizeTrace(traceOf('allServices'));
  assert.deepEqual(InstanceIds, [{ Id: 'i-0b5a4678fc325bg98' }]);
  assert.deepEqual(AvailabilityZones, [{ Name: 'us-west-2c' }]);
  assert.deepEqual(summarizeTrace(traceOf('consumer')).ResourceARNs, [
    { ARN: 'arn:aws:lambda:us-east-1:000000000000:function:notify' },
  ]);
});

test('of sixty annotation keys fifty are indexed', () => {
  const annotations = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, i]));
  const { segments } = traceOf('orphan');
  const summary = summarizeTrace(assembleTrace(segments[0]!.trace_id, [{ ...segments[0]!, annotations }]));
  assert.deepEqual(Object.keys(summary.Annotations), Object.keys(annotations).slice(0, 50));
});

test('values of one annotation are listed once each, with the services that wrote them', () => {
  const [first, second] = traceOf('checkout').segments;
  const trace = assembleTrace(first!.trace_id, [
    { ...first!, annotations: { run: 'r1' } },
    {
      ...second!,
      annotations: { run: 'r1' },
      subsegments: [
        {
          id: '9b00000000000001',
          name: 'step',
          start_time: noon,
          end_time: noon,
          annotations: { run: 'r2' },
        },
      ],
    },
  ]);
  assert.deepEqual(summarizeTrace(trace).Annotations.run, [
    { AnnotationValue: { StringValue: 'r1' }, ServiceIds: [gateway, order] },
    { AnnotationValue: { StringValue: 'r2' }, ServiceIds: [order] },
  ]);
});

test('a trace without segments has a summary', () => {
  const summary = summarizeTrace(traceOf('waiting'));
  assert.equal('EntryPoint' in summary, false);
  assert.deepEqual(summary.ServiceIds, []);
});
