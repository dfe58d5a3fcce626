import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { portOffsets, type StackName } from '../scripts/supervisor/port-offsets.ts';
import { root } from './imports.ts';

const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

/** A whole lab of a test's own: other ports, state in a scratch folder, the shop's sources in a scratch copy. */
export interface Stack {
  lab: string;
  xray: string;
  /** TCP: where SDKs ask for sampling rules. */
  daemon: string;
  dynamodb: string;
  gateway: string;
  /** The shop that runs: a scratch copy, which a test may edit, unless the repository's own was asked for. */
  sampleApp: string;
  home: string;
  environment: NodeJS.ProcessEnv;
  /** What `npm start -- --detach` printed. */
  output: string;
  /** `npm run lab -- ARGS`. Never throws; the exit code is part of the answer. */
  cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  stop(): Promise<void>;
}

/**
 * @param shop `copy`: a scratch copy, which the test may edit. `own`: the repository's, whose modules are compiled already, as a
 * learner's are.
 */
export function stackEnvironment(
  name: StackName,
  shop: 'copy' | 'own' = 'copy',
): { environment: NodeJS.ProcessEnv; home: string; sampleApp: string } {
  const folder = join(root, '.lab', 'tests', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const own = join(root, 'sample-app');
  const sampleApp = shop === 'own' ? own : join(folder, 'sample-app');
  if (shop === 'copy')
    cpSync(own, sampleApp, {
      recursive: true,
      filter: (path) => !/node_modules|\.test\.ts$/.test(path.slice(root.length)),
    });
  const home = join(folder, 'home');
  const { AWS_PROFILE: _profile, AWS_ENDPOINT_URL: _endpoint, ...rest } = process.env;
  return {
    home,
    sampleApp,
    environment: {
      ...rest,
      LAB_HOME: home,
      LAB_SAMPLE_APP: sampleApp,
      LAB_PORT_OFFSET: String(portOffsets[name]),
    },
  };
}

/** Runs a program (a path in the repository, or an absolute one) on this Node and collects what it prints. */
export async function runProgram(
  program: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...NODE_FLAGS, resolvePath(root, program), ...args], {
      env: environment,
      cwd: root,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** Starts a lab as `npm start -- --detach` does. Throws what it printed when it did not come up. */
export async function startStack(name: StackName, shop: 'copy' | 'own' = 'copy'): Promise<Stack> {
  const { environment, home, sampleApp } = stackEnvironment(name, shop);
  const cli: Stack['cli'] = (...args) => runProgram('labs/cli/lab.ts', args, environment);
  const { code, stdout, stderr } = await runProgram('scripts/start.ts', ['--detach'], environment);
  if (code !== 0) throw new Error(`The lab did not start (exit code ${code}):\n${stdout}${stderr}`);
  const at = (port: number) => `http://127.0.0.1:${port + portOffsets[name]}`;
  return {
    lab: at(4321),
    xray: at(2001),
    daemon: at(2000),
    dynamodb: at(8000),
    gateway: at(8080),
    sampleApp,
    home,
    environment,
    output: stdout,
    cli,
    stop: async () => {
      const down = await cli('down');
      if (down.code !== 0) throw new Error(`lab down failed: ${down.stdout}${down.stderr}`);
    },
  };
}

/** Asks until the answer is truthy. Throws with the last answer when it was not by the deadline. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  seconds = 15,
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, false | undefined | null | 0 | ''>;
      last = answer;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    await sleep(100);
  }
  throw new Error(`${what}: not within ${seconds} s. Last answer: ${String(last)}`);
}

/** The version of the AWS CLI on this machine, if it knows `AWS_ENDPOINT_URL_XRAY` (1.29 or 2.13 and later). */
export async function awsCli(): Promise<{ version: string } | { missing: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('aws', ['--version']);
    const version = /aws-cli\/(\d+)\.(\d+)\.(\d+)/.exec(stdout + stderr);
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
    if ((major === 1 && minor >= 29) || (major === 2 && minor >= 13) || major > 2)
      return { version: version![0] };
    return {
      missing: `the AWS CLI is ${version?.[0]}; 1.29 or 2.13 is the first that knows AWS_ENDPOINT_URL_XRAY`,
    };
  } catch {
    return { missing: 'no AWS CLI on this machine: pip install awscli' };
  }
}
