import {
  BatchGetTracesCommand,
  CancelTraceRetrievalCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  XRayServiceException,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, onlyLocal, put, segment, startBackend } from './harness.ts';

const { client, endpoint } = await startBackend();

const seconds = (value: number) => new Date(value * 1000);

test('a bad filter is an InvalidRequestException that says where it stops making sense', async () => {
  const query = {
    StartTime: seconds(now() - 60),
    EndTime: seconds(now()),
    FilterExpression: 'service("shop" { fault',
  };
  await assert.rejects(client.send(new GetTraceSummariesCommand(query)), (error: unknown) => {
    assert.equal(error instanceof XRayServiceException, true);
    const { name, message, $fault, $metadata } = error as XRayServiceException;
    assert.deepEqual([name, $fault, $metadata.httpStatusCode], ['InvalidRequestException', 'client', 400]);
    assert.equal(typeof $metadata.requestId, 'string');
    if (!onlyLocal) assert.match(message, /character 16/);
    return true;
  });
});

const documents = [
  { name: 'no JSON', text: 'hello', code: 'ParseError', local: true },
  { name: 'an empty list', text: '[]', code: 'MissingId' },
  { name: 'a document without a name', text: withoutName(), code: 'MissingName' },
  {
    name: 'a name with a question mark',
    text: JSON.stringify(segment({ name: 'shop?' })),
    code: 'InvalidName',
  },
  {
    name: 'a trace id that is none',
    text: JSON.stringify(segment({ trace_id: '1-2-3' })),
    code: 'InvalidTraceId',
  },
  {
    name: 'a document larger than 64 KB',
    text: JSON.stringify(segment({ metadata: { text: 'x'.repeat(70_000) } })),
    code: 'InvalidSegment',
    local: true,
  },
];
for (const { name, text, code, local } of documents) {
  test(
    `${name} is refused alone, with ${code}: the call answers 200 and keeps the rest`,
    { skip: local && onlyLocal },
    async () => {
      const good = segment();
      const output = await client.send(
        new PutTraceSegmentsCommand({ TraceSegmentDocuments: [text, JSON.stringify(good)] }),
      );
      assert.deepEqual(
        output.UnprocessedTraceSegments?.map(({ ErrorCode }) => ErrorCode),
        [code],
      );
      const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [good.trace_id] }));
      assert.equal(Traces?.length, 1);
    },
  );
}

function withoutName(): string {
  const { name: _, ...rest } = segment();
  return JSON.stringify(rest);
}

test('more than 50 documents are refused together, and none is kept', async () => {
  const segments = Array.from({ length: 51 }, () => segment());
  await assert.rejects(put(client, ...segments), {
    name: 'InvalidRequestException',
    message: /maximum segment count: 50/,
  });
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [segments[0]!.trace_id] }));
  assert.deepEqual(Traces, []);
});

test('a graph over more than six hours is an InvalidRequestException', () =>
  assert.rejects(
    client.send(
      new GetServiceGraphCommand({ StartTime: seconds(now() - 7 * 3600), EndTime: seconds(now()) }),
    ),
    { name: 'InvalidRequestException', message: 'Time range cannot be longer than 6 hours' },
  ));

test('a NextToken of another query is an InvalidRequestException', () =>
  assert.rejects(
    client.send(
      new GetTraceSummariesCommand({
        StartTime: seconds(now() - 60),
        EndTime: seconds(now()),
        NextToken: 'abc',
      }),
    ),
    { name: 'InvalidRequestException' },
  ));

test(
  'an operation that is still to come is an UnknownOperationException that names it',
  { skip: onlyLocal },
  () =>
    assert.rejects(client.send(new CancelTraceRetrievalCommand({ RetrievalToken: 'none' })), {
      name: 'UnknownOperationException',
      message: /^CancelTraceRetrieval is an operation of AWS X-Ray that this local X-Ray does not offer yet/,
    }),
);

const requests = [
  {
    name: 'a body that is no JSON',
    path: '/TraceSummaries',
    body: '{"StartTime": 1',
    status: 400,
    code: 'SerializationException',
  },
  { name: 'a body that is a list', path: '/Traces', body: '[]', status: 400, code: 'SerializationException' },
  {
    name: 'a member of the wrong type',
    path: '/Traces',
    body: '{"TraceIds": "1"}',
    status: 400,
    code: 'SerializationException',
  },
  {
    name: 'a number too large for JavaScript',
    path: '/TraceSummaries',
    body: '{"StartTime": 1e999, "EndTime": 2}',
    status: 400,
    code: 'SerializationException',
  },
  {
    name: 'a required member that is missing',
    path: '/Traces',
    body: '{}',
    status: 400,
    code: 'ValidationException',
  },
  {
    name: 'an empty body where a member is required',
    path: '/Traces',
    body: '',
    status: 400,
    code: 'ValidationException',
  },
  {
    name: 'a path that X-Ray does not have',
    path: '/Nonsense',
    body: '{}',
    status: 404,
    code: 'UnknownOperationException',
  },
  {
    name: 'a path that cannot be decoded',
    path: '/%ff',
    body: '{}',
    status: 404,
    code: 'UnknownOperationException',
  },
  { name: 'a GET', path: '/Traces', body: undefined, status: 404, code: 'UnknownOperationException' },
  {
    name: 'a body of 17 MB',
    path: '/TraceSegments',
    body: `{"TraceSegmentDocuments":["${'x'.repeat(17 * 1024 * 1024)}"]}`,
    status: 413,
    code: 'RequestEntityTooLargeException',
  },
];
for (const { name, path, body, status, code } of requests) {
  test(`${name} is answered ${status} ${code}, in X-Ray's wire format`, { skip: onlyLocal }, async () => {
    const response = await fetch(`${endpoint}${path}`, body === undefined ? {} : { method: 'POST', body });
    assert.equal(response.status, status);
    assert.equal(response.headers.get('x-amzn-errortype'), code);
    assert.equal(response.headers.get('x-amzn-requestid')?.length, 36);
    const answer = (await response.json()) as Record<string, string>;
    assert.deepEqual(Object.keys(answer), ['__type', 'Message']);
    assert.equal(answer['__type'], code);
  });
}

test('an empty body is an empty object, with or without a Content-Type', { skip: onlyLocal }, async () => {
  const response = await fetch(`${endpoint}/GetSamplingRules`, { method: 'POST' });
  assert.equal(response.status, 200);
});

test('a batch as large as a daemon can send is taken', { skip: onlyLocal }, async () => {
  // Quotes double in JSON: this is the worst a document of 64 KB can do.
  const documents = Array.from({ length: 50 }, () => segment({ metadata: { text: '"'.repeat(30_000) } }));
  const { UnprocessedTraceSegments } = await put(client, ...documents);
  assert.deepEqual(UnprocessedTraceSegments, []);
});
