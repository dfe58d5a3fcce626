import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Service } from '../../lab-api/xray-wire.ts';
import {
  bars,
  calleesOf,
  callersOf,
  connected,
  edgeFilter,
  mapSentence,
  nodeFilter,
  nodeSentence,
  percentile,
  serviceMap,
} from './graph.ts';
import { edgeCurve, layoutMap, nameLines, topologyOf } from './layout.ts';

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

const [left, right] = [
  { x: 0, y: 0 },
  { x: 300, y: 100 },
];
for (const { name, from = left, to = right, through = [], middle } of [
  { name: 'between its ends', middle: { x: 147, y: 50 } },
  { name: 'at the one stop of a detour', through: [{ x: 150, y: 400 }], middle: { x: 150, y: 400 } },
  {
    name: 'between the two stops of a detour',
    through: [
      { x: 100, y: 400 },
      { x: 200, y: 300 },
    ],
    middle: { x: 150, y: 350 },
  },
  { name: 'below both, going back', from: right, to: left, middle: { x: 150, y: 160.875 } },
  { name: 'above the ring, of a loop', to: left, middle: { x: 0, y: -79.375 } },
])
  test(`the numbers of an edge lie on it: ${name}`, () => {
    const curve = edgeCurve(from, to, through);
    assert.deepEqual(curve.middle, middle);
    assert.equal(curve.path.match(/M/g)?.length, 1);
    assert.equal(curve.path.match(/C/g)?.length, through.length + 1);
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

/** All nodes and edges have keys of their own, and each has its place in the drawing. */
function assertEachIsDrawn({ nodes, edges }: ReturnType<typeof serviceMap>, counts: [number, number]) {
  assert.deepEqual([nodes.length, edges.length], counts);
  const keys = [...nodes, ...edges].map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, keys.join('  '));
  const placed = layoutMap({ nodes, edges });
  const places = nodes.map(({ key }) => JSON.stringify(placed.nodes.get(key)));
  assert.equal(new Set(places).size, nodes.length, places.join('  '));
  const paths = edges.map(({ key }) => placed.edges.get(key)?.path);
  assert.equal(new Set(paths).size, edges.length, paths.join('  '));
}
const service = (ReferenceId: number, Name: string, Type: string, Edges: Service['Edges'] = []): Service => ({
  ReferenceId,
  Name,
  Type,
  Edges,
});
const twoEntries = [
  service(0, 'shop', 'client', [{ ReferenceId: 2 }]),
  service(1, 'shop', 'client', [{ ReferenceId: 3 }]),
  service(2, 'shop', 'AWS::ECS::Container'),
  service(3, 'shop', 'AWS::EC2::Instance'),
];

test('two entry points of one name and different origins have two clients, and the map was blank', () => {
  const drawn = serviceMap(twoEntries, 60);
  assertEachIsDrawn(drawn, [4, 2]);
  assert.deepEqual(
    connected(drawn, drawn.nodes[0]!.key).nodes.map(({ type }) => type),
    ['client', 'AWS::ECS::Container'],
  );
  const turned = serviceMap(
    twoEntries.map((one) => ({
      ...one,
      ReferenceId: 3 - one.ReferenceId,
      Edges: one.Edges!.map(({ ReferenceId }) => ({ ReferenceId: 3 - ReferenceId })),
    })),
    60,
  );
  assert.equal(topologyOf(turned), topologyOf(drawn));
});

test('services that nothing tells apart, not even their type, are each drawn', () => {
  const drawn = serviceMap(
    [
      service(0, 'a', 'client', [{ ReferenceId: 1 }, { ReferenceId: 2 }]),
      service(1, 'a', 'remote'),
      service(2, 'a', 'remote'),
      service(3, 'a→remote', 'remote', [{ ReferenceId: 1 }]),
      service(4, 'a', 'client', [{ ReferenceId: 1 }]),
      service(5, 'a', 'client', [{ ReferenceId: 1 }]),
    ],
    60,
  );
  assertEachIsDrawn(drawn, [6, 5]);
});

test('a call and a link between the same two services are two lines, and each service is a neighbour once', () => {
  const drawn = serviceMap(
    [
      service(0, 'order', 'remote', [{ ReferenceId: 1 }, { ReferenceId: 1, EdgeType: 'link' }]),
      service(1, 'mail', 'remote', [{ ReferenceId: 1 }]),
    ],
    60,
  );
  assertEachIsDrawn(drawn, [2, 3]);
  const [order, mail] = drawn.nodes;
  assert.deepEqual(
    callersOf(drawn, mail!.key).map(({ label }) => label),
    ['order', 'mail'],
  );
  assert.deepEqual(
    calleesOf(drawn, order!.key).map(({ label }) => label),
    ['mail'],
  );
  assert.match(nodeSentence(mail!, drawn.edges), /Called by order and mail\.$/);
});

const lines = [
  ['x'.repeat(200), ['x'.repeat(18), `${'x'.repeat(17)}…`]],
  [`${'x'.repeat(150)}-y`, ['x'.repeat(18), `${'x'.repeat(17)}…`]],
  ['checkout-service-of-the-shop-in-europe', ['checkout-service-', 'of-the-shop-in-eu…']],
] as const;
for (const [name, expected] of lines) {
  test(`the name ${name.slice(0, 24)} of ${name.length} characters stands in two short lines`, () =>
    assert.deepEqual(nameLines(name), expected));
}
