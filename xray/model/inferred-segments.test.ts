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
