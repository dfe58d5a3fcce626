import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace } from './assemble.ts';
import { otelSpans, type OtelAttribute, type OtelSpan } from './otel-span.ts';
import type { IndependentSubsegment, Segment, SegmentDocument, Subsegment } from './vocabulary.ts';

const traceId = '1-58406520-A006649127e371903a2de979';
const root: Segment = {
  trace_id: traceId,
  id: '70de5b6f19ff9a0a',
  name: 'order',
  start_time: 1700000000.123,
  end_time: 1700000001,
};

const spansOf = (...documents: SegmentDocument[]) => otelSpans(assembleTrace(traceId, documents));
const spanOf = (members: Partial<Segment>) => spansOf({ ...root, ...members })[0]!;
const inside = (members: Partial<Subsegment>): OtelSpan =>
  spansOf({
    ...root,
    subsegments: [{ id: '53995c3f42cd8ad8', name: 'inner', start_time: 1, end_time: 2, ...members }],
  })[1]!;

/** Attributes as plain values. */
function plain(attributes: readonly OtelAttribute[]): Record<string, unknown> {
  const value = (one: OtelAttribute['value']): unknown => {
    if ('arrayValue' in one) return one.arrayValue.values.map(value);
    return 'intValue' in one ? Number(one.intValue) : Object.values(one)[0];
  };
  return Object.fromEntries(attributes.map((attribute) => [attribute.key, value(attribute.value)]));
}

test('ids, name and times: hex without dashes, nanoseconds as text', () => {
  const { traceId: id, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano } = spanOf({});
  assert.deepEqual(
    { id, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano },
    {
      id: '58406520a006649127e371903a2de979',
      spanId: root.id,
      parentSpanId: undefined,
      name: 'order',
      startTimeUnixNano: '1700000000123000000',
      endTimeUnixNano: '1700000001000000000',
    },
  );
});

test('a segment in progress ends where it starts and says so', () => {
  const { end_time: _, ...open } = root;
  const span = spansOf({ ...open, in_progress: true })[0]!;
  assert.equal(span.endTimeUnixNano, span.startTimeUnixNano);
  assert.equal(plain(span.attributes)['aws.xray.inprogress'], true);
});

const kinds: { name: string; span: () => OtelSpan; kind: number }[] = [
  { name: 'a segment is of kind server', span: () => spanOf({}), kind: 2 },
  { name: 'a block of own code is internal', span: () => inside({}), kind: 1 },
  {
    name: 'a call to another service is of kind client',
    span: () => inside({ namespace: 'remote' }),
    kind: 3,
  },
  { name: 'a call to AWS is of kind client', span: () => inside({ namespace: 'aws' }), kind: 3 },
];
for (const { name, span, kind } of kinds) test(name, () => assert.equal(span().kind, kind));

test('every parent of a span is the entity it hangs under, and a callee hangs under the call', () => {
  const call = { id: 'aaaaaaaaaaaaaaa1', name: 'stock', namespace: 'remote', start_time: 1, end_time: 2 };
  const outer = { id: 'aaaaaaaaaaaaaaa2', name: 'outer', start_time: 1, end_time: 2, subsegments: [call] };
  const callee = { ...root, id: 'aaaaaaaaaaaaaaa3', parent_id: call.id, name: 'stock' };
  assert.deepEqual(
    spansOf({ ...root, subsegments: [outer] }, callee).map(({ spanId, parentSpanId }) => [
      spanId,
      parentSpanId,
    ]),
    [
      [root.id, undefined],
      [outer.id, root.id],
      [call.id, outer.id],
      [callee.id, call.id],
    ],
  );
});

test('inferred segments are no spans: their calls are', () => {
  const call = { id: 'aaaaaaaaaaaaaaa1', name: 'bank', namespace: 'remote', start_time: 1, end_time: 2 };
  assert.deepEqual(
    spansOf({ ...root, subsegments: [call] }).map(({ name }) => name),
    ['order', 'bank'],
  );
});

test('a subsegment whose segment has not arrived is a span with a parent and without a resource', () => {
  const alone: IndependentSubsegment = {
    type: 'subsegment',
    trace_id: traceId,
    parent_id: '00000000000000ff',
    id: '53995c3f42cd8ad8',
    name: 'alone',
    start_time: 1,
    end_time: 2,
  };
  const [span] = spansOf(alone);
  assert.equal(span!.parentSpanId, alone.parent_id);
  assert.deepEqual(span!.resource.attributes, []);
});

test('http', () => {
  const span = spanOf({
    http: {
      request: {
        method: 'GET',
        url: 'http://a/b',
        user_agent: 'curl',
        client_ip: '10.0.0.1',
        x_forwarded_for: true,
      },
      response: { status: 200, content_length: 12 },
    },
    user: 'ada',
  });
  assert.deepEqual(plain(span.attributes), {
    'http.method': 'GET',
    'http.url': 'http://a/b',
    'http.user_agent': 'curl',
    'http.client_ip': '10.0.0.1',
    'http.status_code': 200,
    'http.response_content_length': 12,
    'enduser.id': 'ada',
    'aws.xray.x_forwarded_for': true,
  });
});

