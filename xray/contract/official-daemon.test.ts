/** Our daemon against AWS's own: what goes in is the same, so what comes out must be. */
import { BatchGetTracesCommand, CreateSamplingRuleCommand, type XRayClient } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  inRegion,
  kinds,
  recordingXRay,
  runToEnd,
  startDaemon,
  withoutOfficial,
  type Kind,
} from './daemon-pair.ts';
import { eventually, runApi, runProgram } from './harness.ts';

const skip = withoutOfficial;
const header = '{"format": "json", "version": 1}';
const accepts = '{"UnprocessedTraceSegments":[]}';

/** Both daemons at once, each on its own. */
async function ofBoth<Result>(run: (kind: Kind) => Promise<Result>): Promise<Record<Kind, Result>> {
  const [ours, official] = await Promise.all(kinds.map(run));
  return { ours: ours!, official: official! };
}

const documentsIn = (bodies: readonly string[]): string[] =>
  bodies.flatMap((body) => JSON.parse(body).TraceSegmentDocuments as string[]);

const sequences: { name: string; datagrams: (string | Buffer)[]; documents: number }[] = [
  {
    name: 'documents of every kind: JSON, not JSON, several lines, all signs, no UTF-8',
    datagrams: [
      `${header}\n{"trace_id":"1-6922a3f2-58406520a006649127e371903","id":"70de5b6f19ff9a0a","name":"shop"}`,
      `${header}\nhello`,
      `${header}\n{\n}\n`,
      `${header}\n<&> "\\/' é 😀 \u2028 \u0001\u007f\t\b\f\0`,
      Buffer.concat([
        Buffer.from(`${header}\n`),
        Buffer.from([0x61, 0xff, 0xfe, 0xe2, 0x80, 0x62, 0xed, 0xa0, 0x80, 0xc3]),
      ]),
    ],
    documents: 5,
  },
  {
    name: 'headers in every spelling that is allowed',
    datagrams: [
      `{"format":"json","version":1}\n1`,
      `{"version":1,"format":"JSON"}\n2`,
      `{"FORMAT":"JsOn","VERSION":1} \n3`,
      `{"format":"json","version":1,"more":{"version":2}}\n4`,
    ],
    documents: 4,
  },
  {
    name: 'bad headers, no line feed, nothing behind it, nothing at all',
    datagrams: [
      'hello',
      '',
      `${header}\n`,
      '\n\n',
      'null\n{}',
      '[]\n{}',
      `{"format":"xml","version":1}\n{}`,
      `{"format":"json","version":2}\n{}`,
      `{"format":"json","version":"1"}\n{}`,
      `{"format":"json","version":1.0}\n{}`,
      `{"format":"json"}\n{}`,
      `${header}x\n{}`,
      `${header}\nthe only good one`,
    ],
    documents: 1,
  },
  {
    name: 'the largest datagram that IPv4 carries',
    datagrams: [`${header}\n${'z'.repeat(65_507 - header.length - 1)}`],
    documents: 1,
  },
  {
    name: 'more than fit into one batch',
    datagrams: Array.from({ length: 230 }, (_, index) => `${header}\n{"id":"${index}"}`),
    documents: 230,
  },
];
for (const { name, datagrams, documents } of sequences) {
  test(`both upload the same documents: ${name}`, { skip }, async () => {
    const both = await ofBoth(async (kind) => {
      const xray = await recordingXRay((response) => response.end(accepts));
      const daemon = await startDaemon(kind, xray.endpoint);
      for (const datagram of datagrams) await daemon.send(datagram);
      assert.equal(await daemon.stop(), 0);
      const uploads = xray.requests.filter(({ path }) => path === '/TraceSegments');
      const batches = uploads.map(({ body }) => documentsIn([body]).length);
      return { documents: documentsIn(uploads.map(({ body }) => body)).sort(), batches, lines: daemon.lines };
    });
    assert.equal(both.ours.documents.length, documents);
    assert.deepEqual(both.ours.documents, both.official.documents);
    for (const kind of kinds) assert.equal(Math.max(...both[kind].batches) <= 50, true, kind);
    const warnings = (lines: readonly string[]) =>
      lines.filter((line) => line.includes('[Warn]')).map((line) => line.slice(21));
    assert.deepEqual(warnings(both.ours.lines), warnings(both.official.lines));
  });
}

