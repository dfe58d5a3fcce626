import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AwsClient } from './aws-client.ts';
import type { FailureKind } from './failure.ts';
import { clientFor, fakeXRay, noPause, recordingLog, type ReceivedRequest } from './testing.ts';
import { uploader } from './uploader.ts';
import { userAgent } from './version.ts';

function setUp(context: TestContext, client: AwsClient) {
  const { log, lines } = recordingLog();
  const counted = { sent: 0, rejected: 0, failed: [] as FailureKind[] };
  const upload = uploader({
    client,
    log,
    telemetry: {
      sent: (segments) => (counted.sent += segments),
      rejected: (segments = 1) => (counted.rejected += segments),
      failed: (kind) => counted.failed.push(kind),
    },
    userAgent: userAgent(undefined),
    now: () => 1_795_000_000_123.5,
    pause: noPause,
  });
  context.after(() => client.close());
  return { upload, lines, counted };
}

const answering = (status: number, body: object, code?: string) => async (context: TestContext) => {
  const xray = await fakeXRay((response) => {
    response.writeHead(status, { 'x-amzn-requestid': 'r-1', ...(code ? { 'x-amzn-errortype': code } : {}) });
    response.end(JSON.stringify(body));
  });
  context.after(() => xray.close());
  return xray;
};

test('a batch is one signed PutTraceSegments with the headers of AWS’s daemon', async (context) => {
  const xray = await answering(200, { UnprocessedTraceSegments: [] })(context);
  const { upload, lines, counted } = setUp(context, clientFor(xray.endpoint));
  await upload(['{"id":"1"}', 'no json']);

  const [request] = xray.requests as [ReceivedRequest];
  assert.equal(`${request.method} ${request.path}`, 'POST /TraceSegments');
  assert.deepEqual(JSON.parse(request.body), { TraceSegmentDocuments: ['{"id":"1"}', 'no json'] });
  assert.match(
    request.headers['user-agent']!,
    /^xray-agent\/xray-daemon\/3\.6\.6 exec-env\/UNKNOWN OS\/\w+-\w+$/,
  );
  assert.match(String(request.headers['x-amzn-xray-timestamp']), /^1795000000\.12\d{7}$/);
  assert.match(
    request.headers.authorization!,
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/xray\/aws4_request, /,
  );
  assert.deepEqual(lines, ['[Info] Successfully sent batch of 2 segments (0.000 seconds)']);
  assert.deepEqual(counted, { sent: 2, rejected: 0, failed: [] });
});

test('a refused document is named with its trace, printed at debug level, and the first without an id ends it', async (context) => {
  const document = '{"trace_id":"1-58406520-a006649127e371903a2de979","id":"70de5b6f19ff9a0a"}';
  const refusal = {
    Id: '70de5b6f19ff9a0a',
    ErrorCode: 'MissingName',
    Message: 'Invalid segment. ErrorCode: MissingName',
  };
  const xray = await answering(200, {
    UnprocessedTraceSegments: [refusal, { Id: 'unknown' }, { ErrorCode: 'ParseError' }, refusal],
  })(context);
  const { upload, lines, counted } = setUp(context, clientFor(xray.endpoint));
  await upload(['{}', document]);

  assert.deepEqual(lines, [
    '[Info] Sent batch of 2 segments but had 4 Unprocessed segments (0.000 seconds)',
    '[Debug] Failed to match "id" in segment: {}',
    '[Error] Unprocessed trace 1-58406520-a006649127e371903a2de979, segment: {\n  ErrorCode: "MissingName",\n' +
      '  Id: "70de5b6f19ff9a0a",\n  Message: "Invalid segment. ErrorCode: MissingName"\n}',
    `[Debug] ${document}`,
    '[Error] Unprocessed segment: {\n  Id: "unknown"\n}',
    '[Debug] ',
    '[Debug] Received nil unprocessed segment id from X-Ray service: {\n  ErrorCode: "ParseError"\n}',
    `[Debug] Content in this batch: {} ${document}`,
  ]);
  assert.deepEqual(counted, { sent: 2, rejected: 3, failed: [] });
});

test('a refused document stays on its line, whatever is in it', async (context) => {
  const document =
    '{"trace_id":"1-58406520-a006649127e371903a2de979","id":"70de5b6f19ff9a0a","name":"a\n2026-11-22T17:35:44Z [Info] forged"}';
  const message = 'no\n2026-11-22T17:35:44Z [Info] forged';
  const xray = await answering(200, {
    UnprocessedTraceSegments: [
      { Id: '70de5b6f19ff9a0a', ErrorCode: 'X', Message: message },
      { ErrorCode: 'X' },
    ],
  })(context);
  const { upload, lines } = setUp(context, clientFor(xray.endpoint));
  await upload(['no\nid', document]);
  const starts = lines
    .join('\n')
    .split('\n')
    .filter((line) => /^2026|^id/.test(line));
  assert.deepEqual(starts, [], lines.join('\n'));
  assert.ok(
    lines.some((line) => line.includes('"a\\n2026-11-22T17:35:44Z [Info] forged"')),
    lines.join('\n'),
  );
});

