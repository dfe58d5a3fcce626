import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace } from './assemble.ts';
import { documentShapes, linkedShapes, refusedShapes, shapeTraceId } from './fixtures/document-shapes.ts';
import { noon } from './fixtures/fixtures.ts';
import { parseSegmentDocument } from './segment-document.ts';
import { serviceGraph } from './service-graph.ts';
import { serviceIdOf } from './service-id.ts';
import { summarizeTrace } from './summary.ts';
import type { Entity, SegmentDocument, Trace } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';
import type { Service, Statistics } from './wire.ts';

type Shape = keyof typeof documentShapes;

function accepted(texts: readonly string[]): SegmentDocument[] {
  return texts.flatMap((text) => {
    const result = parseSegmentDocument(text);
    assert.ok('accepted' in result, JSON.stringify(result));
    return result.accepted;
  });
}

const traceOf = (shape: Shape): Trace => assembleTrace(shapeTraceId, accepted(documentShapes[shape]));

/** `name (type)` of every node but the client. */
const nodes = (trace: Trace): string[] =>
  trace.segments.map((segment) => {
    const { Name, Type } = serviceIdOf(segment);
    return Type === undefined ? Name : `${Name} (${Type})`;
  });

function entityNamed(trace: Trace, name: string): Entity {
  for (const segment of trace.segments) {
    let found: Entity | undefined;
    forEachEntity(segment, (entity) => (found ??= entity.name === name ? entity : undefined));
    if (found) return found;
  }
  throw new Error(`nothing is called ${name}`);
}

const named = (services: readonly Service[], name: string, type?: string): Service =>
  services.find((service) => service.Name === name && (type === undefined || service.Type === type))!;

