/** The programs under measurement, each as a process of its own on a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeFlagsOf } from '../scripts/supervisor/supervisor.ts';
import { processTable } from '../scripts/supervisor/table.ts';

export interface Running {
  endpoint: string;
  pid: number;
  /** Milliseconds from the start of the process to its first answer. */
  readyAfter: number;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

/** Runs `work` with a folder that is deleted afterwards. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'xray-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Our API on a store file. */
export async function startApi(storePath: string, settings: NodeJS.ProcessEnv = {}): Promise<Running> {
  const port = await freePort();
  const program = fileURLToPath(new URL('../xray/api/main.ts', import.meta.url));
  return started(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program],
    { PORT: String(port), XRAY_STORE: storePath, LOG_LEVEL: 'warn', ...settings },
    port,
    '/health',
  );
}

/** The API and the lab's own process, as the supervisor runs them, without the shop: nothing else is at work. */
export async function startApiAndLab(folder: string): Promise<{ api: Running; lab: Running }> {
  const [apiPort, labPort] = [await freePort(), await freePort()];
  const apiEndpoint = `http://127.0.0.1:${apiPort}`;
  const settings = { LAB_HOME: folder, LOG_LEVEL: 'warn', AWS_ENDPOINT_URL_XRAY: apiEndpoint };
  const asSupervised = async (name: string, port: number) => {
    const definition = processTable.find((each) => each.name === name)!;
    const program = fileURLToPath(new URL(`../${definition.program}`, import.meta.url));
    const env = { ...settings, PORT: String(port) };
    return started(process.execPath, [...nodeFlagsOf(definition), program], env, port, '/health');
  };
  const api = await asSupervised('xray-api', apiPort);
  try {
    return { api, lab: await asSupervised('lab', labPort) };
  } catch (error) {
    await api.kill();
    throw error;
  }
}

/** Where moto's server is looked for; MOTO_SERVER names another place. */
const motoFolder = join(tmpdir(), 'xray-lab-moto');
const motoServer = process.env['MOTO_SERVER'] ?? join(motoFolder, 'bin', 'moto_server');

/** moto's server, the X-Ray that most Python projects test against. Throws an Error that says how to install it. */
export async function startMoto(): Promise<Running> {
  if (!existsSync(motoServer)) {
    throw new Error(
      `The peer, moto's server, is not at ${motoServer}. Install it with: ` +
        `python3 -m venv ${motoFolder} && ${motoFolder}/bin/pip install 'moto[server]' ` +
        `– or name another moto_server in MOTO_SERVER.`,
    );
  }
  const port = await freePort();
  return started(motoServer, ['-H', '127.0.0.1', '-p', String(port)], {}, port, '/moto-api/data.json');
}

async function started(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  port: number,
  readyPath: string,
): Promise<Running> {
  const began = performance.now();
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(-2000)));
  const endpoint = `http://127.0.0.1:${port}`;
  while (!(await answers(`${endpoint}${readyPath}`))) {
    if (child.exitCode !== null) throw new Error(`${program} ended at its start: ${complaint}`);
    if (performance.now() - began > 120_000) throw new Error(`${program} does not answer on ${endpoint}.`);
    await sleep(10);
  }
  return { endpoint, pid: child.pid!, readyAfter: performance.now() - began, kill: () => kill(child, ended) };
}

async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
