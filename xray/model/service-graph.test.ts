import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from './assemble.ts';
import { type FixtureName, fixtures, noon, traceOf } from './fixtures/fixtures.ts';
import { CALLER_MAY_COME_SECONDS, serviceGraph } from './service-graph.ts';
import type { Segment, Trace } from './vocabulary.ts';
import type { Edge, Service, Statistics } from './wire.ts';

/** `gateway (AWS::ECS::Container) → order`: one line for each edge, one for each node that calls nobody. */
function drawing(services: readonly Service[]): string[] {
  return services.flatMap(({ Name, Type, Edges }) => {
    const node = `${Name}${Type ? ` (${Type})` : ''}`;
    if (Edges.length === 0) return [node];
    return Edges.map(
      ({ ReferenceId, EdgeType }) =>
        `${node} ${EdgeType === 'link' ? '⇢' : '→'} ${services[ReferenceId]!.Name}`,
    );
  });
}
const named = (services: readonly Service[], name: string, type?: string): Service =>
  services.find(
    ({ Name, Type }) => Name === name && Type !== 'client' && (type === undefined || Type === type),
  )!;
const edge = (services: readonly Service[], from: string, to: string): Edge =>
  named(services, from).Edges.find(({ ReferenceId }) => services[ReferenceId]!.Name === to)!;

const drawings: { name: string; fixtures: FixtureName[]; expected: string[] }[] = [
  {
    name: 'a checkout: client, services, table and third party',
    fixtures: ['checkout'],
    expected: [
      'gateway (client) → gateway',
      'gateway (AWS::ECS::Container) → order',
      'order (AWS::ECS::Container) → orders',
      'order (AWS::ECS::Container) → payment',
      'orders (AWS::DynamoDB::Table)',
      'payment → payment-provider',
      'payment-provider (remote)',
    ],
  },
  {
    name: 'a segment whose caller never came is entered by a client of its own',
    fixtures: ['orphan'],
    expected: [
      'order (client) → order',
      'order (AWS::ECS::Container) → orders',
      'orders (AWS::DynamoDB::Table)',
    ],
  },
  {
    name: 'a queue between two traces: the link leaves the queue, and a function makes two nodes of one name',
    fixtures: ['consumer', 'producer'],
    expected: [
      'notify (client) → notify',
      'order (client) → order',
      'notify (AWS::Lambda) → notify',
      'order (AWS::ECS::Container) → https://sqs.us-east-1.amazonaws.com/000000000000/notifications',
      'https://sqs.us-east-1.amazonaws.com/000000000000/notifications (AWS::SQS::Queue) ⇢ notify',
      'notify (AWS::Lambda::Function)',
    ],
  },
  {
    name: 'a link to a trace that is not here draws nothing',
    fixtures: ['consumer'],
    expected: ['notify (client) → notify', 'notify (AWS::Lambda) → notify', 'notify (AWS::Lambda::Function)'],
  },
  { name: 'subsegments that wait for their segment draw nothing', fixtures: ['waiting'], expected: [] },
];

for (const { name, fixtures: names, expected } of drawings) {
  test(name, () => assert.deepEqual(drawing(serviceGraph(names.map(traceOf))), expected));
}

const counts = (ok: number, more: { error?: number; throttle?: number; fault?: number } = {}) => {
  const { error = 0, throttle = 0, fault = 0 } = more;
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + error + throttle + fault,
  };
};
const withoutTime = ({ TotalResponseTime: _, ...rest }: Statistics) => rest;

