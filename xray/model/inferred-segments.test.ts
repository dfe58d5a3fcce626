import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceOf } from './fixtures/fixtures.ts';
import { inferSegment } from './inferred-segments.ts';
import { serviceIdOf } from './service-id.ts';
import { isEntityId } from './trace-id.ts';
import type { Segment, Subsegment } from './vocabulary.ts';

const traceId = '1-58406520-a006649127e371903a2de979';
const call: Subsegment = {
  id: '6226467e3f845503',
  name: 'DynamoDB',
  namespace: 'aws',
  start_time: 1,
  end_time: 2,
  error: true,
  throttle: true,
  fault: true,
  http: { response: { status: 400 } },
  aws: { operation: 'PutItem', table_name: 'orders' },
  cause: { exceptions: [{ id: '6226467e3f845509' }] },
  annotations: { a: 1 },
};

test('an inferred segment says what the caller recorded, without cause, namespace and annotations', () => {
  const { id, ...rest } = inferSegment(call, traceId);
  assert.ok(isEntityId(id));
  assert.deepEqual(rest, {
    name: 'DynamoDB',
    start_time: 1,
    end_time: 2,
    parent_id: call.id,
    inferred: true,
    http: call.http,
    aws: { operation: 'PutItem', table_name: 'orders', resource_names: ['orders'] },
    error: true,
    throttle: true,
    fault: true,
    trace_id: traceId,
    origin: 'AWS::DynamoDB::Table',
  });
});

test('the id of an inferred segment is the same at every reading, and another in another place', () => {
  const { id } = inferSegment(call, traceId);
  assert.equal(inferSegment(call, traceId).id, id);
  assert.notEqual(inferSegment({ ...call, id: '6226467e3f845504' }, traceId).id, id);
  assert.notEqual(inferSegment(call, traceId.replace(/9$/, '8')).id, id);
});

test('ten thousand calls have ten thousand ids', () => {
  const ids = Array.from(
    { length: 10_000 },
    (_, i) => inferSegment({ ...call, id: i.toString(16).padStart(16, '0') }, traceId).id,
  );
  assert.equal(new Set(ids).size, 10_000);
});

test('a call still in progress is inferred in progress', () => {
  const { end_time: _, ...open } = call;
  const inferred = inferSegment({ ...open, in_progress: true }, traceId);
  assert.equal(inferred.in_progress, true);
  assert.equal('end_time' in inferred, false);
});

const nodes = [
  ['DynamoDB with a table', 'orders', 'AWS::DynamoDB::Table'],
  ['DynamoDB without a table', 'DynamoDB', 'AWS::DynamoDB'],
  ['DynamoDB with several tables, in lower case', 'DynamoDB', 'AWS::DynamoDB'],
  ['SNS, whatever the topic', 'SNS', 'AWS::SNS'],
  ['SQS with a queue', 'https://sqs.us-east-1.amazonaws.com/000000000000/q', 'AWS::SQS::Queue'],
  ['Lambda, invoking a function that is not traced', 'notify', 'AWS::Lambda'],
  ['Lambda, asked about itself', 'Lambda', 'AWS::Lambda'],
  ['S3, without the bucket', 'S3', 'AWS::S3'],
  ['another AWS service', 'STS', 'AWS::STS'],
  ['an AWS service with a space in its name', 'Secrets Manager', 'AWS::Unknown'],
  ['a SQL database', 'orders@db.example.com', 'Database::SQL'],
  ['a host that sent nothing, although the call says traced', 'api.example.com', 'remote'],
] as const;
const inferred = traceOf('allServices').segments.filter((segment) => segment.inferred);

nodes.forEach(([name, node, type], index) => {
  test(`${name} is the node ${node} of type ${type}`, () => {
    assert.deepEqual(serviceIdOf(inferred[index]!), { Name: node, Names: [node], Type: type });
  });
});

test('own work and other namespaces are not calls, so nothing is inferred from them', () =>
  assert.equal(inferred.length, nodes.length));

test('a call that reached an instrumented service has no inferred segment', () => {
  const names = (segments: readonly Segment[]) => segments.filter((s) => s.inferred).map(({ name }) => name);
  assert.deepEqual(names(traceOf('checkout').segments), ['DynamoDB', 'payment-provider']);
  assert.deepEqual(names(traceOf('orphan').segments), ['DynamoDB']);
});