test('a call to AWS', () => {
  const span = inside({
    name: 'DynamoDB',
    namespace: 'aws',
    aws: { operation: 'PutItem', table_name: 'orders', region: 'us-east-1', request_id: 'R', retries: 2 },
  });
  const own = plain(span.attributes);
  assert.equal(own['aws.service'], 'DynamoDB');
  assert.equal(own['aws.operation'], 'PutItem');
  assert.equal(own['aws.table_name'], 'orders');
  assert.equal(own['aws.region'], 'us-east-1');
  assert.equal(own['aws.request_id'], 'R');
  assert.equal(own['aws.xray.retries'], 2);
});

test('annotations keep their names and types and are listed; metadata is JSON under its name', () => {
  const span = spanOf({
    annotations: { orderId: 'A17', express: true, count: 3, weight: 1.5 },
    metadata: { default: { cart: ['pen'] } },
  });
  assert.deepEqual(span.attributes, [
    {
      key: 'aws.xray.annotations',
      value: {
        arrayValue: {
          values: ['orderId', 'express', 'count', 'weight'].map((stringValue) => ({ stringValue })),
        },
      },
    },
    { key: 'orderId', value: { stringValue: 'A17' } },
    { key: 'express', value: { boolValue: true } },
    { key: 'count', value: { intValue: '3' } },
    { key: 'weight', value: { doubleValue: 1.5 } },
    { key: 'aws.xray.metadata.default', value: { stringValue: '{"cart":["pen"]}' } },
  ]);
});

test('a database', () => {
  const span = inside({
    namespace: 'remote',
    sql: {
      url: 'postgresql://db:5432/shop?ssl=1',
      database_type: 'PostgreSQL',
      sanitized_query: 'SELECT ?',
      user: 'app',
    },
  });
  assert.deepEqual(plain(span.attributes), {
    'db.system': 'postgresql',
    'db.connection_string': 'postgresql://db:5432',
    'db.name': 'shop',
    'db.statement': 'SELECT ?',
    'db.user': 'app',
  });
});

const statuses = [
  { name: 'nothing flagged', members: {}, status: { code: 0 } },
  { name: 'a fault', members: { fault: true }, status: { code: 2 } },
  { name: 'a 404', members: { http: { response: { status: 404 } } }, status: { code: 2 } },
  { name: 'a throttle', members: { throttle: true, error: true }, status: { code: 2 } },
  {
    name: 'a cause that is elsewhere in the trace',
    members: { fault: true, cause: '53995c3f42cd8ad8' },
    status: { code: 2 },
  },
];
for (const { name, members, status } of statuses) {
  test(`status: ${name}`, () => assert.deepEqual(spanOf(members).status, status));
}

test('exceptions are events at the end of the span, with a stack as text', () => {
  const span = spanOf({
    fault: true,
    cause: {
      exceptions: [
        {
          id: 'bbbbbbbbbbbbbbb1',
          type: 'TypeError',
          message: 'no price',
          remote: true,
          stack: [
            { path: '/app/price.ts', line: 7, label: 'priceOf' },
            { label: 'next', line: null },
          ],
        },
      ],
    },
  });
  assert.deepEqual(span.status, { code: 2, message: 'no price' });
  const [event] = span.events;
  assert.equal(event!.timeUnixNano, span.endTimeUnixNano);
  assert.deepEqual(plain(event!.attributes), {
    'exception.type': 'TypeError',
    'exception.message': 'no price',
    'exception.stacktrace': 'TypeError: no price\n\tat priceOf(/app/price.ts: 7)\n\tat next(: <unknown>)\n',
    'aws.xray.exception.id': 'bbbbbbbbbbbbbbb1',
    'aws.xray.exception.remote': true,
  });
});

test('the resource: service, place and SDK, shared by a segment and what is inside it', () => {
  const aws = {
    account_id: '123456789012',
    ec2: { instance_id: 'i-1', availability_zone: 'us-east-1c' },
    xray: { sdk: 'X-Ray for Node.js', sdk_version: '3.12.0' },
  };
  const [outer, inner] = spansOf({
    ...root,
    origin: 'AWS::EC2::Instance',
    service: { version: '1.2' },
    aws,
    subsegments: [{ id: '53995c3f42cd8ad8', name: 'inner', start_time: 1, end_time: 2 }],
  });
  assert.deepEqual(plain(outer!.resource.attributes), {
    'service.name': 'order',
    'service.version': '1.2',
    'cloud.provider': 'aws',
    'cloud.account.id': '123456789012',
    'cloud.availability_zone': 'us-east-1c',
    'cloud.platform': 'aws_ec2',
    'host.id': 'i-1',
    'telemetry.sdk.name': 'X-Ray for Node.js',
    'telemetry.sdk.version': '3.12.0',
    'telemetry.sdk.language': 'nodejs',
    'aws.xray.origin': 'AWS::EC2::Instance',
  });
  assert.deepEqual(outer!.scope, { name: 'X-Ray for Node.js', version: '3.12.0' });
  assert.deepEqual([inner!.resource, inner!.scope], [outer!.resource, outer!.scope]);
});

test('links lead to the other trace, in its form here', () => {
  const link = { trace_id: '1-00000001-000000000000000000000002', id: '00000000000000aa' };
  assert.deepEqual(spanOf({ links: [link] }).links, [
    { traceId: '00000001000000000000000000000002', spanId: link.id, attributes: [] },
  ]);
});