test('an upload and a telemetry record have the same shape, but for the agent’s SDK', { skip }, async () => {
  const both = await ofBoth(async (kind) => {
    const xray = await recordingXRay((response) => response.end(accepts));
    const daemon = await startDaemon(kind, xray.endpoint, [...inRegion, '-a', 'arn:aws:ec2:instance']);
    await daemon.send(`${header}\n{"id":"1"}`);
    await daemon.send('bad');
    // At its end AWS's daemon reports while it still sends; ours counts the last batch first.
    await eventually(
      'the upload',
      () => daemon.lines.some((line) => line.includes('sent batch')) || undefined,
    );
    await daemon.stop();
    return xray.requests
      .filter(({ path }) => path !== '/started')
      .map(({ method, path, headers, body }) => ({
        method,
        path,
        type: headers['content-type'],
        agent: /xray-agent\/xray-daemon\/\S+ exec-env\/\S+ OS\/\S+$/.exec(headers['user-agent'] ?? '')?.[0],
        timestamp: /^\d{10}\.\d{9}$/.test(String(headers['x-amzn-xray-timestamp'])),
        attempt: headers['amz-sdk-request'],
        invocation: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(String(headers['amz-sdk-invocation-id'])),
        scope: /Credential=([^,]*)/.exec(headers.authorization ?? '')?.[1],
        signed: /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1],
        body: withoutTimes(JSON.parse(body)),
      }));
  });
  assert.deepEqual(
    both.ours.map(({ path }) => path),
    ['/TraceSegments', '/TelemetryRecords'],
  );
  assert.deepEqual(both.ours, both.official);
});

/** A record's time is epoch seconds; its value is of no interest. */
function withoutTimes(body: { TelemetryRecords?: { Timestamp: unknown }[] }): object {
  for (const record of body.TelemetryRecords ?? []) record.Timestamp = typeof record.Timestamp;
  return body;
}

const proxied = [
  { method: 'POST', path: '/GetSamplingRules', body: '{}' },
  { method: 'POST', path: '/Whatever?a=1&b=x%20y', body: 'no json: ✓' },
  { method: 'GET', path: '/fails', body: undefined },
  { method: 'DELETE', path: '/deep/path%20with/signs', body: undefined },
];
test('the TCP proxy passes on and answers the same, and 502 while X-Ray is away', { skip }, async () => {
  const both = await ofBoth(async (kind) => {
    const xray = await recordingXRay((response, { path }) => {
      response.writeHead(path === '/fails' ? 418 : 200, { 'x-amzn-requestid': 'r', 'content-type': 'a/b' });
      response.end(`answer to ${path}`);
    });
    const daemon = await startDaemon(kind, xray.endpoint);
    const ask = async (method: string, path: string, body: string | undefined) => {
      const response = await fetch(`http://127.0.0.1:${daemon.port}${path}`, {
        method,
        headers: { authorization: 'of the caller', 'x-mine': 'yes', 'x-forwarded-for': '10.0.0.1' },
        ...(body === undefined ? {} : { body }),
      });
      const { status, headers } = response;
      return {
        status,
        requestId: headers.get('x-amzn-requestid'),
        type: headers.get('content-type'),
        text: await response.text(),
      };
    };
    const answers = [];
    for (const { method, path, body } of proxied) answers.push(await ask(method, path, body));
    const seen = xray.requests
      .filter(({ path }) => path !== '/started')
      .map(({ method, path, body, headers }) => ({
        method,
        path,
        body,
        mine: headers['x-mine'],
        from: headers['x-forwarded-for'],
        isForEndpoint: headers.host === new URL(xray.endpoint).host,
        scope: /Credential=([^,]*)/.exec(headers.authorization ?? '')?.[1],
      }));
    xray.close();
    const away = await ask('POST', '/GetSamplingRules', '{}');
    await daemon.stop();
    return { answers, seen, away };
  });
  assert.equal(both.ours.away.status, 502);
  assert.equal(both.ours.seen.length, proxied.length);
  assert.deepEqual(both.ours, both.official);
});