/** What a call of the guide's and of real maps becomes: the origin of its segment, and the node's name and type. */
const rows: {
  call: string;
  name: string;
  namespace?: string;
  more?: Partial<Subsegment>;
  origin?: string;
  node: string;
  type: string;
}[] = [
  {
    call: 'DynamoDB, one table',
    name: 'DynamoDB',
    more: { aws: { table_name: 't' } },
    origin: 'AWS::DynamoDB::Table',
    node: 't',
    type: 'AWS::DynamoDB::Table',
  },
  {
    call: 'DynamoDB, no table',
    name: 'DynamoDB',
    more: { aws: { operation: 'ListTables' } },
    origin: 'AWS::DynamoDB',
    node: 'DynamoDB',
    type: 'AWS::DynamoDB',
  },
  {
    call: 'SNS Publish',
    name: 'SNS',
    more: { aws: { topic_arn: 'arn:aws:sns:us-east-1:1:t' } },
    origin: 'AWS::SNS',
    node: 'SNS',
    type: 'AWS::SNS',
  },
  {
    call: 'SQS, a queue',
    name: 'SQS',
    more: { aws: { queue_url: 'https://sqs/1/q' } },
    origin: 'AWS::SQS::Queue',
    node: 'https://sqs/1/q',
    type: 'AWS::SQS::Queue',
  },
  {
    call: 'SQS, no queue',
    name: 'SQS',
    more: { aws: { operation: 'ListQueues' } },
    origin: 'AWS::SQS',
    node: 'SQS',
    type: 'AWS::SQS',
  },
  {
    call: 'Lambda Invoke, not traced',
    name: 'Lambda',
    more: { aws: { function_name: 'f' } },
    origin: 'AWS::Lambda',
    node: 'f',
    type: 'AWS::Lambda',
  },
  {
    call: 'Lambda GetFunction',
    name: 'Lambda',
    more: { aws: { operation: 'GetFunction' } },
    origin: 'AWS::Lambda',
    node: 'Lambda',
    type: 'AWS::Lambda',
  },
  {
    call: 'S3, never the bucket',
    name: 'S3',
    more: { aws: { bucket_name: 'b' } },
    origin: 'AWS::S3',
    node: 'S3',
    type: 'AWS::S3',
  },
  ...['STS', 'SSM', 'SimpleSystemsManagement', 'Sfn', 'CloudWatchLogs', 'KMS', 'Kinesis'].map((name) => ({
    call: `${name}, under its own name`,
    name,
    more: { aws: {} },
    origin: `AWS::${name}`,
    node: name,
    type: `AWS::${name}`,
  })),
  {
    call: 'an AWS service with a space',
    name: 'Secrets Manager',
    more: { aws: {} },
    node: 'Secrets Manager',
    type: 'AWS::Unknown',
  },
  {
    call: 'a SQL query',
    name: 'db@host',
    namespace: 'remote',
    more: { sql: { url: 'jdbc:x' } },
    origin: 'Database::SQL',
    node: 'db@host',
    type: 'Database::SQL',
  },
  {
    call: 'plain HTTP',
    name: 'api.example.com',
    namespace: 'remote',
    more: { http: { request: { method: 'GET' } } },
    node: 'api.example.com',
    type: 'remote',
  },
  {
    call: 'plain HTTP with an aws block, which was once an AWS service',
    name: 'api.example.com',
    namespace: 'remote',
    more: { aws: { region: 'x' } },
    node: 'api.example.com',
    type: 'remote',
  },
  {
    call: 'plain HTTP that says traced',
    name: 'api.example.com',
    namespace: 'remote',
    more: { traced: true },
    node: 'api.example.com',
    type: 'remote',
  },
  {
    call: 'a service called like what every object has',
    name: 'constructor',
    more: { aws: {} },
    origin: 'AWS::constructor',
    node: 'constructor',
    type: 'AWS::constructor',
  },
];
for (const { call: name, name: service, namespace = 'aws', more, origin, node, type } of rows) {
  test(`${name}: node ${node}, type ${type}`, () => {
    const subsegment = { id: call.id, name: service, namespace, start_time: 1, end_time: 2, ...more };
    const segment = inferSegment(subsegment, traceId);
    assert.equal(segment.origin, origin);
    assert.equal(segment.name, service, 'the segment keeps the name of the call');
    assert.deepEqual(serviceIdOf(segment), { Name: node, Names: [node], Type: type });
  });
}

/** Older SDKs write service names in lower case; a map shows them as X-Ray does. */
const canonical = {
  dynamodb: 'DynamoDB',
  s3: 'S3',
  sns: 'SNS',
  sqs: 'SQS',
  lambda: 'Lambda',
  kinesis: 'Kinesis',
  kms: 'KMS',
  sts: 'STS',
  ssm: 'SSM',
  sfn: 'Sfn',
  stepfunctions: 'StepFunctions',
  events: 'Events',
  logs: 'CloudWatchLogs',
};
for (const [written, shown] of Object.entries(canonical)) {
  test(`${written} is shown as ${shown}`, () => {
    const segment = inferSegment({ ...call, name: written, aws: {} }, traceId);
    assert.deepEqual(serviceIdOf(segment), { Name: shown, Names: [shown], Type: `AWS::${shown}` });
  });
}
