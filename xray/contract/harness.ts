/**
 * Where the contract's facts are tried. By default against our API, in this process, on a free port, with an empty
 * store; with REMOTE=1 against AWS X-Ray in the account and region of the environment.
 */
import {
  XRayClient,
  type PutTraceSegmentsCommandOutput,
  PutTraceSegmentsCommand,
} from '@aws-sdk/client-xray';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { createApi, type ApiOptions } from '../api/server.ts';
import { newEntityId, newTraceId } from '../model/index.ts';
import type { Segment } from '../model/vocabulary.ts';
import { openStore } from '../store/sqlite/index.ts';
import type { Store } from '../store/store.ts';

/** For facts that need a process or a file of ours: `test(name, { skip: onlyLocal }, …)`. */
export const onlyLocal = process.env['REMOTE'] === '1' && 'needs the local X-Ray';

export const now = () => Date.now() / 1000;

export const newTrace = () => newTraceId(now(), Math.random);
export const newId = () => newEntityId(Math.random);

/** A finished segment of one second, started ten seconds ago. */
export function segment(members: Partial<Segment> = {}): Segment {
  const start = Math.round((now() - 10) * 1000) / 1000;
  return {
    trace_id: newTrace(),
    id: newId(),
    name: 'shop',
    start_time: start,
    end_time: start + 1,
    ...members,
  };
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A client for an endpoint; without one, for AWS. */
export const clientFor = (endpoint: string | undefined) =>
  new XRayClient(endpoint === undefined ? {} : { endpoint, region: 'us-east-1', credentials });

export const put = (client: XRayClient, ...segments: object[]): Promise<PutTraceSegmentsCommandOutput> =>
  client.send(
    new PutTraceSegmentsCommand({ TraceSegmentDocuments: segments.map((one) => JSON.stringify(one)) }),
  );

export interface Backend {
  client: XRayClient;
  /** Undefined against AWS. */
  endpoint: string | undefined;
  store: Store | undefined;
}

/** One backend for the tests of a file; closed after them. `options` count for the local one only. */
export async function startBackend(options: Partial<ApiOptions> = {}): Promise<Backend> {
  if (onlyLocal) return { client: clientFor(undefined), endpoint: undefined, store: undefined };

  const store = openStore(':memory:');
  const server = createServer(createApi({ store, now, log: pino({ level: 'silent' }), ...options }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = clientFor(endpoint);
  after(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
    store.close();
  });
  return { client, endpoint, store };
}

/**
 * Where the tests of a file note the names of what they make: in an account it is removed after them; the local store is
 * gone with this process.
 */
export function removedAfter(remove: (name: string) => Promise<unknown>): string[] {
  const names: string[] = [];
  after(async () => {
    if (!onlyLocal) return;
    for (const name of names) await remove(name).catch(() => {});
  });
  return names;
}

/** A folder that is deleted after the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xray-contract-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Program {
  process: ChildProcess;
  /** Everything printed so far. */
  lines: string[];
  /** Resolves to the first line, past or future, that matches. Rejects when the program ends or is silent too long. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs one of our programs as a process of its own; stopped after the tests. */
export function runProgram(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Program {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL(path, import.meta.url)), ...args],
    { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  after(() => void child.kill('SIGKILL'));
  // Not when it exits: its last words may still be on their way then.
  let hasEnded = false;
  child.once('close', () => (hasEnded = true));

  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => lines.push(text));
  }
  return {
    process: child,
    lines,
    line: (pattern) =>
      eventually(`a line like ${pattern} from ${path}`, () => {
        for (const text of lines) {
          const match = pattern.exec(text);
          if (match) return match;
        }
        if (hasEnded)
          throw new Error(`${path} ended (${child.exitCode ?? child.signalCode}):\n${lines.join('\n')}`);
        return undefined;
      }),
  };
}

/** Asks again and again until there is an answer. Rejects after ten seconds, naming what was waited for. */
export async function eventually<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ten seconds in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The API as a process, on a free port. */
export async function runApi(
  storePath: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Program & { endpoint: string; client: XRayClient }> {
  const program = runProgram('../api/main.ts', [], { PORT: '0', XRAY_STORE: storePath, ...env });
  const [, port] = await program.line(/"port":(\d+).*"msg":"listening"/);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = clientFor(endpoint);
  after(() => client.destroy());
  return { ...program, endpoint, client };
}

/** The daemon as a process, on free ports. */
export async function runDaemon(
  endpoint: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Program & { udp: number; tcp: number }> {
  const program = runProgram(
    '../daemon/main.ts',
    ['-b', '127.0.0.1:0', '-t', '127.0.0.1:0', '-l', 'debug', '-o'],
    {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_XRAY: endpoint,
      ...env,
    },
  );
  const [, udp] = await program.line(/Listening on UDP 127\.0\.0\.1:(\d+)/);
  const [, tcp] = await program.line(/Listening on TCP 127\.0\.0\.1:(\d+)/);
  return { ...program, udp: Number(udp), tcp: Number(tcp) };
}
