/**
 * `npm test -- planted`: every defect of `defects/` is planted in turn, and the test that exists to notice it must go red
 * by its name. A test that stays green guards nothing. Sources are replaced while they are loaded; no file is touched.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../imports.ts';
import type { Defect } from './defect.ts';
import { defects } from './defects/index.ts';
import { runTests, type Outcome, type Run } from './run.ts';

const namesOf = (file: string) => [
  ...new Set(defects.flatMap(({ red }) => (red.file === file && red.test !== '?' ? [red.test] : []))),
];

/** The tests of a file that are named here, without any defect: once for all defects they notice. */
const healthy = new Map<string, Promise<Run>>();
function withoutDefect(file: string): Promise<Run> {
  const running = healthy.get(file) ?? runTests(file, namesOf(file));
  healthy.set(file, running);
  return running;
}

const named = ({ outcomes }: Run, name: string) => outcomes.filter((each) => each.name === name);
const inWords = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ name, outcome, why }) => `${outcome}: ${name}${why ? ` (${why})` : ''}`).join('\n');

function assertFits({ file, replace, with: by }: Defect): void {
  const times = readFileSync(join(root, file), 'utf8').split(replace).length - 1;
  assert.equal(times, 1, `this text stands ${times} times in ${file}; write the defect anew:\n${replace}`);
  assert.notEqual(by, replace, 'the defect changes nothing');
}

async function assertRed(defect: Defect): Promise<void> {
  const { red } = defect;
  assertFits(defect);
  if (red.test === '?') {
    const { outcomes, said } = await runTests(red.file, [], defect);
    const failed = outcomes.filter(({ outcome, own }) => outcome === 'fail' && own);
    assert.fail(`name one of the tests that go red in ${red.file}:\n${inWords(failed) || said}`);
  }
  const before = named(await withoutDefect(red.file), red.test);
  const where = `"${red.test}" in ${red.file}`;
  assert.ok(before.length > 0, `no test is called ${where}`);
  assert.ok(
    before.every(({ outcome }) => outcome === 'pass'),
    `without the defect: ${inWords(before)}`,
  );

  const run = await runTests(red.file, [red.test], defect);
  const planted = named(run, red.test);
  assert.ok(
    planted.length > 0,
    `with the defect ${where} did not run: ${inWords(run.outcomes)}\n${run.said}`,
  );
  assert.ok(
    planted.some(({ outcome, own }) => outcome === 'fail' && own),
    `with the defect: ${inWords(planted)}`,
  );
}

describe('a planted defect is noticed', { concurrency: availableParallelism() }, () => {
  for (const defect of defects) test(defect.name, { timeout: 120_000 }, () => assertRed(defect));

  test('each has a name of its own', () => {
    const names = defects.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    );
  });
});
