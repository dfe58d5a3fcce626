import { BatchGetTracesCommand, CreateSamplingRuleCommand, type XRayClient } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { eventually, newTrace, onlyLocal, runApi, runDaemon, runProgram, segment } from './harness.ts';

const skip = onlyLocal;

const socket = createSocket('udp4').unref();
after(() => socket.close());
const header = '{"format": "json", "version": 1}';
const datagram = (port: number, text: string | Buffer) =>
  new Promise<void>((resolve, reject) =>
    socket.send(text, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
  );

const stored = (client: XRayClient, id: string, segments = 1) =>
  eventually(`trace ${id}`, async () => {
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    return Traces?.[0]?.Segments?.length === segments ? Traces[0].Segments : undefined;
  });

test(
  'datagrams become a trace: UDP, daemon process, signed upload, API process, BatchGetTraces',
  { skip },
  async () => {
    const { client, endpoint } = await runApi(':memory:');
    const daemon = await runDaemon(endpoint);
    const trace_id = newTrace();
    await datagram(daemon.udp, `${header}\n${JSON.stringify(segment({ trace_id, name: 'one' }))}`);
    await datagram(daemon.udp, `${header}\n${JSON.stringify(segment({ trace_id, name: 'two' }))}`);
    const segments = await stored(client, trace_id, 2);
    assert.deepEqual(
      new Set(segments.map(({ Document }) => JSON.parse(Document!).name)),
      new Set(['one', 'two']),
    );
    await daemon.line(/\[Info\] Successfully sent batch of \d segments \(\d\.\d{3} seconds\)$/);
  },
);

test('its first lines are those of AWS’s daemon, in the same order', { skip }, async () => {
  const { endpoint } = await runApi(':memory:');
  const daemon = await runDaemon(endpoint);
  const info = daemon.lines.filter((line) => line.includes('[Info]')).map((line) => line.slice(21));
  const expected = [
    /^\[Info\] Initializing AWS X-Ray daemon 3\.6\.6$/,
    /^\[Info\] Using buffer memory limit of \d+ MB$/,
    /^\[Info\] \d+ segment buffers allocated$/,
    /^\[Info\] Using region: us-east-1$/,
    new RegExp(`^\\[Info\\] HTTP Proxy server using X-Ray Endpoint : ${endpoint}$`),
    /^\[Info\] Starting proxy http server on 127\.0\.0\.1:0$/,
  ];
  assert.equal(info.length, expected.length);
  for (const [index, pattern] of expected.entries()) assert.match(info[index]!, pattern);
});

test('malformed datagrams are logged, and the good one behind them arrives', { skip }, async () => {
  const { client, endpoint } = await runApi(':memory:');
  const daemon = await runDaemon(endpoint);
  const bad = [
    '',
    'hello',
    `${header}\n`,
    'null\n{}',
    '{"format":"xml","version":1}\n{}',
    Buffer.from([0xff, 0x0a, 0xfe]),
  ];
  for (const text of bad) await datagram(daemon.udp, text);
  await datagram(daemon.udp, `${header}\n${JSON.stringify({ ...segment(), name: undefined })}`);
  // Refused without an id, and behind such a one the daemon's log, as AWS's, names no other of its batch.
  await datagram(daemon.udp, `${header}\nno json`);
  const good = segment();
  await datagram(daemon.udp, `${header}\n${JSON.stringify(good)}`);

  await stored(client, good.trace_id);
  await daemon.line(/\[Warn\] Missing header or segment: hello$/);
  await daemon.line(/\[Warn\] Invalid header: null$/);
  await daemon.line(/\[Warn\] Invalid header: \{"format":"xml","version":1\}$/);
  await daemon.line(/\[Error\] Unprocessed trace 1-[0-9a-f-]+, segment: \{$/);
  await daemon.line(/ErrorCode: "MissingName"/);
});

test('on SIGTERM what has been received is sent first', { skip }, async () => {
  const { client, endpoint } = await runApi(':memory:');
  const daemon = await runDaemon(endpoint);
  const sent = Array.from({ length: 120 }, () => segment());
  for (const one of sent) await datagram(daemon.udp, `${header}\n${JSON.stringify(one)}`);
  daemon.process.kill('SIGTERM');
  const [code] = await once(daemon.process, 'close');
  assert.equal(code, 0);
  assert.equal(
    daemon.lines.some((line) => line.endsWith('[Info] Got shutdown signal: terminated')),
    true,
  );
  assert.equal(
    daemon.lines.some((line) => line.endsWith('received: 120, truncated: 0, processed: 120')),
    true,
  );
  for (const { trace_id } of [sent[0]!, sent[60]!, sent[119]!]) await stored(client, trace_id);
});

test(
  'while the API is away batches are lost with a line that says so, and the next ones arrive',
  { skip },
  async () => {
    const first = await runApi(':memory:');
    const { endpoint } = first;
    const daemon = await runDaemon(endpoint);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    await datagram(daemon.udp, `${header}\n${JSON.stringify(segment())}`);
    await daemon.line(
      /Sending segment batch failed with: operation error XRay: PutTraceSegments, .*connection refused$/,
    );

    const port = new URL(endpoint).port;
    const second = runProgram('../api/main.ts', [], { PORT: port, XRAY_STORE: ':memory:' });
    await second.line(/"msg":"listening"/);
    const good = segment();
    await datagram(daemon.udp, `${header}\n${JSON.stringify(good)}`);
    await stored(first.client, good.trace_id);
  },
);

test('a UDP port that is taken ends the daemon with AWS’s words', { skip }, async () => {
  const { endpoint } = await runApi(':memory:');
  const { udp } = await runDaemon(endpoint);
  const second = runProgram('../daemon/main.ts', ['-b', `127.0.0.1:${udp}`, '-t', '127.0.0.1:0'], {
    AWS_REGION: 'us-east-1',
  });
  const [code] = await once(second.process, 'close');
  assert.equal(code, 1);
  assert.match(
    second.lines.at(-1)!,
    new RegExp(`\\[Error\\] listen udp 127\\.0\\.0\\.1:${udp}: bind: address already in use$`),
  );
});

test('-v prints the version, -h the flags, and an unknown flag is refused', { skip }, async () => {
  const run = async (flag: string) => {
    const program = runProgram('../daemon/main.ts', [flag], {});
    const [code] = await once(program.process, 'close');
    return { code, lines: program.lines };
  };
  assert.deepEqual(await run('-v'), { code: 0, lines: ['AWS X-Ray daemon version: 3.6.6'] });
  assert.equal((await run('-h')).lines[0], 'Usage: X-Ray [options]');
  const unknown = await run('-z');
  assert.deepEqual([unknown.code, unknown.lines[0]], [2, 'flag provided but not defined: -z']);
});

test(
  'the real Node SDK sends through the daemon, and gets its sampling rules through it',
  { skip },
  async () => {
    const { client, endpoint } = await runApi(':memory:');
    const daemon = await runDaemon(endpoint);
    await client.send(
      new CreateSamplingRuleCommand({
        SamplingRule: {
          RuleName: 'everything',
          ...everyRequest,
          Priority: 1,
          FixedRate: 1,
          ReservoirSize: 100,
        },
      }),
    );

    const program = runProgram('./traced-program.ts', [], {
      AWS_XRAY_DAEMON_ADDRESS: `tcp:127.0.0.1:${daemon.tcp} udp:127.0.0.1:${daemon.udp}`,
    });
    const [, port] = await program.line(/listening on (\d+)/);
    // Requests before the rules have arrived are sampled by the SDK's own rule, and each trace takes a second to arrive.
    const asked: string[] = [];
    const document = await eventually('a trace that names the rule', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      asked.push(((await response.json()) as { traceId: string }).traceId);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (let first = 0; first < asked.length; first += 5) {
        const { Traces } = await client.send(
          new BatchGetTracesCommand({ TraceIds: asked.slice(first, first + 5) }),
        );
        const documents = Traces!.flatMap(({ Segments }) =>
          Segments!.map(({ Document }) => JSON.parse(Document!)),
        );
        const ruled = documents.find(({ aws }) => aws?.xray?.rule_name);
        if (ruled) return ruled;
      }
      return undefined;
    });

    assert.equal(document.name, 'traced-program');
    assert.equal(document.aws.xray.rule_name, 'everything');
    assert.equal(document.aws.xray.sdk, 'X-Ray for Node.js');
    assert.deepEqual(document.subsegments[0].annotations, { kind: 'real' });
    await daemon.line(/Received request on HTTP Proxy server : \/GetSamplingRules$/);
  },
);
