import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Service } from '../../lab-api/xray-wire.ts';
import {
  bars,
  connected,
  edgeFilter,
  mapSentence,
  nodeFilter,
  nodeSentence,
  percentile,
  serviceMap,
} from './graph.ts';
import { layoutMap, nameLines, topologyOf } from './layout.ts';

const shop: Service[] = [
  { ReferenceId: 0, Name: 'gateway', Type: 'client', State: 'unknown', Edges: [{ ReferenceId: 1 }] },
  {
    ReferenceId: 1,
    Name: 'gateway',
    Type: 'AWS::ECS::Container',
    Root: true,
    Edges: [{ ReferenceId: 2 }, { ReferenceId: 3 }],
    SummaryStatistics: {
      OkCount: 60,
      ErrorStatistics: { ThrottleCount: 20, OtherCount: 10, TotalCount: 30 },
      FaultStatistics: { OtherCount: 10, TotalCount: 10 },
      TotalCount: 100,
      TotalResponseTime: 9.6,
    },
    ResponseTimeHistogram: [
      { Value: 0.3, Count: 10 },
      { Value: 0.1, Count: 90 },
    ],
  },
  { ReferenceId: 2, Name: 'orders', Type: 'AWS::DynamoDB::Table', Edges: [] },
  { ReferenceId: 3, Name: 'payment', Type: 'remote', Edges: [] },
];

const map = serviceMap(shop, 300);
const node = (label: string) => {
  const found = map.nodes.find((candidate) => candidate.label === label);
  assert.ok(found, label);
  return found;
};

test('throttles are taken out of errors, and the shares add up', () => {
  assert.deepEqual(node('gateway').health.shares, { fault: 0.1, throttle: 0.2, error: 0.1, ok: 0.6 });
  assert.equal(node('gateway').health.worst, 'fault');
});

test('the rate is per minute of the window', () => assert.equal(node('gateway').health.rate, 20));

test('a node is one sentence, worst first', () => {
  assert.equal(
    nodeSentence(node('gateway'), map.edges),
    'gateway, AWS::ECS::Container, 20 requests per minute, 96 milliseconds average, 10 % fault, 20 % throttle, 10 % error. Called by Client.',
  );
});

test('the map is one sentence', () =>
  assert.equal(mapSentence(map), 'Service map, 3 services, 1 with faults'));

test('the client comes first and is not a second gateway', () => {
  assert.deepEqual(
    map.nodes.map(({ label }) => label),
    ['Client', 'gateway', 'orders', 'payment'],
  );
});

test('percentiles come from the histogram, sorted', () => {
  const { histogram } = node('gateway').health;
  assert.deepEqual([percentile(histogram, 0.5), percentile(histogram, 0.95)], [0.1, 0.3]);
  assert.equal(percentile([], 0.5), undefined);
});

test('bars have one width and keep every request', () => {
  const drawn = bars(node('gateway').health.histogram, 4);
  assert.deepEqual(
    drawn.map(({ count }) => count),
    [90, 0, 0, 10],
  );
});

const filters = [
  ['payment', { statuses: [] }, 'service("payment")'],
  ['payment', { statuses: ['fault'] }, 'service("payment") { fault }'],
  [
    'payment',
    { statuses: ['fault', 'error'], from: 1.2 },
    'service("payment") { (fault OR error) AND responsetime >= 1.2 }',
  ],
  [
    'orders',
    { statuses: ['throttle'] },
    'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle }',
  ],
] as const;

for (const [name, narrowing, expected] of filters) {
  test(`the panel builds ${expected}`, () => assert.equal(nodeFilter(node(name), narrowing), expected));
}

test('a connection is filtered as an edge, except from the client', () => {
  const [client, , payment] = map.edges;
  assert.ok(client && payment);
  assert.equal(edgeFilter(payment, { statuses: ['fault'] }), 'edge("gateway", "payment") { fault }');
  assert.equal(edgeFilter(client, { statuses: [] }), 'service("gateway")');
});

test('callers stand left of callees', () => {
  const { nodes } = layoutMap(map);
  const x = (label: string) => nodes.get(node(label).key)?.x ?? 0;
  assert.ok(x('Client') < x('gateway') && x('gateway') < x('orders'));
});

test('a refresh with the same nodes keeps every position, whatever the ReferenceIds', () => {
  const first = layoutMap(map);
  const renumbered = serviceMap(
    shop.map((service) => ({
      ...service,
      ReferenceId: service.ReferenceId + 7,
      Edges: (service.Edges ?? []).map((edge) => ({ ReferenceId: edge.ReferenceId + 7 })),
    })),
    300,
  );
  assert.equal(topologyOf(renumbered), first.topology);
  assert.equal(layoutMap(renumbered, first), first);
});

test('a long name wraps at a separator and is never cut at the front', () => {
  assert.deepEqual(nameLines('payment'), ['payment']);
  assert.deepEqual(nameLines('payment-provider-of-the-shop'), ['payment-provider-', 'of-the-shop']);
});

test('focusing a service hides what is not connected to it', () => {
  const focused = connected(map, node('orders').key);
  assert.deepEqual(
    focused.nodes.map(({ label }) => label),
    ['Client', 'gateway', 'orders'],
  );
});

test('a node that sent no segment is inferred, the client is not', () => {
  const node = (Type: string, State: string) =>
    ({
      ReferenceId: 0,
      Name: 'x',
      Names: ['x'],
      Type,
      State,
      Edges: [],
      StartTime: 0,
      EndTime: 1,
    }) as unknown as Service;
  const isInferred = (service: Service) => serviceMap([service], 60).nodes[0]!.isInferred;
  assert.equal(isInferred(node('remote', 'unknown')), true);
  assert.equal(isInferred(node('AWS::ECS::Container', 'active')), false);
  assert.equal(isInferred(node('client', 'unknown')), false);
});
