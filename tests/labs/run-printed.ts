import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../imports.ts';

/** A running lab that printed commands are run against. */
export interface PrintedLab {
  /** By how much its ports are moved; the texts print those of an offset of 0. */
  portOffset: number;
  /** Its `$LAB_HOME`. */
  home: string;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Ports that the texts print. */
const PRINTED_PORTS = /(?<=127\.0\.0\.1:)(?:2001|4321|8000|8080)\b/g;

/**
 * Runs commands in a new shell that knows nothing: `env -i PATH="$PATH" HOME="$(mktemp -d)" bash`. Only where the lab
 * is, is said, because a test's is not where the texts have it.
 * @param extra variables that the shell has all the same
 * @param awsConfig what stands in `~/.aws/config`
 */
export async function inFreshShell(
  { portOffset, home }: PrintedLab,
  commands: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  awsConfig?: string,
): Promise<Ran> {
  const newHome = mkdtempSync(join(tmpdir(), 'fresh-shell-'));
  if (awsConfig !== undefined) {
    mkdirSync(join(newHome, '.aws'));
    writeFileSync(join(newHome, '.aws', 'config'), awsConfig);
  }
  const script = commands.join('\n').replaceAll(PRINTED_PORTS, (port) => String(Number(port) + portOffset));
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: newHome,
    LAB_PORT_OFFSET: String(portOffset),
    LAB_HOME: home,
    ...extra,
  };
  try {
    return await new Promise<Ran>((resolve) => {
      execFile(
        'bash',
        ['-eo', 'pipefail', '-c', script],
        { cwd: root, env: variables, timeout: 60_000, maxBuffer: 256 * 2 ** 20 },
        (error, stdout, stderr) => {
          const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
          resolve({ code, stdout, stderr });
        },
      );
    });
  } finally {
    rmSync(newHome, { recursive: true, force: true });
  }
}

/** Takes requests on the loopback address and writes down what was asked of whom. */
export async function recorder(): Promise<{
  url: string;
  requests: { line: string; headers: string }[];
  close(): Promise<void>;
}> {
  const requests: { line: string; headers: string }[] = [];
  const note = ({ method, url, headers }: IncomingMessage) =>
    requests.push({ line: `${method} ${url}`, headers: JSON.stringify(headers) });
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  // What a client of HTTPS asks of a proxy first.
  server.on('connect', (request: IncomingMessage, socket) => {
    note(request);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
