import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  XRayServiceException,
} from '@aws-sdk/client-xray';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { operations } from '../operations/index.ts';
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
  {
    name: 'a path in small letters',
    path: '/traces',
    body: '{}',
    status: 404,
    code: 'UnknownOperationException',
  },
  {
    name: 'a path with a slash at its end',
    path: '/Traces/',
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

const serialization = { status: 400, code: 'SerializationException' };
const document = JSON.stringify(segment());
const call = JSON.stringify({ TraceSegmentDocuments: [document] });

async function post(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${endpoint}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, code: response.headers.get('x-amzn-errortype'), answer };
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const zeros = Buffer.alloc(64 * 1024 * 1024);
const tooLarge = { status: 413, code: 'RequestEntityTooLargeException' };

const hostile: {
  name: string;
  body: string | Buffer;
  headers?: Record<string, string>;
  expected: { status: number; code: string | null };
}[] = [
  { name: 'a body nested a million deep', body: nested(1_000_000), expected: serialization },
  {
    name: 'a member nested a million deep',
    body: `{"TraceSegmentDocuments":${nested(1_000_000)}}`,
    expected: serialization,
  },
  {
    name: 'a member nobody knows, nested a million deep',
    body: `{"Other":${nested(1_000_000)},"TraceSegmentDocuments":[]}`,
    expected: serialization,
  },
  {
    name: 'a member nobody knows, nested 99 deep',
    body: `{"Other":${nested(99)},"TraceSegmentDocuments":[]}`,
    expected: { status: 200, code: null },
  },
  {
    name: 'a member nobody knows, nested 100 deep inside the body',
    body: `{"Other":${nested(100)},"TraceSegmentDocuments":[]}`,
    expected: serialization,
  },
  {
    name: 'the member __proto__',
    body: '{"__proto__":{"TraceSegmentDocuments":[]},"constructor":1}',
    expected: { status: 400, code: 'ValidationException' },
  },
  { name: 'a body that is no UTF-8', body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), expected: serialization },
  { name: 'a body of zeros', body: Buffer.alloc(1000), expected: serialization },
  {
    name: 'a compressed body',
    body: gzipSync(call),
    headers: { 'content-encoding': 'gzip' },
    expected: { status: 200, code: null },
  },
  {
    name: 'a body that says it is compressed',
    body: call,
    headers: { 'content-encoding': 'gzip' },
    expected: serialization,
  },
  {
    name: 'a compressed body that was cut off',
    body: gzipSync(call).subarray(0, 40),
    headers: { 'content-encoding': 'gzip' },
    expected: serialization,
  },
  {
    name: 'a compression nobody knows',
    body: call,
    headers: { 'content-encoding': 'rot13' },
    expected: serialization,
  },
  {
    name: '64 MB of zeros in a small gzip',
    body: gzipSync(zeros),
    headers: { 'content-encoding': 'gzip' },
    expected: tooLarge,
  },
  {
    name: '64 MB of zeros in a small deflate',
    body: deflateSync(zeros),
    headers: { 'content-encoding': 'deflate' },
    expected: tooLarge,
  },
  {
    name: '64 MB of zeros in a tiny brotli',
    body: brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    headers: { 'content-encoding': 'br' },
    expected: tooLarge,
  },
  {
    name: 'a Content-Type that is none',
    body: call,
    headers: { 'content-type': 'text/plain; charset=nonsense' },
    expected: { status: 200, code: null },
  },
];

for (const { name, body, headers, expected } of hostile) {
  test(`${name} is answered ${expected.status} ${expected.code ?? ''}`, { skip: onlyLocal }, async () => {
    const { status, code } = await post('/TraceSegments', body, headers);
    assert.deepEqual({ status, code }, expected);
  });
}

test('whatever JSON is sent to whatever operation, no answer is a 5xx', { skip: onlyLocal }, async () => {
  const names = [
    'TraceSegmentDocuments TraceIds StartTime EndTime FilterExpression GroupName GroupARN SamplingRule RuleName',
    'SamplingStatisticsDocuments NextToken Tags TagKeys ResourceARN PolicyName PolicyDocument TelemetryRecords',
    'InsightsConfiguration SamplingRuleUpdate Rule Name Type KeyId Destination SamplingStrategy TimeRangeType',
    'EntitySelectorExpression Period ForecastStatistics InsightId RetrievalToken TraceFormat States MaxResults',
  ].flatMap((line) => line.split(' '));
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      -1,
      1e308,
      0.1,
      '',
      '\u0000',
      '\ud800',
      [[]],
      [null],
      { a: { b: {} } },
      [{}],
      true,
    ),
  );
  const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operations), body, async ({ path }, members) => {
      const { status, answer } = await post(path, JSON.stringify(members));
      assert.equal(status < 500, true, JSON.stringify(answer));
    }),
    { numRuns: 1000 },
  );
});

