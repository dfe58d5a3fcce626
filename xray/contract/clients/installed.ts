/** The official clients on this machine that are no npm package: which there are, and what to install where not. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** For `test(name, { skip }, …)`: false, or the sentence that says what to install. */
export type Skip = string | false;

const onPath = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

/** 1.29 and 2.13 are the first that know `AWS_ENDPOINT_URL_XRAY`. */
function awsCliMissing(): Skip {
  const { error, stdout, stderr } = spawnSync('aws', ['--version'], { encoding: 'utf8' });
  if (error) return 'no AWS CLI on this machine: pip install awscli';
  const version = /aws-cli\/(\d+)\.(\d+)/.exec(stdout + stderr);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  const isKnown = major > 2 || (major === 2 && minor >= 13) || (major === 1 && minor >= 29);
  return isKnown ? false : `the AWS CLI here is ${version?.[0]}: install 1.29, 2.13 or later`;
}

export const awsCliSkip: Skip = awsCliMissing();

/** A Python that has boto3: `PYTHON`, the one the AWS CLI runs on, or the first on the PATH. */
function findPythonWithBoto3(): string | undefined {
  const aws = onPath('aws');
  const besideAws = aws && join(dirname(realpathSync(aws)), 'python3');
  return [process.env['PYTHON'], besideAws, onPath('python3')].find(
    (python) => python && existsSync(python) && spawnSync(python, ['-c', 'import boto3']).status === 0,
  );
}

const python = findPythonWithBoto3();

export const boto3Skip: Skip = python ? false : 'no Python with boto3 on this machine: pip install boto3';

const credentials = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
};

/** The environment of a client that calls `endpoint`, whatever this machine is set up for. */
const environmentFor = (endpoint: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...credentials,
  AWS_ENDPOINT_URL_XRAY: endpoint,
});

export interface CliAnswer {
  exitCode: number;
  /** The parsed JSON; undefined for a command without output. */
  output: unknown;
  errors: string;
}

/** Runs `aws xray …` as a user would, with JSON for output. */
export async function awsXray(endpoint: string, ...args: string[]): Promise<CliAnswer> {
  const run = promisify(execFile)('aws', ['xray', ...args, '--output', 'json'], {
    env: environmentFor(endpoint),
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    const { stdout, stderr } = await run;
    return { exitCode: 0, output: stdout.trim() ? JSON.parse(stdout) : undefined, errors: stderr };
  } catch (error) {
    const { code, stderr } = error as { code?: number; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { exitCode: code, output: undefined, errors: stderr ?? '' };
  }
}

/**
 * Runs a Python program of this folder, with `input` as JSON on its standard input; its standard output is the
 * answer, as JSON. Throws with the traceback when it fails.
 */
export function runPython(program: string, input: unknown, endpoint: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const path = join(import.meta.dirname, program);
    const child = execFile(
      python!,
      [path],
      { env: environmentFor(endpoint), maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) =>
        error
          ? reject(new Error(`${program} failed:\n${stderr}`, { cause: error }))
          : resolve(JSON.parse(stdout)),
    );
    child.stdin!.end(JSON.stringify(input));
  });
}

/** X-Ray's service model as the installed botocore carries it. */
export function botocoreModel(): { version: string; service: unknown; paginators: unknown } {
  const program = `
import botocore, botocore.loaders, json
load = botocore.loaders.Loader().load_service_model
print(json.dumps({
    'version': botocore.__version__,
    'service': load('xray', 'service-2'),
    'paginators': load('xray', 'paginators-1'),
}))`;
  const stdout = execFileSync(python!, ['-c', program], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as { version: string; service: unknown; paginators: unknown };
}
