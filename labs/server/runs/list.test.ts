import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { smallLab, testLab, type TestLab } from '../testing/test-lab.ts';

describe('the list of labs', () => {
  let lab: TestLab;
  beforeEach(async () => {
    lab = await testLab({
      labs: (verdicts) =>
        ['01-one', '02-two'].map((id) => ({ ...smallLab(verdicts), id, faults: [], edits: [] })),
    });
  });
  afterEach(() => lab.close());

  const list = () =>
    lab.runs
      .list()
      .map(({ started, active, score, points, passedSteps, currentStep }) => [
        started,
        active,
        `${score}/${points}`,
        passedSteps,
        currentStep,
      ]);

  test('before the start no lab is active, and none has a step to work on', () => {
    assert.deepEqual(list(), [
      [false, false, '0/100', 0, undefined],
      [false, false, '0/100', 0, undefined],
    ]);
  });

  test('of two that are started the one that was started last is active', async () => {
    await lab.runs.start('02-two');
    await lab.runs.start('01-one');
    assert.deepEqual(list(), [
      [true, true, '0/100', 0, 'See'],
      [true, false, '0/100', 0, 'See'],
    ]);
    await lab.runs.reset('01-one');
    assert.deepEqual(list(), [
      [false, false, '0/100', 0, undefined],
      [true, false, '0/100', 0, 'See'],
    ]);
  });

  test('the step to work on is the first that has not passed, and none at the end', async () => {
    await lab.runs.start('01-one');
    lab.verdicts.count = 'pass';
    await lab.runs.check('01-one', 'count', 3);
    assert.deepEqual(list()[0], [true, true, '30/100', 1, 'See']);
    lab.verdicts.see = 'pass';
    await lab.runs.check('01-one', 'see');
    assert.deepEqual(list()[0], [true, true, '80/100', 2, 'Name']);
    lab.verdicts.name = 'pass';
    await lab.runs.check('01-one', 'name', 'order → payment');
    assert.deepEqual(list()[0], [true, true, '100/100', 3, undefined]);
  });
});