test('a node as it goes over the wire, whole', () => {
  const [client, gateway] = serviceGraph([traceOf('checkout')]);
  const TotalResponseTime = noon + 0.412 - noon;
  const histogram = [{ Value: 0.412, Count: 1 }];
  const statistics = { ...counts(1), TotalResponseTime };
  const times = { StartTime: noon, EndTime: noon + 1 };
  assert.deepEqual(client, {
    ReferenceId: 0,
    Name: 'gateway',
    Names: ['gateway'],
    Type: 'client',
    State: 'unknown',
    ...times,
    Edges: [
      {
        ReferenceId: 1,
        ...times,
        SummaryStatistics: statistics,
        ResponseTimeHistogram: histogram,
        Aliases: [],
      },
    ],
    SummaryStatistics: {},
    DurationHistogram: [],
    ResponseTimeHistogram: [],
  });
  assert.deepEqual(
    { ...gateway, Edges: [] },
    {
      ReferenceId: 1,
      Name: 'gateway',
      Names: ['gateway'],
      Root: true,
      Type: 'AWS::ECS::Container',
      State: 'active',
      ...times,
      Edges: [],
      SummaryStatistics: statistics,
      DurationHistogram: histogram,
      ResponseTimeHistogram: histogram,
    },
  );
});

test('a service without origin has no type, an inferred one is of unknown state', () => {
  const services = serviceGraph([traceOf('checkout')]);
  assert.equal('Type' in named(services, 'payment'), false);
  assert.equal(named(services, 'payment').State, 'active');
  assert.equal(named(services, 'orders').State, 'unknown');
  assert.equal('Root' in named(services, 'order'), false);
});

test('an edge counts what the caller saw, a node what the service said', () => {
  const services = serviceGraph([traceOf('checkout')]);
  assert.deepEqual(edge(services, 'order', 'payment').ResponseTimeHistogram, [{ Value: 0.3, Count: 1 }]);
  assert.deepEqual(named(services, 'payment').ResponseTimeHistogram, [{ Value: 0.28, Count: 1 }]);
});

test('the response time of a node and of an edge is the sum of all its requests', () => {
  const once = serviceGraph([traceOf('checkout')]);
  const services = serviceGraph([traceOf('checkout'), traceOf('checkout'), traceOf('checkout')]);
  const seconds = ({ SummaryStatistics }: Service | Edge) =>
    Math.round((SummaryStatistics as Statistics).TotalResponseTime * 1000) / 1000;
  assert.deepEqual([seconds(named(once, 'payment')), seconds(named(services, 'payment'))], [0.28, 0.84]);
  assert.deepEqual(
    [seconds(edge(once, 'order', 'payment')), seconds(edge(services, 'order', 'payment'))],
    [0.3, 0.9],
  );
});

test('a throttle that the SDK also flags as a fault is counted once, as a fault', () => {
  const services = serviceGraph([traceOf('throttledTable')]);
  for (const { SummaryStatistics } of [named(services, 'orders'), edge(services, 'order', 'orders')]) {
    assert.deepEqual(withoutTime(SummaryStatistics as Statistics), counts(0, { fault: 1 }));
  }
});

test('a handled fault is a fault on the edge and a success at the entrance', () => {
  const services = serviceGraph([traceOf('handledFault')]);
  assert.deepEqual(
    withoutTime(edge(services, 'order', 'payment').SummaryStatistics as Statistics),
    counts(0, { fault: 1 }),
  );
  assert.deepEqual(withoutTime(named(services, 'gateway').SummaryStatistics as Statistics), counts(1));
});

test('what is in progress draws its node and is not counted', () => {
  const services = serviceGraph([traceOf('inProgress')]);
  assert.deepEqual(withoutTime(named(services, 'order').SummaryStatistics as Statistics), counts(0));
  assert.deepEqual(named(services, 'order').ResponseTimeHistogram, []);
  assert.deepEqual(
    withoutTime(edge(services, 'gateway', 'order').SummaryStatistics as Statistics),
    counts(1),
  );
});

test('a link says how long the event had waited, and counts nothing', () => {
  const services = serviceGraph([traceOf('producer'), traceOf('consumer')]);
  const queue = services.find(({ Type }) => Type === 'AWS::SQS::Queue')!;
  assert.deepEqual(queue.Edges[0], {
    ReferenceId: named(services, 'notify', 'AWS::Lambda').ReferenceId,
    StartTime: noon + 2,
    EndTime: noon + 3,
    SummaryStatistics: {},
    ResponseTimeHistogram: [],
    Aliases: [],
    EdgeType: 'link',
    ReceivedEventAgeHistogram: [{ Value: 2, Count: 1 }],
  });
});

