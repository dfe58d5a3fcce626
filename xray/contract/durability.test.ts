import { BatchGetTracesCommand, paginateGetTraceSummaries } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { now, onlyLocal, put, runApi, runProgram, segment, temporaryFolder } from './harness.ts';

const skip = onlyLocal;

test('what PutTraceSegments answered 200 for survives kill -9', { skip }, async () => {
  const storePath = join(temporaryFolder(), 'xray.sqlite');
  const api = await runApi(storePath);

  const answered: string[] = [];
  let isKilled = false;
  const senders = Array.from({ length: 4 }, async () => {
    while (!isKilled) {
      const segments = Array.from({ length: 50 }, () => segment());
      const isKept = await put(api.client, ...segments).then(
        () => true,
        () => false,
      );
      if (isKept) answered.push(...segments.map(({ trace_id }) => trace_id));
      // Right behind an answer, while other calls are under way.
      if (answered.length >= 2000 && !isKilled) {
        isKilled = true;
        api.process.kill('SIGKILL');
      }
    }
  });
  await once(api.process, 'exit');
  await Promise.all(senders);

  const { client } = await runApi(storePath);
  const query = { StartTime: new Date((now() - 300) * 1000), EndTime: new Date((now() + 60) * 1000) };
  const kept = new Set<string>();
  for await (const page of paginateGetTraceSummaries({ client }, query)) {
    for (const { Id } of page.TraceSummaries!) kept.add(Id!);
  }
  const lost = answered.filter((id) => !kept.has(id));
  assert.equal(answered.length >= 2000, true);
  assert.deepEqual(lost, []);
});

test('on SIGTERM the API closes its store and leaves with 0', { skip }, async () => {
  const storePath = join(temporaryFolder(), 'xray.sqlite');
  const api = await runApi(storePath);
  const sent = segment();
  await put(api.client, sent);
  api.process.kill('SIGTERM');
  const [code] = await once(api.process, 'exit');
  assert.equal(code, 0);

  const { client } = await runApi(storePath);
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [sent.trace_id] }));
  assert.equal(Traces?.length, 1);
});

test('GET /health says when the API is ready', { skip }, async () => {
  const { endpoint } = await runApi(':memory:');
  assert.deepEqual(await (await fetch(`${endpoint}/health`)).json(), { status: 'ok' });
});

async function endOf(env: NodeJS.ProcessEnv): Promise<{ code: number; text: string }> {
  const program = runProgram('../api/main.ts', [], { PORT: '0', XRAY_STORE: ':memory:', ...env });
  const [code] = await once(program.process, 'close');
  return { code, text: program.lines.join('\n') };
}

test('a port that is taken ends the API with one sentence', { skip }, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  assert.deepEqual(await endOf({ PORT: String(port) }), {
    code: 1,
    text: `xray-api: Port ${port} on 127.0.0.1 is taken. Stop the process that listens there, or choose another one in PORT.`,
  });
});

test('a store that is damaged ends the API with one sentence', { skip }, async () => {
  const path = join(temporaryFolder(), 'xray.sqlite');
  writeFileSync(path, 'no database '.repeat(1000));
  assert.deepEqual(await endOf({ XRAY_STORE: path }), {
    code: 1,
    text: `xray-api: X-Ray's store ${path} cannot be opened: it is not a SQLite file. Move it away (a new one is made at the next start), or name another file in XRAY_STORE.`,
  });
});

for (const [name, value] of [
  ['PORT', 'abc'],
  ['XRAY_PROFILE', 'strict'],
  ['LOG_LEVEL', 'loud'],
] as const) {
  test(`${name}=${value} ends the API with one sentence that names it`, { skip }, async () => {
    const { code, text } = await endOf({ [name]: value });
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^xray-api: ${name} is "${value}"\\. Set it to .*\\.$`));
  });
}