const facts: Record<Shape, (trace: Trace) => void> = {
  minimal(trace) {
    assert.deepEqual([trace.startTime, trace.endTime, trace.isPartial], [noon, noon + 1, false]);
    assert.deepEqual(nodes(trace), ['shop']);
  },

  inProgressThenComplete(trace) {
    const [first, second] = accepted(documentShapes.inProgressThenComplete);
    assert.equal(assembleTrace(shapeTraceId, [first!]).isPartial, true);
    for (const documents of [
      [first!, second!],
      [second!, first!],
    ]) {
      const whole = assembleTrace(shapeTraceId, documents);
      assert.deepEqual([whole.segments.length, whole.isPartial], [1, false]);
    }
    assert.equal(trace.segments[0]?.subsegments?.length, 1);
  },

  ec2WebApp(trace) {
    assert.deepEqual(nodes(trace), ['shop (AWS::EC2::Instance)', 'api.example.com (remote)']);
    const summary = summarizeTrace(trace);
    assert.deepEqual(summary.InstanceIds, [{ Id: 'i-0b5a4678fc325bg98' }]);
    assert.deepEqual(summary.AvailabilityZones, [{ Name: 'us-west-2c' }]);
    assert.deepEqual(summary.Users[0]?.UserName, 'alice');
    assert.deepEqual(summary.Http, {
      HttpURL: 'https://shop/orders?page=2',
      HttpStatus: 200,
      HttpMethod: 'GET',
      UserAgent: 'curl/8',
      ClientIp: '203.0.113.7',
    });
    const values = Object.values(summary.Annotations).map(([first]) => first?.AnnotationValue);
    assert.deepEqual(values, [{ StringValue: 'gold' }, { NumberValue: 3 }, { BooleanValue: false }]);
    assert.deepEqual(Object.keys(trace.root?.metadata ?? {}), ['default', 'debug']);
  },

  beanstalk(trace) {
    assert.deepEqual(nodes(trace), [
      'shop (AWS::ElasticBeanstalk::Environment)',
      'worker (AWS::ElasticBeanstalk::Environment)',
    ]);
    assert.deepEqual(trace.segments[1]?.aws?.['elastic_beanstalk'], {
      environment: 'shop-prod',
      version_label: 'v7',
      deployment_id: 32,
    });
  },

  openTelemetry(trace) {
    assert.deepEqual(nodes(trace), ['shop (AWS::ECS::Fargate)', 'cart (AWS::EKS::Container)']);
    const summary = summarizeTrace(trace);
    assert.deepEqual(Object.keys(summary.Annotations), ['service.name', 'http.route']);
    assert.deepEqual(summary.Users, [], 'an empty user is none');
    assert.deepEqual(summary.AvailabilityZones, [{ Name: 'us-east-1b' }]);
    assert.equal('AccountId' in summary.ServiceIds[0]!, false);
  },

  dynamodb(trace) {
    assert.deepEqual(nodes(trace), [
      'shop',
      'orders (AWS::DynamoDB::Table)',
      'carts (AWS::DynamoDB::Table)',
      'users (AWS::DynamoDB::Table)',
      'DynamoDB (AWS::DynamoDB)',
    ]);
    const carts = trace.segments[2]!;
    assert.deepEqual([carts.error, carts.throttle, carts.fault, carts.cause], [true, true, true, undefined]);
    const summary = summarizeTrace(trace);
    assert.deepEqual([summary.HasThrottle, summary.HasFault, summary.HasError], [true, false, false]);
  },

  messagingAndStorage(trace) {
    assert.deepEqual(nodes(trace), [
      'shop',
      'https://sqs.eu-west-1.amazonaws.com/1/q (AWS::SQS::Queue)',
      'SNS (AWS::SNS)',
      'S3 (AWS::S3)',
      'notify (AWS::Lambda)',
    ]);
    assert.deepEqual(entityNamed(trace, 's3').aws, {
      operation: 'GetObject',
      bucket_name: 'pictures',
      key: 'a.png',
    });
  },

  sql(trace) {
    assert.deepEqual(nodes(trace), ['shop', 'orders@db.example.com (Database::SQL)']);
    const call = entityNamed(trace, 'orders@db.example.com');
    assert.equal(Object.keys((call as { sql?: object }).sql ?? {}).length, 8);
    assert.deepEqual((call as { precursor_ids?: string[] }).precursor_ids, ['aaaaaaaaaaaaaaa2']);
    assert.deepEqual(trace.segments[1]?.sql, (call as { sql?: object }).sql);
  },

  richCause(trace) {
    const [cause] = summarizeTrace(trace).FaultRootCauses;
    assert.deepEqual(
      cause?.Services.map(({ Name }) => Name),
      ['shop', 'payment'],
    );
    assert.deepEqual(cause.Services[0]?.EntityPath[1]?.Exceptions, [
      { Name: 'ChargeError', Message: 'cannot charge' },
      { Name: 'Error', Message: 'socket hang up' },
    ]);
    assert.equal(cause.ClientImpacting, true);
    assert.equal(trace.root?.cause, 'aaaaaaaaaaaaaa5b', 'the id of an exception recorded elsewhere');
  },

  independent(trace) {
    assert.deepEqual(trace.unattached, []);
    const inside: string[] = [];
    forEachEntity(trace.segments[0]!, ({ name }) => inside.push(name));
    assert.deepEqual(inside, ['shop', 'step', 'step', 'innermost', 'second']);
    assert.equal(trace.isPartial, false);
    assert.deepEqual(nodes(trace), ['shop', 'innermost (remote)']);
  },

  twoServices(trace) {
    assert.deepEqual(nodes(trace), ['gateway', 'order']);
    const services = serviceGraph([trace]);
    const edge = named(services, 'gateway', undefined).Edges[0]!;
    assert.equal(services[edge.ReferenceId]!.Name, 'gateway', 'the client comes first');
    const [call] = services.find(({ Name, Root }) => Name === 'gateway' && Root)!.Edges;
    const order = named(services, 'order');
    assert.equal((call!.SummaryStatistics as Statistics).FaultStatistics.TotalCount, 1);
    assert.equal((order.SummaryStatistics as Statistics).OkCount, 1);
    assert.deepEqual(call?.ResponseTimeHistogram, [{ Value: 0.8, Count: 1 }]);
    assert.deepEqual(order.ResponseTimeHistogram, [{ Value: 0.3, Count: 1 }]);
  },

  apiGatewayAndLambda(trace) {
    assert.deepEqual(nodes(trace), [
      'api/prod (AWS::ApiGateway::Stage)',
      'checkout (AWS::Lambda)',
      'checkout (AWS::Lambda::Function)',
    ]);
    const summary = summarizeTrace(trace);
    assert.deepEqual(Object.keys(summary.Annotations), ['aws:api_id', 'aws:api_stage']);
    assert.deepEqual(summary.ResourceARNs, [
      { ARN: 'arn:aws:apigateway:us-east-1::/restapis/r1/stages/prod' },
      { ARN: 'arn:aws:lambda:us-east-1:123456789012:function:checkout' },
    ]);
    assert.equal(summary.ServiceIds[2]?.AccountId, '123456789012');
    const function_ = trace.segments[2]!;
    assert.deepEqual(
      function_.subsegments?.map(({ name }) => name),
      ['Initialization', 'Invocation', 'Overhead'],
    );
  },

  stepFunctions(trace) {
    assert.deepEqual(nodes(trace), [
      'order-flow (AWS::StepFunctions::StateMachine)',
      'charge-flow (AWS::StepFunctions::StateMachine)',
    ]);
    assert.deepEqual(trace.root?.cause, {});
    const services = serviceGraph([trace]);
    const edge = services.find(({ Name, Root }) => Name === 'order-flow' && Root)!.Edges[0]!;
    assert.equal(services[edge.ReferenceId]!.Name, 'charge-flow');
  },

  hostileButValid(trace) {
    const [segment] = trace.segments;
    assert.equal(segment && ('Dummy' in segment || 'colour' in segment), false);
    assert.equal(Object.keys(segment?.annotations ?? {}).length, 60, 'kept');
    const summary = summarizeTrace(trace);
    assert.equal(Object.keys(summary.Annotations).length, 50, 'indexed');
    assert.equal('key50' in summary.Annotations, false);
    assert.equal(summary.Duration, 0);
    assert.equal(summary.Users[0]?.UserName.length, 300);
    assert.equal(segment?.http?.response?.content_length, '120');
  },
};

for (const shape of Object.keys(documentShapes) as Shape[]) {
  test(`shape: ${shape}`, () => facts[shape](traceOf(shape)));
}

test('shape: linked traces are joined by an edge of type link, with the age of the event', () => {
  const producer = assembleTrace(shapeTraceId, accepted(linkedShapes.producer));
  const consumer = assembleTrace(linkedShapes.consumerId, accepted(linkedShapes.consumer));
  const services = serviceGraph([producer, consumer]);
  const queue = named(services, 'https://sqs.us-east-1.amazonaws.com/1/q', 'AWS::SQS::Queue');
  const [edge] = queue.Edges;
  assert.equal(edge?.EdgeType, 'link');
  assert.equal(services[edge.ReferenceId]?.Name, 'notify');
  assert.deepEqual(edge.ReceivedEventAgeHistogram, [{ Value: 5, Count: 1 }]);
  assert.deepEqual([edge.SummaryStatistics, edge.ResponseTimeHistogram], [{}, []]);
});

for (const { name, text, code, id } of refusedShapes) {
  test(`shape refused: ${name}`, () => {
    const result = parseSegmentDocument(text);
    assert.ok('rejected' in result);
    assert.deepEqual([result.rejected.ErrorCode, result.rejected.Id], [code, id]);
  });
}