/** EC2's instance metadata and STS, on one port with X-Ray. */
const aroundXRay: Record<string, string> = {
  '/latest/api/token': 'TOKEN',
  '/latest/dynamic/instance-identity/document': '{"region":"eu-north-1","instanceId":"i-0123"}',
  '/latest/meta-data/hostname': 'ip-10-0-0-1.ec2.internal',
  '/latest/meta-data/instance-id': 'i-0123',
  '/latest/meta-data/iam/security-credentials/': 'a-role',
  '/latest/meta-data/iam/security-credentials/a-role': JSON.stringify({
    Code: 'Success',
    AccessKeyId: 'KEYOFINSTANCE',
    SecretAccessKey: 's',
    Token: 'token of the instance',
    Expiration: '2099-01-01T00:00:00Z',
  }),
};
const assumed =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
  '<AccessKeyId>KEYOFROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>' +
  '<SessionToken>token of the role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>' +
  '</Credentials></AssumeRoleResult></AssumeRoleResponse>';
const refused =
  '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>AccessDenied</Code>' +
  '<Message>not you</Message></Error><RequestId>r-1</RequestId></ErrorResponse>';

const surroundings: {
  name: string;
  args: readonly string[];
  env: (around: string) => NodeJS.ProcessEnv;
  refusesRole?: true;
}[] = [
  {
    name: 'region, credentials and identity of an instance',
    args: [],
    env: (around) => ({
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: around,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    }),
  },
  {
    name: 'a role that is assumed',
    args: [...inRegion, '-r', 'arn:aws:iam::111122223333:role/uploads'],
    env: (around) => ({ AWS_ENDPOINT_URL_STS: around }),
  },
  {
    name: 'a role that is refused',
    args: [...inRegion, '-r', 'arn:aws:iam::111122223333:role/uploads'],
    env: (around) => ({ AWS_ENDPOINT_URL_STS: around }),
    refusesRole: true,
  },
  { name: 'AWS_REGION', args: ['-o'], env: () => ({ AWS_REGION: 'ap-south-1' }) },
  { name: 'AWS_DEFAULT_REGION with -o', args: ['-o'], env: () => ({ AWS_DEFAULT_REGION: 'us-west-1' }) },
  {
    name: 'AWS_HOSTNAME and AWS_INSTANCE_ID',
    args: inRegion,
    env: () => ({ AWS_HOSTNAME: 'me', AWS_INSTANCE_ID: 'i-9' }),
  },
  {
    name: 'a proxy from HTTPS_PROXY, to the loopback address too',
    args: inRegion,
    env: (around) => ({ HTTPS_PROXY: around }),
  },
  {
    name: 'a proxy that is away',
    args: [...inRegion, '-p', 'http://127.0.0.1:9'],
    env: () => ({}),
  },
];
for (const { name, args, env, refusesRole } of surroundings) {
  test(`both find their way the same: ${name}`, { skip }, async () => {
    const both = await ofBoth(async (kind) => {
      const around = await recordingXRay((response, { path, body }) => {
        if (body.includes('AssumeRole'))
          response.writeHead(refusesRole ? 403 : 200).end(refusesRole ? refused : assumed);
        else
          response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '300').end(aroundXRay[path] ?? accepts);
      });
      const xray = await recordingXRay((response) => response.end(accepts));
      const daemon = await startDaemon(kind, xray.endpoint, args, env(around.endpoint));
      const before = daemon.lines.length;
      await daemon.send(`${header}\n{}`);
      await eventually(
        'an upload',
        () => daemon.lines.slice(before).some((line) => /sent batch|Sending/.test(line)) || undefined,
      );
      await daemon.stop();
      const seen = [...around.requests, ...xray.requests].filter(({ path }) =>
        /Segments|Telemetry|^\/$/.test(path),
      );
      return {
        lines: normalized(daemon.lines, new URL(xray.endpoint).port, String(daemon.port)).filter(
          (line) => !line.startsWith('http: proxy error') && !/^\d{4}\//.test(line),
        ),
        seen: seen.map(({ path, headers, body }) => ({
          path: path.replace(/127\.0\.0\.1:\d+/, 'XRAY'),
          scope: /Credential=([^,]*)/.exec(headers.authorization ?? '')?.[1],
          token: headers['x-amz-security-token'],
          // Bodies of STS are forms.
          body: body.startsWith('{') ? withoutTimes(JSON.parse(body)) : body,
        })),
      };
    });
    assert.deepEqual(both.ours, both.official);
  });
}

