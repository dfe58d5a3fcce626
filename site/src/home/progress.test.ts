import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { LabSummary, QuizStanding } from '@xray-lab/labs/server/contract';
import { progressView } from './progress.ts';

const lab = (id: string, more: Partial<LabSummary> = {}): LabSummary => ({
  id,
  title: id.toUpperCase(),
  summary: '',
  minutes: 15,
  level: 'beginner',
  maps: { c02: [], c03: [] },
  href: `/labs/${id}/`,
  started: false,
  active: false,
  score: 0,
  points: 100,
  passedSteps: 0,
  totalSteps: 4,
  ...more,
});
const begun = (id: string, passedSteps: number, more: Partial<LabSummary> = {}) =>
  lab(id, {
    started: true,
    passedSteps,
    score: passedSteps * 25,
    currentStep: `step ${passedSteps + 1}`,
    ...more,
  });
const attempt = (more: Partial<QuizStanding> = {}): QuizStanding => ({
  id: 'q1',
  mode: 'training',
  startedAt: 1,
  finished: true,
  answered: 13,
  total: 13,
  scaled: 760,
  verdict: 'borderline',
  ...more,
});

describe('where to go on', () => {
  const cases = [
    {
      name: 'a newcomer starts the first lab',
      labs: [lab('a'), lab('b')],
      label: 'Start: A',
      detail: '15 minutes, beginner',
    },
    {
      name: 'a lab that was begun is continued at its step',
      labs: [begun('a', 2), lab('b')],
      label: 'Continue: A',
      detail: '2 of 4 steps passed, next: step 3',
    },
    {
      name: 'of two that were begun, the one that was started last',
      labs: [begun('a', 2), begun('b', 0, { active: true })],
      label: 'Continue: B',
      detail: '0 of 4 steps passed, next: step 1',
    },
    {
      name: 'a lab that is done is not continued, although requests still count for it',
      labs: [begun('a', 4, { active: true }), lab('b')],
      label: 'Next lab: B',
      detail: '15 minutes, beginner',
    },
    {
      name: 'a lab that was left in the middle comes before one that was not begun',
      labs: [lab('a'), begun('b', 1), lab('c')],
      label: 'Continue: B',
      detail: '1 of 4 steps passed, next: step 2',
    },
    {
      name: 'when all are done, nothing is left',
      labs: [begun('a', 4)],
      label: 'All labs',
      detail: 'every lab is done',
    },
  ];
  for (const { name, labs, label, detail } of cases)
    test(name, () => {
      const { next } = progressView(labs, []);
      assert.deepEqual([next.label, next.detail], [label, detail]);
    });
});

test('labs done and points are counted over all labs, also those that were not begun', () => {
  const { labs, points, newcomer } = progressView([begun('a', 4), begun('b', 1), lab('c')], []);
  assert.deepEqual(labs, { done: 1, total: 3 });
  assert.deepEqual(points, { reached: 125, possible: 300 });
  assert.equal(newcomer, false);
});

describe('the quiz', () => {
  const quiz = (...attempts: QuizStanding[]) => progressView([lab('a')], attempts).quiz;
  test('the last result, and a link to its report', () =>
    assert.deepEqual(quiz(attempt(), attempt({ id: 'q0', scaled: 400 })), {
      label: '760 of 1,000',
      href: '/quiz/?attempt=q1',
      detail: 'borderline',
    }));
  test('an attempt that is not finished goes on', () =>
    assert.deepEqual(quiz(attempt({ finished: false, answered: 4 }), attempt({ id: 'q0' })), {
      label: 'Continue the quiz',
      href: '/quiz/?attempt=q1',
      detail: '4 of 13 questions answered',
    }));
  test('an attempt without an answer is no result, and its beginner a newcomer', () => {
    const opened = attempt({ finished: false, answered: 0 });
    assert.equal(quiz(opened), undefined);
    assert.equal(quiz(opened, attempt({ id: 'q0' }))?.href, '/quiz/?attempt=q0');
    assert.equal(progressView([lab('a')], [opened]).newcomer, true);
  });
  test('the highest result is written like the others', () =>
    assert.equal(quiz(attempt({ scaled: 1000, verdict: 'ready' }))?.label, '1,000 of 1,000'));
  test('who has only done the quiz is no newcomer', () =>
    assert.equal(progressView([lab('a')], [attempt()]).newcomer, false));
});
