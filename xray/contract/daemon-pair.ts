/** Our daemon and AWS's own, run the same way towards the same recording X-Ray, for tests that hold one against the other. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { eventually, onlyLocal, temporaryFolder } from './harness.ts';

const official = process.env['OFFICIAL_XRAY_DAEMON'] ?? '';

/** For `test(name, { skip }, …)`: what to do where AWS's daemon is not there. */
export const withoutOfficial =
  onlyLocal ||
  (!existsSync(official) &&
    'AWS’s own X-Ray daemon is not here: put the path of its program into OFFICIAL_XRAY_DAEMON');

export const kinds = ['ours', 'official'] as const;
export type Kind = (typeof kinds)[number];

const commands: Record<Kind, readonly [string, ...string[]]> = {
  ours: [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL('../daemon/main.ts', import.meta.url)),
  ],
  official: [official],
};

export interface Recorded {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An X-Ray that keeps what it is sent, and answers as told. */
export async function recordingXRay(answer: (response: ServerResponse, request: Recorded) => void) {
  const requests: Recorded[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  after(close);
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

export interface DaemonProcess {
  port: number;
  /** Sends one datagram, and waits a little, so that datagrams arrive in their order. */
  send(bytes: string | Buffer): Promise<void>;
  /** Lines of both outputs so far. */
  lines: string[];
  /** Ends it with SIGTERM. Resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** A region, and no questions to an instance. */
export const inRegion = ['-n', 'us-east-1', '-o'];

/** Starts a daemon on a free port with a cfg.yaml that names the endpoint; resolves when it listens. */
export async function startDaemon(
  kind: Kind,
  endpoint: string,
  args: readonly string[] = inRegion,
  env: NodeJS.ProcessEnv = {},
): Promise<DaemonProcess> {
  const folder = temporaryFolder();
  const config = join(folder, 'cfg.yaml');
  writeFileSync(config, `Version: 2\nEndpoint: "${endpoint}"\n`);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const usual = ['-m', '100', '-c', config, '-b', address, '-t', address];
  const { child, lines, ended } = launch(kind, [...usual, ...args], folder, env);
  await eventually(`the start of the daemon (${kind})`, async () => {
    if (child.exitCode !== null) throw new Error(`The daemon (${kind}) ended:\n${lines.join('\n')}`);
    // Any answer will do, and a line of the log tells that it is this daemon that gives it.
    const answers = await fetch(`http://${address}/started`).then(
      () => true,
      () => false,
    );
    return answers || undefined;
  });

  const socket = createSocket('udp4').unref();
  after(() => socket.close());
  return {
    port,
    lines,
    async send(bytes) {
      await new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs a daemon that ends by itself; one that does not is ended after a while, and its code is null. */
export async function runToEnd(
  kind: Kind,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { child, ended } = launch(kind, args, folder);
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (texts.stdout += chunk));
  child.stderr.on('data', (chunk) => (texts.stderr += chunk));
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const code = await ended;
  clearTimeout(impatience);
  return { code, ...texts };
}

function launch(kind: Kind, args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}) {
  const [program, ...first] = commands[kind];
  const child = spawn(program, [...first, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  after(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (text) => lines.push(text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, lines, ended };
}
