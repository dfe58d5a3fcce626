/**
 * `npm test`: every suite, one after the other, then `N passed, N failed`. `npm test -- unit e2e` runs the named ones.
 * A test that cannot run here (no browser, no AWS CLI) is skipped with a sentence on what to install; with `CI=true`
 * that is a failure.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Suite {
  files: string[];
  /** Suites that start the whole lab run one file at a time. */
  concurrency: number;
  /** Part of `npm test`; the others are asked for by name. */
  byDefault: boolean;
}

/** Folders whose tests are a suite of their own, by the wider suites that leave them out: nothing runs twice. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  unit: ['xray/contract/'],
  contract: ['xray/contract/clients/'],
};

const workspaces = '{xray,sample-app,labs,quiz,site,scripts,bench}';

const suites: Record<string, Suite> = {
  unit: { files: ['tests/*.test.ts', `${workspaces}/**/*.test.ts`], concurrency: 2, byDefault: true },
  planted: { files: ['tests/planted/**/*.test.ts'], concurrency: 1, byDefault: true },
  contract: { files: ['xray/contract/**/*.test.ts'], concurrency: 1, byDefault: true },
  clients: { files: ['xray/contract/clients/**/*.test.ts'], concurrency: 1, byDefault: true },
  journey: { files: ['tests/journey/**/*.test.ts'], concurrency: 1, byDefault: true },
  faults: { files: ['tests/faults/**/*.test.ts'], concurrency: 1, byDefault: true },
  labs: { files: ['tests/labs/**/*.test.ts'], concurrency: 1, byDefault: true },
  e2e: { files: ['tests/e2e/**/*.test.ts'], concurrency: 1, byDefault: true },
  soak: { files: ['tests/soak/**/*.test.ts'], concurrency: 1, byDefault: false },
  compose: { files: ['tests/compose/**/*.test.ts'], concurrency: 1, byDefault: false },
};

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

function filesOf(name: string): string[] {
  const exclude = (path: string) => /(^|\/)(node_modules|dist)(\/|$)/.test(path);
  const files = suites[name]!.files.flatMap((pattern) => globSync(pattern, { cwd: root, exclude }));
  return files.filter((file) => !leftOut[name]?.some((folder) => file.startsWith(folder)));
}

async function run(name: string): Promise<Counts> {
  const files = filesOf(name);
  if (files.length === 0)
    throw new Error(`The suite ${name} has no test file: ${suites[name]!.files.join(', ')}.`);
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-test-'));
  const countsFile = join(folder, 'counts.json');
  process.stdout.write(`\n── ${name} (${files.length} files)\n`);
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      const child = spawn(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          '--test',
          `--test-concurrency=${suites[name]!.concurrency}`,
          '--test-reporter=spec',
          '--test-reporter-destination=stdout',
          `--test-reporter=${join(root, 'scripts/test-counts.mjs')}`,
          `--test-reporter-destination=${countsFile}`,
          ...files,
        ],
        { cwd: root, stdio: 'inherit' },
      );
      child.on('exit', resolve);
    });
    const counts = JSON.parse(readFileSync(countsFile, 'utf8')) as Counts;
    // A runner that failed although no test did (a file that could not be loaded, a leak) is a failure of its own.
    if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites[name]);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no suite ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.\n`,
  );
  process.exit(2);
}

const names = asked.length > 0 ? asked : Object.keys(suites).filter((name) => suites[name]!.byDefault);
const total: Counts = { passed: 0, failed: 0, skipped: [] };
for (const name of names) {
  const started = Date.now();
  const counts = await run(name);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped);
  process.stdout.write(
    `── ${name}: ${counts.passed} passed, ${counts.failed} failed in ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
}

const inCi = process.env.CI === 'true';
if (total.skipped.length > 0) {
  process.stdout.write(
    `\n${inCi ? 'Not run, which CI does not allow' : 'Skipped here'}:\n${total.skipped.map((line) => `  ${line}\n`).join('')}`,
  );
  if (inCi) total.failed += total.skipped.length;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
