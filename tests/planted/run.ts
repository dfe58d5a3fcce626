import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../imports.ts';
import type { Defect } from './defect.ts';

export interface Outcome {
  name: string;
  outcome: 'pass' | 'fail' | 'skipped';
  /** Whether it failed by its own code, not because a hook or another test did. */
  own: boolean;
  why: string;
}

/** How the tests of a file ended, and what the program said, for when there are none. */
export interface Run {
  outcomes: Outcome[];
  said: string;
}

const TIMEOUT_MILLISECONDS = 60_000;

/**
 * Runs tests of one file in a process of its own.
 * @param names whole names of tests; all when there is none.
 * @param defect planted into that process and those it starts.
 */
export async function runTests(file: string, names: readonly string[], defect?: Defect): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-planted-'));
  const outcomesFile = join(folder, 'outcomes');
  try {
    const said = await program(
      [
        '--disable-warning=ExperimentalWarning',
        // A test that failed may leave a server open.
        '--test-force-exit',
        ...names.map((name) => `--test-name-pattern=/^${escaped(name)}$/`),
        `--test-reporter=${pathToFileURL(join(root, 'tests/planted/outcomes.mjs')).href}`,
        `--test-reporter-destination=${outcomesFile}`,
        file,
      ],
      environment(defect),
    );
    return { outcomes: read(outcomesFile), said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function environment(defect: Defect | undefined): NodeJS.ProcessEnv {
  // Node's runner tells its children by this variable to report to it, in its own format.
  const { NODE_TEST_CONTEXT: _context, ...own } = process.env;
  if (!defect) return own;
  const preload = pathToFileURL(join(root, 'tests/planted/plant.mjs')).href;
  return {
    ...own,
    NODE_OPTIONS: `${own.NODE_OPTIONS ?? ''} --import=${preload}`.trim(),
    PLANTED_DEFECT: JSON.stringify({
      url: pathToFileURL(join(root, defect.file)).href,
      replace: defect.replace,
      by: defect.with,
    }),
  };
}

function program(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, timeout: TIMEOUT_MILLISECONDS });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    child.on('close', () => resolve(said));
  });
}

function read(file: string): Outcome[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Outcome);
  } catch {
    return [];
  }
}