const failures = [
  {
    name: 'throttling is tried once more, then the batch is lost',
    status: 429,
    code: 'ThrottlingException',
    attempts: 2,
    kind: 'HTTPCode4XXCount',
    says: 'exceeded maximum number of attempts, 2, https response error StatusCode: 429, RequestID: r-1, api error ThrottlingException: text',
  },
  {
    name: 'a refused permission is not tried again',
    status: 403,
    code: 'AccessDeniedException',
    attempts: 1,
    kind: 'HTTPCode4XXCount',
    says: 'https response error StatusCode: 403, RequestID: r-1, api error AccessDeniedException: text',
  },
  {
    name: 'an error the model knows is printed without "api error", as the Go SDK does',
    status: 400,
    code: 'InvalidRequestException',
    attempts: 1,
    kind: 'HTTPCode4XXCount',
    says: 'https response error StatusCode: 400, RequestID: r-1, InvalidRequestException: text',
  },
  {
    name: 'a failure of the service is tried once more',
    status: 500,
    code: 'InternalFailure',
    attempts: 2,
    kind: 'HTTPCode5XXCount',
    says: 'exceeded maximum number of attempts, 2, https response error StatusCode: 500, RequestID: r-1, api error InternalFailure: text',
  },
];
for (const { name, status, code, attempts, kind, says } of failures) {
  test(name, async (context) => {
    const xray = await answering(status, { Message: 'text' }, code)(context);
    const { upload, lines, counted } = setUp(context, clientFor(xray.endpoint));
    await upload(['{}']);
    assert.equal(xray.requests.length, attempts);
    assert.deepEqual(lines, [
      `[Error] Sending segment batch failed with: operation error XRay: PutTraceSegments, ${says}`,
    ]);
    assert.deepEqual(counted, { sent: 0, rejected: 0, failed: [kind] });
  });
}

test('nobody at the endpoint: connection refused, in Go’s words', async (context) => {
  const xray = await fakeXRay(() => {});
  await xray.close();
  const { upload, lines, counted } = setUp(context, clientFor(xray.endpoint));
  await upload(['{}']);
  assert.deepEqual(lines, [
    '[Error] Sending segment batch failed with: operation error XRay: PutTraceSegments, exceeded maximum number of ' +
      'attempts, 2, https response error StatusCode: 0, RequestID: , request send failed, ' +
      `Post "${xray.endpoint}TraceSegments": dial tcp ${xray.endpoint.host}: connect: connection refused`,
  ]);
  assert.deepEqual(counted.failed, ['ConnectionRefusedCount']);
});

test('an endpoint that does not answer in time is a timeout', async (context) => {
  const xray = await fakeXRay(() => {});
  context.after(() => xray.close());
  const { upload, lines, counted } = setUp(context, clientFor(xray.endpoint, { timeoutMilliseconds: 50 }));
  await upload(['{}']);
  assert.match(lines[0]!, /context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)$/);
  assert.deepEqual(counted.failed, ['TimeoutCount']);
});

const undecodable = [
  { name: 'an error that is a page, no JSON, is tried again by its status', status: 502, attempts: 2 },
  { name: 'an answer of 200 that is no JSON is a failure, and not tried again', status: 200, attempts: 1 },
];
for (const { name, status, attempts } of undecodable) {
  test(name, async (context) => {
    const xray = await fakeXRay((response) => response.writeHead(status).end('<html>'));
    context.after(() => xray.close());
    const { upload, lines } = setUp(context, clientFor(xray.endpoint));
    await upload(['{}']);
    assert.equal(xray.requests.length, attempts);
    assert.match(
      lines[0]!,
      new RegExp(
        `StatusCode: ${status}, RequestID: , deserialization failed, failed to decode response body, ` +
          "invalid character '<' looking for beginning of value$",
      ),
    );
  });
}

test('a connection that ends without an answer is EOF', async (context) => {
  const xray = await fakeXRay((response) => response.destroy());
  context.after(() => xray.close());
  const { upload, lines } = setUp(context, clientFor(xray.endpoint));
  await upload(['{}']);
  assert.match(lines[0]!, /request send failed, Post "http:[^"]*\/TraceSegments": EOF$/);
});

test('both attempts are one invocation, and their headers say which is which', async (context) => {
  const xray = await fakeXRay((response) => response.writeHead(503).end('{}'));
  context.after(() => xray.close());
  const { upload } = setUp(context, clientFor(xray.endpoint));
  await upload(['{}']);
  const [first, second] = xray.requests.map(({ headers }) => headers);
  assert.equal(first!['amz-sdk-request'], 'attempt=1; max=2');
  assert.equal(second!['amz-sdk-request'], 'attempt=2; max=2');
  assert.equal(first!['amz-sdk-invocation-id'], second!['amz-sdk-invocation-id']);
  assert.equal(first!['x-amzn-xray-timestamp'], second!['x-amzn-xray-timestamp']);
});

test('the path of an endpoint stands before the operation’s', async (context) => {
  const xray = await fakeXRay((response) => response.end('{}'));
  context.after(() => xray.close());
  const { upload } = setUp(context, clientFor(new URL('/base/', xray.endpoint)));
  await upload(['{}']);
  assert.equal(xray.requests[0]?.path, '/base/TraceSegments');
});

test('with a proxy every call goes through it, and a proxy that is away is named as such', async (context) => {
  const proxy = await fakeXRay((response) => response.end('{}'));
  const endpoint = new URL('http://127.0.0.1:9');
  const { upload, lines } = setUp(context, clientFor(endpoint, { proxy: proxy.endpoint }));
  await upload(['{}']);
  assert.equal(proxy.requests[0]?.path, 'http://127.0.0.1:9/TraceSegments');
  assert.equal(proxy.requests[0]?.headers.host, '127.0.0.1:9');
  await proxy.close();
  await upload(['{}']);
  assert.match(lines[1]!, /proxyconnect tcp: dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/);
});
