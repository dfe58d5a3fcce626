import { BatchGetTracesCommand } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eventually, onlyLocal, put, runApi, runProgram, segment, temporaryFolder } from './harness.ts';

const skip = onlyLocal;

/** Of the moments at which the API is killed. The failure of a test names it; DURABILITY_SEED tries it again. */
const seed = Number(process.env['DURABILITY_SEED'] ?? Date.now() % 1_000_000);
const senders = 4;

for (const { name, env, kills, longestPause } of [
  { name: 'what PutTraceSegments answered 200 for', env: {}, kills: 10, longestPause: 30 },
  // Some documents wait when the API is killed, others are on their way to the traces.
  {
    name: 'what waits for its time to be visible',
    env: { XRAY_VISIBILITY_DELAY: '1' },
    kills: 4,
    longestPause: 1200,
  },
]) {
  test(
    `${name} survives ${kills} kill -9, each at a random moment of the ingestion (seed ${seed})`,
    { skip },
    async () => {
      const storePath = join(temporaryFolder(), 'xray.sqlite');
      const random = randomFrom(seed);
      const acknowledged = new Map<string, string[]>();
      for (let kill = 1; kill <= kills; kill++) {
        const api = await runApi(storePath, env);
        const callsBefore = 1 + Math.floor(random() * 40);
        const millisecondsBetween = random() * longestPause;
        await sendUntilKilled(api, acknowledged, callsBefore, millisecondsBetween);

        const again = await runApi(storePath, { ...env, XRAY_PROFILE: 'lenient' });
        const lost = await eventually('every acknowledged document', async () =>
          (await lostOf(again.endpoint, acknowledged)).length === 0 ? [] : undefined,
        ).catch(() => lostOf(again.endpoint, acknowledged));
        assert.deepEqual(lost, [], `lost after kill ${kill}, seed ${seed}`);
        again.process.kill('SIGKILL');
        await once(again.process, 'exit');
      }
      assert.ok(acknowledged.size >= kills);
    },
  );
}

test(
  'the store and its log are for the user alone who runs the API',
  { skip: skip || (process.platform === 'win32' && 'there are no such bits on Windows') },
  async () => {
    const folder = temporaryFolder();
    const api = await runApi(join(folder, 'made', 'xray.sqlite'), {});
    const files = readdirSync(join(folder, 'made'));
    assert.ok(files.includes('xray.sqlite') && files.includes('xray.sqlite-wal'), String(files));
    const open = ['.', ...files].filter((name) => (statSync(join(folder, 'made', name)).mode & 0o077) !== 0);
    assert.deepEqual(open, []);
    api.process.kill('SIGKILL');
    await once(api.process, 'exit');
  },
);

/** Several senders; after so many answered calls, and a moment more, the API is killed while others are under way. */
async function sendUntilKilled(
  api: Awaited<ReturnType<typeof runApi>>,
  acknowledged: Map<string, string[]>,
  callsBefore: number,
  millisecondsMore: number,
): Promise<void> {
  let answered = 0;
  let isKilled = false;
  const sender = async () => {
    while (!isKilled) {
      // Two documents of each trace, so that a kill can fall between them.
      const segments = Array.from({ length: 10 }, () => segment());
      const both = segments.flatMap((one) => [one, segment({ trace_id: one.trace_id, parent_id: one.id })]);
      const isKept = await put(api.client, ...both).then(
        ({ UnprocessedTraceSegments }) => UnprocessedTraceSegments?.length === 0,
        () => false,
      );
      if (isKept) {
        for (const { trace_id: id } of segments) {
          acknowledged.set(
            id,
            both.filter((one) => one.trace_id === id).map((one) => one.id),
          );
        }
      }
      if (++answered !== callsBefore) continue;
      await setTimeout(millisecondsMore);
      isKilled = true;
      api.process.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  if (api.process.signalCode === null) await once(api.process, 'exit');
}

/** Ids of acknowledged documents that reads do not give back. */
async function lostOf(endpoint: string, acknowledged: ReadonlyMap<string, string[]>): Promise<string[]> {
  const found = new Set<string>();
  const ids = [...acknowledged.keys()];
  for (let first = 0; first < ids.length; first += 500) {
    let NextToken: string | undefined;
    do {
      const response = await fetch(`${endpoint}/Traces`, {
        method: 'POST',
        body: JSON.stringify({ TraceIds: ids.slice(first, first + 500), NextToken }),
      });
      assert.equal(response.status, 200);
      const page = (await response.json()) as {
        Traces: { Segments: { Id: string }[] }[];
        NextToken?: string;
      };
      for (const { Segments } of page.Traces) for (const { Id } of Segments) found.add(Id);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return [...acknowledged.values()].flat().filter((id) => !found.has(id));
}

/** Numbers from 0 up to 1, always the same ones for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
