/** A daemon, ours or AWS's own, and the X-Ray that it is run towards: the same for both, whoever watches. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { eventually } from '../harness.ts';

/** How a daemon is called, before its flags. */
export type DaemonCommand = readonly [program: string, ...args: string[]];

export const ourDaemon: DaemonCommand = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../../daemon/main.ts', import.meta.url)),
];

export interface Recorded {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An X-Ray that keeps what it is sent, and answers as told. */
export interface RecordingXRay {
  endpoint: string;
  /** `127.0.0.1:PORT` */
  address: string;
  requests: Recorded[];
  close(): void;
}

export interface DaemonProcess {
  port: number;
  /** `127.0.0.1:PORT` */
  address: string;
  /** Lines of both outputs so far. */
  lines: string[];
  /** Sends one datagram, and waits a little, so that datagrams arrive in their order. */
  send(bytes: string | Buffer): Promise<void>;
  /** Ends it with SIGTERM. Resolves to its exit code. */
  stop(): Promise<number | null>;
}

export interface LastWords {
  /** Null when it had to be ended. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Stage {
  recordingXRay(answer: (response: ServerResponse, request: Recorded) => void): Promise<RecordingXRay>;
  /** Starts the daemon on a free port with a cfg.yaml that names the endpoint; resolves when it listens. */
  startDaemon(endpoint: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<DaemonProcess>;
  /** Runs a daemon that ends by itself, in a folder with these files. */
  runToEnd(args: readonly string[], files?: Readonly<Record<string, string>>): Promise<LastWords>;
}

/** A region, and no questions to an instance. */
export const inRegion = ['-n', 'us-east-1', '-o'];

/** Longer than any daemon takes that ends by itself. */
const PATIENCE_MILLISECONDS = 10_000;

/** Runs `work` with a stage for this daemon, then ends and deletes whatever it has put there. */
export async function onStage<Result>(
  daemon: DaemonCommand,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const atEnd: (() => unknown)[] = [];
  const launch = (args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}) => {
    const [program, ...first] = daemon;
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
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    atEnd.push(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { child, ended };
  };
  const temporaryFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'xray-contract-'));
    atEnd.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  const stage: Stage = {
    async recordingXRay(answer) {
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
      atEnd.push(close);
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return { endpoint: `http://${address}`, address, requests, close };
    },

    async startDaemon(endpoint, args = inRegion, env = {}) {
      const folder = temporaryFolder();
      const config = join(folder, 'cfg.yaml');
      writeFileSync(config, `Version: 2\nEndpoint: "${endpoint}"\n`);
      const port = await freePort();
      const address = `127.0.0.1:${port}`;
      const usual = ['-m', '100', '-c', config, '-b', address, '-t', address];
      const { child, ended } = launch([...usual, ...args], folder, env);
      const lines: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (text) => lines.push(text));
      await eventually('the start of the daemon', async () => {
        if (child.exitCode !== null) throw new Error(`The daemon ended:\n${lines.join('\n')}`);
        // Any answer will do.
        const answers = await fetch(`http://${address}/started`).then(
          () => true,
          () => false,
        );
        return answers || undefined;
      });

      const socket = createSocket('udp4').unref();
      atEnd.push(() => socket.close());
      return {
        port,
        address,
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
    },

    async runToEnd(args, files = {}) {
      const folder = temporaryFolder();
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const { child, ended } = launch(args, folder);
      const texts = { stdout: '', stderr: '' };
      child.stdout.on('data', (chunk) => (texts.stdout += chunk));
      child.stderr.on('data', (chunk) => (texts.stderr += chunk));
      const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
      const code = await ended;
      clearTimeout(impatience);
      return { code, ...texts };
    },
  };
  try {
    return await work(stage);
  } finally {
    for (const end of atEnd.reverse()) await end();
  }
}