/** Writes bytes as no HTTP client would, and waits until the other side has closed or answered. */
function raw(text: string, { thenClose = false } = {}): Promise<string> {
  const { hostname, port } = new URL(endpoint!);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk;
      socket.end();
    });
    socket.on('close', () => resolve(received.split('\r\n')[0]!));
    socket.on('connect', () => socket.write(text, () => thenClose && socket.destroy()));
  });
}

const head = 'POST /TraceSegments HTTP/1.1\r\nHost: x\r\n';
const wire = [
  {
    name: 'two Content-Lengths',
    text: `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    expected: 'HTTP/1.1 400 Bad Request',
  },
  {
    name: 'a Content-Length beside chunks',
    text: `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    expected: 'HTTP/1.1 400 Bad Request',
  },
  {
    name: 'a chunk whose size is no number',
    text: `${head}Transfer-Encoding: chunked\r\n\r\nhello\r\n{}\r\n`,
    expected: 'HTTP/1.1 400 Bad Request',
  },
  {
    name: 'headers of 20 KB',
    text: `${head}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
    expected: 'HTTP/1.1 431 Request Header Fields Too Large',
  },
  { name: 'no HTTP', text: '\x16\x03\x01\x02\x00\r\n\r\n', expected: 'HTTP/1.1 400 Bad Request' },
  {
    name: 'two Hosts and two Content-Types',
    text: `${head}host: y\r\nContent-Type: a\r\nContent-Type: b\r\nContent-Length: 2\r\n\r\n{}`,
    expected: 'HTTP/1.1 400 Bad Request',
  },
];
for (const { name, text, expected } of wire) {
  test(`${name}: ${expected}`, { skip: onlyLocal }, async () => assert.equal(await raw(text), expected));
}

test(
  'a body that stops in the middle, in chunks or not, harms nobody else and keeps nothing',
  { skip: onlyLocal },
  async () => {
    const half = call.slice(0, call.length / 2);
    await raw(`${head}Content-Length: ${call.length}\r\n\r\n${half}`, { thenClose: true });
    const chunk = `${half.length.toString(16)}\r\n${half}\r\n`;
    await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`, { thenClose: true });
    const good = segment();
    assert.deepEqual((await put(client, good)).UnprocessedTraceSegments, []);
  },
);

test(
  'a body that comes a byte at a time is read while others are answered',
  { skip: onlyLocal },
  async () => {
    const { hostname, port } = new URL(endpoint!);
    const slow = segment();
    const text = JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(slow)] });
    const socket = connect(Number(port), hostname);
    const answered = new Promise<string>((resolve, reject) => {
      socket.on('data', (bytes) => resolve(String(bytes)));
      socket.on('error', reject);
    });
    socket.write(`${head}Content-Length: ${text.length}\r\n\r\n`);
    for (const [index, letter] of [...text].entries()) {
      socket.write(letter);
      if (index % 40 === 0) {
        assert.deepEqual((await put(client, segment())).UnprocessedTraceSegments, []);
      }
    }
    assert.match(await answered, /^HTTP\/1\.1 200 OK/);
    socket.destroy();
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [slow.trace_id] }));
    assert.equal(Traces?.length, 1);
  },
);

for (const [code, expected] of [
  ['ThrottledException', /^ThrottledException: Rate exceeded$/],
  ['ThrottlingException', /^ThrottlingException: Rate exceeded$/],
] as const) {
  test(
    `past its rate limit an operation answers 429 ${code}, others go on`,
    { skip: onlyLocal },
    async () => {
      const limited = await startBackend({
        now: () => 1_800_000_000,
        rate: { callsPerSecond: () => 2, code },
      });
      const calls = await Promise.all(
        Array.from({ length: 3 }, () =>
          fetch(`${limited.endpoint}/GetSamplingRules`, { method: 'POST' }).then(async (response) => ({
            status: response.status,
            text: response.status === 429 ? Object.values((await response.json()) as object).join(': ') : '',
          })),
        ),
      );
      assert.deepEqual(calls.map(({ status }) => status).sort(), [200, 200, 429]);
      assert.match(calls.find(({ status }) => status === 429)!.text, expected);
      const other = await fetch(`${limited.endpoint}/Groups`, { method: 'POST' });
      assert.equal(other.status, 200);
    },
  );
}