/** What X-Ray answers to a document, by what is in it. */
const troubles: Record<string, (response: import('node:http').ServerResponse) => void> = {
  'refuse-me': (response) =>
    void response.end(
      JSON.stringify({
        UnprocessedTraceSegments: [
          { Id: '70de5b6f19ff9a0a', ErrorCode: 'MissingName', Message: 'no name' },
          { Id: 'unknown', ErrorCode: 'X' },
          { ErrorCode: 'ParseError' },
          { Id: 'behind one without id' },
        ],
      }),
    ),
  throttled: (response) =>
    void response
      .writeHead(429, { 'x-amzn-errortype': 'ThrottledException', 'x-amzn-requestid': 'r-1' })
      .end('{"Message":"Rate exceeded"}'),
  denied: (response) =>
    void response
      .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
      .end('{"Message":"User: x is not authorized to perform: xray:PutTraceSegments"}'),
  invalid: (response) =>
    void response.writeHead(400, { 'x-amzn-errortype': 'InvalidRequestException' }).end('{"message":"m"}'),
  'fails-with-page': (response) => void response.writeHead(500).end('oops'),
  'answers-with-page': (response) => void response.end('<html>'),
  'hangs-up': (response) => void response.destroy(),
};

test('the log at info level is the same, line by line, whatever X-Ray answers', { skip }, async () => {
  const both = await ofBoth(async (kind) => {
    const xray = await recordingXRay((response, { body }) => {
      const trouble = Object.keys(troubles).find((name) => body.includes(name));
      if (trouble) troubles[trouble]!(response);
      else response.end(accepts);
    });
    const daemon = await startDaemon(kind, xray.endpoint);
    for (const name of ['well', ...Object.keys(troubles)]) {
      const before = daemon.lines.length;
      await daemon.send(`${header}\n{"trace_id":"1-${name}","id":"70de5b6f19ff9a0a"}`);
      await eventually(`what became of ${name}`, () => daemon.lines.length > before || undefined);
    }
    xray.close();
    const before = daemon.lines.length;
    await daemon.send(`${header}\n{}`);
    await eventually('connection refused', () => daemon.lines.length > before || undefined);
    await daemon.stop();
    return normalized(daemon.lines, new URL(xray.endpoint).port, String(daemon.port));
  });
  assert.equal(both.ours.at(-1), '[Info] Got shutdown signal: terminated');
  assert.deepEqual(both.ours, both.official);
});

/** Without times, ports, durations, and without the struct that 3.6 prints as pointers. */
function normalized(lines: readonly string[], xrayPort: string, port: string): string[] {
  return lines
    .join('\n')
    .replace(/segment: \{[^}]*?(\{\}\}|\n\})/g, 'segment: STRUCT')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /, '')
        .replace(/\(\d+\.\d{3} seconds\)/, '(S seconds)')
        .replaceAll(xrayPort, 'XRAY')
        .replaceAll(port, 'DAEMON'),
    );
}

const local = ['-n', 'us-east-1', '-o', '-m', '100', '-b', '127.0.0.1:0'];
const commandLines: string[][] = [
  ['-h'],
  ['--help'],
  ['-v'],
  ['-m', '0x5', '-version'],
  ['-z'],
  ['-b'],
  ['-m', 'lots'],
  ['-o=maybe'],
  ['-=3'],
  ['---x'],
  ['-c', 'absent.yaml'],
  [...local, '-m', '2'],
  [...local, '-b', 'nonsense'],
  [...local, '-b', '127.0.0.1:99999'],
  [...local, '-b', '192.0.2.1:2000'],
  [...local, '-t', 'nonsense'],
  [...local, '-p', '://x'],
  [...local, '-n', ''],
  ['-m', '100', '-b', '127.0.0.1:0'],
];
for (const args of commandLines) {
  test(`both end with the same words and code: ${args.join(' ')}`, { skip }, async () => {
    const both = await ofBoth((kind) => runToEnd(kind, args));
    assert.notEqual(both.official.code, null);
    assert.deepEqual(withoutClock(both.ours), withoutClock(both.official));
  });
}

