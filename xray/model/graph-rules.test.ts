/** The rules of the service map, each as a fact about two or three services. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace } from './assemble.ts';
import { serviceGraph } from './service-graph.ts';
import type { Segment, Subsegment } from './vocabulary.ts';
import type { Edge, Service, Statistics } from './wire.ts';

const trace_id = '1-58406520-a006649127e371903a2de979';
const start = 0x58406520;

const segment = (id: string, more: Partial<Segment> = {}): Segment => ({
  id,
  name: id,
  trace_id,
  start_time: start,
  end_time: start + 1,
  ...more,
});
const call = (id: string, more: Partial<Subsegment> = {}): Subsegment => ({
  id,
  name: 'called',
  namespace: 'remote',
  start_time: start + 0.1,
  end_time: start + 0.6,
  ...more,
});
const graphOf = (...segments: Segment[]) => serviceGraph([assembleTrace(trace_id, segments)]);
const node = (services: readonly Service[], name: string, type?: string): Service =>
  services.find((one) => one.Name === name && (type ? one.Type === type : one.Type !== 'client'))!;
const onlyEdge = (service: Service): Edge => {
  assert.equal(service.Edges.length, 1);
  return service.Edges[0]!;
};
const counts = ({ SummaryStatistics }: { SummaryStatistics: object }) => SummaryStatistics as Statistics;

test('a node is a name and a type: a Lambda function makes two nodes of one name', () => {
  const services = graphOf(
    segment('a', { name: 'f', origin: 'AWS::Lambda' }),
    segment('b', { name: 'f', origin: 'AWS::Lambda::Function', parent_id: 'a' }),
  );
  assert.deepEqual(
    services.map(({ Name, Type }) => `${Name} ${Type}`),
    ['f client', 'f AWS::Lambda', 'f AWS::Lambda::Function'],
  );
});

test('and an account: one function name in two accounts makes two nodes, each with its AccountId', () => {
  const inAccount = (id: string, account_id: string) =>
    segment(id, { name: 'f', origin: 'AWS::Lambda::Function', aws: { account_id } });
  const services = graphOf(inAccount('a', '111111111111'), inAccount('b', '222222222222'));
  const accounts = services.filter(({ Type }) => Type !== 'client').map(({ AccountId }) => AccountId);
  assert.deepEqual(accounts, ['111111111111', '222222222222']);
});

test('other nodes have no AccountId', () =>
  assert.equal('AccountId' in node(graphOf(segment('a', { aws: { account_id: '1' } })), 'a'), false));

test('a service that sent a segment counts what that says, its caller’s edge what the caller saw', () => {
  const services = graphOf(
    segment('a', { subsegments: [call('c', { fault: true })] }),
    segment('b', { parent_id: 'c', end_time: start + 0.3 }),
  );
  const edge = onlyEdge(node(services, 'a'));
  assert.deepEqual([counts(edge).FaultStatistics.TotalCount, counts(edge).OkCount], [1, 0]);
  assert.deepEqual([counts(node(services, 'b')).OkCount, counts(node(services, 'b')).TotalCount], [1, 1]);
});

test('a service that sent nothing counts what was inferred', () => {
  const services = graphOf(segment('a', { subsegments: [call('c', { error: true })] }));
  assert.equal(counts(node(services, 'called')).ErrorStatistics.OtherCount, 1);
});

test('each root service has a client of its name: no statistics, no Root, State unknown', () => {
  const services = graphOf(segment('a'), segment('b', { start_time: start + 2, end_time: start + 3 }));
  const clients = services.filter(({ Type }) => Type === 'client');
  assert.deepEqual(
    clients.map(({ Name, Names }) => [Name, Names]),
    [
      ['a', ['a']],
      ['b', ['b']],
    ],
  );
  for (const { State, SummaryStatistics, DurationHistogram, ResponseTimeHistogram, ...client } of clients) {
    assert.deepEqual(
      [State, SummaryStatistics, DurationHistogram, ResponseTimeHistogram],
      ['unknown', {}, [], []],
    );
    assert.equal('Root' in client, false);
  }
});

test('the edge of the client repeats the statistics of the root segment', () => {
  const services = graphOf(segment('a', { http: { response: { status: 503 } } }));
  const edge = onlyEdge(node(services, 'a', 'client'));
  assert.equal(edge.ReferenceId, node(services, 'a').ReferenceId);
  assert.deepEqual(edge.SummaryStatistics, node(services, 'a').SummaryStatistics);
  assert.deepEqual(edge.ResponseTimeHistogram, node(services, 'a').ResponseTimeHistogram);
});

test('Root is true on entry services, and absent on all others', () => {
  const services = graphOf(segment('a', { subsegments: [call('c')] }), segment('b', { parent_id: 'c' }));
  assert.deepEqual(
    services.map(({ Root }) => Root),
    [undefined, true, undefined],
  );
});

test('State is active for what sent segments, unknown for what was inferred', () => {
  const services = graphOf(segment('a', { subsegments: [call('c')] }));
  assert.deepEqual([node(services, 'a').State, node(services, 'called').State], ['active', 'unknown']);
});

test('references are small numbers, unique in the answer, and edges lead along them', () => {
  const services = graphOf(segment('a', { subsegments: [call('c')] }));
  assert.deepEqual(
    services.map(({ ReferenceId }) => ReferenceId),
    [0, 1, 2],
  );
  assert.equal(services[onlyEdge(node(services, 'a')).ReferenceId]!.Name, 'called');
});

test('times of nodes are whole seconds, and Names is the name', () => {
  const [, a] = graphOf(segment('a', { start_time: start + 0.2, end_time: start + 1.3 }));
  assert.deepEqual([a!.StartTime, a!.EndTime, a!.Names], [start, start + 2, ['a']]);
});

test('histograms have one entry per distinct value of three decimals; the total is of unrounded times', () => {
  const lasting = (id: string, seconds: number) => segment(id, { name: 's', end_time: start + seconds });
  const service = node(graphOf(lasting('a', 0.2501), lasting('b', 0.2499), lasting('c', 0.5)), 's');
  const expected = [
    { Value: 0.25, Count: 2 },
    { Value: 0.5, Count: 1 },
  ];
  assert.deepEqual(service.ResponseTimeHistogram, expected);
  assert.deepEqual(service.DurationHistogram, expected);
  const unrounded = [0.2501, 0.2499, 0.5].map((seconds) => start + seconds - start);
  const total = unrounded.reduce((sum, seconds) => sum + seconds);
  assert.ok(Math.abs(counts(service).TotalResponseTime - total) < 1e-9);
});

test('a link edge is of type link, with the age of the event instead of statistics', () => {
  const consumerId = trace_id.replace(/9$/, '8');
  const producer = assembleTrace(trace_id, [
    segment('a', {
      subsegments: [call('c', { name: 'SQS', namespace: 'aws', aws: { queue_url: 'q' } })],
    }),
  ]);
  const consumer = assembleTrace(consumerId, [
    segment('b', {
      trace_id: consumerId,
      start_time: start + 3.6,
      end_time: start + 4,
      links: [{ trace_id, id: 'c', attributes: { 'aws.xray.reserved.reference_type': 'parent' } }],
    }),
  ]);
  const services = serviceGraph([producer, consumer]);
  const edge = onlyEdge(node(services, 'q', 'AWS::SQS::Queue'));
  assert.equal(services[edge.ReferenceId]!.Name, 'b');
  assert.deepEqual(
    [edge.EdgeType, edge.SummaryStatistics, edge.ResponseTimeHistogram, edge.ReceivedEventAgeHistogram],
    ['link', {}, [], [{ Value: 3, Count: 1 }]],
  );
  assert.equal('EdgeType' in onlyEdge(node(services, 'a')), false);
});

test('a call that reached an instrumented service leads to its node, and there is no remote one', () => {
  const services = graphOf(segment('a', { subsegments: [call('c')] }), segment('b', { parent_id: 'c' }));
  assert.deepEqual(
    services.map(({ Name }) => Name),
    ['a', 'a', 'b'],
  );
});

test('Aliases are empty', () => assert.deepEqual(onlyEdge(graphOf(segment('a'))[0]!).Aliases, []));

test('a service without origin has no Type', () => assert.equal('Type' in graphOf(segment('a'))[1]!, false));

const buckets = [
  { given: { http: { response: { status: 200 } } }, bucket: 'ok' },
  { given: { http: { response: { status: 302 } } }, bucket: 'ok' },
  { given: {}, bucket: 'ok' },
  { given: { http: { response: { status: 404 } } }, bucket: 'error' },
  { given: { http: { response: { status: 429 } } }, bucket: 'throttle' },
  { given: { http: { response: { status: 500 } } }, bucket: 'fault' },
  { given: { error: true, throttle: true }, bucket: 'throttle' },
  { given: { error: true, throttle: true, fault: true }, bucket: 'fault' },
] as const;
for (const { given, bucket } of buckets) {
  test(`${JSON.stringify(given)} is counted once, as ${bucket}`, () => {
    const { OkCount, ErrorStatistics, FaultStatistics, TotalCount } = counts(
      node(graphOf(segment('a', given)), 'a'),
    );
    assert.deepEqual(
      {
        ok: OkCount,
        throttle: ErrorStatistics.ThrottleCount,
        error: ErrorStatistics.OtherCount,
        fault: FaultStatistics.OtherCount,
      },
      { ok: 0, throttle: 0, error: 0, fault: 0, [bucket]: 1 },
    );
    assert.equal(TotalCount, 1);
  });
}

test('what is in progress makes its node and counts nothing', () => {
  const { end_time: _, ...open } = segment('a');
  const [, service] = graphOf({ ...open, in_progress: true });
  assert.deepEqual([counts(service!).TotalCount, service!.ResponseTimeHistogram], [0, []]);
});
