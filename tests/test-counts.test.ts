import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './imports.ts';

const files = `
import { describe, test } from 'node:test';
test('passes', () => {});
test('is skipped', { skip: 'no browser' }, () => {});
describe('a suite that is skipped whole', { skip: 'no AWS CLI' }, () => {
  test('is not told', () => {});
});
describe('a suite that runs', () => {
  test('passes, too', () => {});
});
`;

test('what is skipped is counted with its reason, a whole suite as well: with CI=true it is a failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-counts-'));
  try {
    writeFileSync(join(folder, 'some.test.mjs'), files);
    const reporter = join(root, 'scripts/test-counts.mjs');
    // Without the variable by which node:test knows that it runs inside itself.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const stdout = execFileSync(
      process.execPath,
      ['--test', `--test-reporter=${reporter}`, 'some.test.mjs'],
      {
        cwd: folder,
        env,
        encoding: 'utf8',
      },
    );
    assert.deepEqual(JSON.parse(stdout), {
      passed: 2,
      failed: 0,
      skipped: ['is skipped: no browser', 'a suite that is skipped whole: no AWS CLI'],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