const configFiles = [
  '',
  'hello',
  '- 1',
  'Region: eu-west-1',
  'Version:',
  'Version: 3',
  'Version: "2"',
  'Version: 2\nColour: blue',
  'Colour: 1\nVersion: 3',
  'version: 2',
  'Version: 2\nSocket:',
  'Version: 2\nSocket: x',
  'Version: 2\nSocket:\n  Deep:\n    Er: 1',
  'Version: 2\nProfile:\n  CPU: x',
  'Version: 2\nProfile:\n  Memory: x',
  'Version: 2\nSocket:\n  BufferSizeKB: 1',
  'Version: 2\nLogging:\n  LogFormat: x',
  'Version: 2\nProcessor:\n  BatchProcessorQueueSize: 1',
  'Version: 2\nProcessor:\n  Region: x',
  'Version: 2\nProcessor:\n  Endpoint: x',
  'Version: 2\nProcessor:\n  Routine: 1',
  'Version: 2\nLogRotation: true',
  'Version: 2\nMemoryLimit: 2',
  'Version: 2\nTotalBufferSizeMB: 2',
  'Version: 2\nConcurrency: many',
  'Version: 2\nConcurrency: "4"\nSocket:\n  TCPAddress: [1]',
  'Version: 2\nLogging:\n  LogRotation: maybe-or-not',
  'Version: 2\nRegion: {a: b}',
];
for (const text of configFiles) {
  test(`both refuse a cfg.yaml in the same words: ${JSON.stringify(text)}`, { skip }, async () => {
    const both = await ofBoth((kind) =>
      runToEnd(kind, ['-c', 'bad.yaml', '-o', '-n', 'us-east-1', '-b', '127.0.0.1:0'], { 'bad.yaml': text }),
    );
    assert.equal(both.official.code, 1);
    assert.deepEqual(withoutClock(both.ours), withoutClock(both.official));
  });
}

function withoutClock({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }) {
  const clean = (text: string) => text.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm, '');
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

test('the shop’s SDK sends the same traces through either daemon into our API', { skip }, async () => {
  const { client, endpoint } = await runApi(':memory:');
  await client.send(
    new CreateSamplingRuleCommand({
      SamplingRule: {
        RuleName: 'everything',
        Priority: 1,
        FixedRate: 1,
        ReservoirSize: 100,
        Version: 1,
        ServiceName: '*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: '*',
        URLPath: '*',
        ResourceARN: '*',
      },
    }),
  );
  const both = await ofBoth(async (kind) => {
    const daemon = await startDaemon(kind, endpoint);
    const program = runProgram('./traced-program.ts', [], {
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.port}`,
    });
    const [, port] = await program.line(/listening on (\d+)/);
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        headers: { 'x-forwarded-for': '10.1.2.3' },
      });
      return ((await response.json()) as { traceId: string }).traceId;
    };
    // Until the rules have come through the daemon's proxy, the SDK samples by a rule of its own.
    const asked: string[] = [];
    await eventually(`a trace by the rule (${kind})`, async () => {
      asked.push(await ask());
      await new Promise((resolve) => setTimeout(resolve, 200));
      const documents = await documentsOf(client, asked.slice(-5));
      return documents.some(({ aws }) => aws.xray.rule_name === 'everything') || undefined;
    });
    const ids = [await ask(), await ask(), await ask()];
    const traces = await eventually(`three traces by the rule (${kind})`, async () => {
      const documents = await documentsOf(client, ids);
      return documents.length === ids.length ? documents : undefined;
    });
    await daemon.stop();
    return traces.map((document) => anonymous(document, String(port)));
  });
  assert.equal(both.ours.length, 3);
  assert.deepEqual(both.ours, both.official);
});

/** The segments of those traces that have arrived. */
async function documentsOf(client: XRayClient, ids: string[]) {
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: ids }));
  return Traces!.map(({ Segments }) => JSON.parse(Segments![0]!.Document!));
}

/** A document without what differs between two requests: ids, times and the port. */
function anonymous(document: unknown, port: string): unknown {
  const text = JSON.stringify(document, (name, value: unknown) =>
    /^(id|trace_id|parent_id|start_time|end_time)$/.test(name) ? typeof value : value,
  );
  return JSON.parse(text.replaceAll(port, 'PORT'));
}
