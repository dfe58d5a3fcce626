/**
 * `npm run xray`: the X-Ray API and the daemon alone, for services and tests of yours, until Ctrl-C. Their settings are read
 * from the environment as ever; `LAB_PORT_OFFSET` moves both ports.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { terminalText } from '../xray/terminal-text.ts';
import { isListening } from './listening.ts';
import { nodeFlagsOf } from './supervisor/supervisor.ts';
import { portOf, processNamed, setUpFromEnvironment, type ProcessDefinition } from './supervisor/table.ts';

const PATIENCE_MILLISECONDS = 30_000;
const HOST = '127.0.0.1';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const children: ChildProcess[] = [];
let isEnding = false;

async function end(code: number): Promise<never> {
  isEnding = true;
  const alive = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    alive.map((child) => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      return gone;
    }),
  );
  if (code === 0) process.stdout.write('Stopped.\n');
  process.exit(code);
}

async function run(
  definition: ProcessDefinition,
  args: readonly string[],
  environment: Record<string, string>,
  isHealthy: () => Promise<boolean>,
): Promise<void> {
  const { name, role } = definition;
  const child = spawn(
    process.execPath,
    [...nodeFlagsOf(definition), join(root, definition.program), ...args],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    },
  );
  children.push(child);
  child.on('exit', (code, signal) => {
    if (isEnding) return;
    // Ctrl-C reaches it as well, perhaps before us.
    if (code === 0) return void end(0);
    process.stderr.write(
      `${role} (${name}) has ended${signal ? ` by ${signal}` : ` with exit code ${code}`}; stopping.\n`,
    );
    void end(1);
  });
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!isEnding && !(await isHealthy())) {
    if (Date.now() > deadline) {
      process.stderr.write(`${role} does not answer after ${PATIENCE_MILLISECONDS / 1000} s; stopping.\n`);
      await end(1);
    }
    await sleep(50);
  }
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!isEnding) void end(0);
  });
}

try {
  const setUp = setUpFromEnvironment(root, process.env);
  const [api, daemon] = [processNamed('xray-api'), processNamed('xray-daemon')];
  const [apiPort, daemonPort] = [portOf(api, setUp), portOf(daemon, setUp)];
  const endpoint = `http://${HOST}:${apiPort}`;
  const {
    AWS_REGION = 'us-east-1',
    AWS_ACCESS_KEY_ID = 'local',
    AWS_SECRET_ACCESS_KEY = 'local',
  } = process.env;
  const { LOG_LEVEL = 'warn' } = process.env;
  const account = { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };

  for (const [{ role }, port, variable] of [
    [api, apiPort, 'AWS_ENDPOINT_URL_XRAY'],
    [daemon, daemonPort, 'AWS_XRAY_DAEMON_ADDRESS'],
  ] as const) {
    if (!(await isListening(HOST, port))) continue;
    throw new Error(
      `Port ${port}, where ${role} would listen, is taken: by a lab that runs, perhaps, which has both already (${variable}). ` +
        'Stop it, or move ours: LAB_PORT_OFFSET=1000 npm run xray',
    );
  }
  await run(api, [], { ...account, LOG_LEVEL, HOST, PORT: String(apiPort) }, () =>
    answers(`${endpoint}/health`),
  );
  const address = `${HOST}:${daemonPort}`;
  await run(
    daemon,
    // Local mode: no EC2 instance is asked who it is.
    ['-o', '-l', 'warn', '-b', address, '-t', address],
    { ...account, AWS_ENDPOINT_URL_XRAY: endpoint },
    () => isListening(HOST, daemonPort),
  );
  if (!isEnding) {
    process.stdout.write(`
A local X-Ray is ready.

  X-Ray API      ${endpoint}
  X-Ray daemon   ${address} (UDP and TCP)

For whatever calls X-Ray (services, SDKs, the AWS CLI), in its shell:

  export AWS_ENDPOINT_URL_XRAY=${endpoint} AWS_XRAY_DAEMON_ADDRESS=${address}
  export AWS_REGION=${AWS_REGION} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

Ctrl-C stops both.
`);
  }
} catch (error) {
  process.stderr.write(`${terminalText(error instanceof Error ? error.message : String(error))}\n`);
  await end(1);
}
