import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { CheckResult, LabRun, StepState, StepView } from '@xray-lab/labs/server/contract';
import { answerOf } from './answer.ts';
import { currentStep, newlyPassed, shownVerdict, standing } from './checker.ts';

const step = (id: string, state: StepState, points = 10): StepView => ({
  id,
  title: id,
  goal: '',
  kind: 'do',
  points,
  state,
  earned: 0,
  attempts: 0,
  hints: [],
  hintsTotal: 3,
  solutionShown: false,
});
const run = (...steps: StepView[]): LabRun => ({ id: 'one', title: 'One', started: true, score: 0, steps });

test('a run is finished when each of its steps has passed, and a run without steps never', () => {
  assert.deepEqual(standing(run(step('a', 'passed', 30), step('b', 'not-yet', 70))), {
    passed: 1,
    possible: 100,
    finished: false,
  });
  assert.equal(standing(run(step('a', 'passed'), step('b', 'passed'))).finished, true);
  assert.equal(standing(run()).finished, false);
});

test('the step to work on is the first that has not passed, also behind one that was left out', () => {
  assert.equal(currentStep(run(step('a', 'passed'), step('b', 'waiting'), step('c', 'passed')))?.id, 'b');
  assert.equal(currentStep(run(step('a', 'passed'), step('b', 'passed')))?.id, 'b');
  assert.equal(currentStep(run()), undefined);
  assert.equal(currentStep(run(step('a', 'skipped'), step('b', 'waiting')))?.id, 'b');
  assert.equal(currentStep(run(step('a', 'skipped'), step('b', 'passed')))?.id, 'a');
});

test('a step that had passed before, or was not known, has not just passed', () => {
  const before = run(step('a', 'passed'), step('b', 'not-yet'));
  const now = run(step('a', 'passed'), step('b', 'passed'), step('c', 'passed'));
  assert.deepEqual(
    newlyPassed(before, now).map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual(newlyPassed(undefined, now), []);
});

const seconds = { kind: 'answer', answerForm: { type: 'number', label: '', unit: 's' } } as const;
const text = { kind: 'answer', answerForm: { type: 'value', label: '' } } as const;
const filter = { kind: 'answer', answerForm: { type: 'filter', label: '' } } as const;
const cases = [
  { name: 'a number is what it means in the unit of the form', step: seconds, typed: ' 3000 ms ', value: 3 },
  { name: 'a number in words is a number', step: seconds, typed: 'three seconds', value: 3 },
  { name: 'a text of digits stays a text', step: text, typed: '0012', value: '0012' },
  {
    name: 'a filter loses the shell around it',
    step: filter,
    typed: `--filter-expression 'ok'`,
    value: 'ok',
  },
  { name: 'a step that asks nothing has no answer', step: { kind: 'do' }, typed: '6', value: undefined },
] as const;
for (const { name, step: asked, typed, value } of cases)
  test(name, () =>
    assert.deepEqual([answerOf(asked, typed).value, answerOf(asked, typed).problem], [value, undefined]),
  );

test('what can not be handed in says why, and is not sent', () => {
  assert.match(answerOf(seconds, '2 or 3').problem ?? '', /choice of numbers/);
  assert.match(answerOf(seconds, ' ').problem ?? '', /no number/);
  assert.match(answerOf(text).problem ?? '', /no answer/);
});

test('a step that has passed shows the refusal of an answer that is tried afterwards, and stays passed', () => {
  const result = (verdict: CheckResult['verdict']): CheckResult => ({
    verdict,
    why: verdict,
    lookedFor: '',
    found: '',
    traceIds: [],
    checkedAt: 1,
  });
  const passed = { state: 'passed' as const, last: result('pass') };
  const shown = (asked?: CheckResult) => {
    const { result: one, staysPassed } = shownVerdict(passed, asked) ?? {};
    return [one?.verdict, staysPassed];
  };
  assert.deepEqual(shown(result('fail')), ['fail', true]);
  assert.deepEqual(shown(result('cannot-tell')), ['cannot-tell', true]);
  assert.deepEqual(shown(result('pass')), ['pass', false]);
  assert.deepEqual(shown(), ['pass', false]);

  const refused = { state: 'not-yet' as const, last: result('fail') };
  assert.deepEqual(shownVerdict(refused, undefined), { result: refused.last, staysPassed: false });
  assert.equal(shownVerdict({ state: 'waiting' }, undefined), undefined);
});