test('the account stands on Lambda functions', () =>
  assert.equal(
    named(serviceGraph([traceOf('consumer')]), 'notify', 'AWS::Lambda::Function').AccountId,
    '000000000000',
  ));

test('a window takes the traces that started in it, its end excluded', () => {
  const trace = traceOf('checkout');
  const nodes = (startTime: number, endTime: number) => serviceGraph([trace], { startTime, endTime }).length;
  assert.equal(nodes(noon, noon + 1), 6);
  assert.equal(nodes(noon - 1, noon), 0);
  assert.equal(nodes(noon + 0.1, noon + 1), 0);
});

test('a service that calls itself has an edge to itself', () => {
  const [gateway] = traceOf('checkout').segments;
  const inner: Segment = {
    ...gateway!,
    id: '9a00000000000001',
    parent_id: '1a00000000000002',
    subsegments: [],
  };
  const services = serviceGraph([assembleTrace(inner.trace_id, [gateway!, inner])]);
  assert.deepEqual(drawing(services), [
    'gateway (client) → gateway',
    'gateway (AWS::ECS::Container) → gateway',
  ]);
});

const names = Object.keys(fixtures) as FixtureName[];
const someTraces = fc.array(fc.constantFrom(...names), { maxLength: 12 });
const statisticsIn = (services: readonly Service[]) =>
  services
    .flatMap((service) => [service, ...service.Edges])
    .filter(({ SummaryStatistics }) => 'TotalCount' in SummaryStatistics)
    .map(({ SummaryStatistics, ResponseTimeHistogram }) => ({
      statistics: SummaryStatistics as Statistics,
      histogram: ResponseTimeHistogram,
    }));

test('whatever the traces, each request is in exactly one bucket and once in the histogram', () => {
  fc.assert(
    fc.property(someTraces, (chosen) => {
      for (const { statistics, histogram } of statisticsIn(serviceGraph(chosen.map(traceOf)))) {
        const { OkCount, ErrorStatistics: errors, FaultStatistics: faults, TotalCount } = statistics;
        assert.equal(OkCount + errors.TotalCount + faults.TotalCount, TotalCount);
        assert.equal(errors.ThrottleCount + errors.OtherCount, errors.TotalCount);
        assert.equal(
          histogram.reduce((sum, { Count }) => sum + Count, 0),
          TotalCount,
        );
      }
    }),
  );
});

test('whatever the traces, references lead to nodes and the order of traces does not matter', () => {
  const withoutSums = (services: Service[]) =>
    JSON.parse(JSON.stringify(services, (key, value) => (key === 'TotalResponseTime' ? undefined : value)));
  fc.assert(
    fc.property(someTraces, (chosen) => {
      const traces: Trace[] = chosen.map(traceOf);
      const services = serviceGraph(traces);
      services.forEach(({ ReferenceId, Edges }, index) => {
        assert.equal(ReferenceId, index);
        for (const { ReferenceId: target } of Edges) assert.ok(services[target]);
      });
      assert.deepEqual(withoutSums(serviceGraph(traces.toReversed())), withoutSums(services));
    }),
  );
});

test('while the caller of a segment may still come, no client is drawn for it; a root gets its own at once', () => {
  const orphan = traceOf('orphan');
  const settled = orphan.endTime + CALLER_MAY_COME_SECONDS;
  const clients = (trace: Trace, now: number) =>
    serviceGraph([trace], undefined, now).filter(({ Type }) => Type === 'client').length;
  assert.equal(clients(orphan, settled - 1), 0);
  assert.equal(clients(orphan, settled), 1);
  const checkout = traceOf('checkout');
  assert.equal(clients(checkout, checkout.endTime), 1);
});
