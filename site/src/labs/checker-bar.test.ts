import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { LabRun, StepState } from '@xray-lab/labs/server/contract';
import { barText } from './checker-bar.ts';

const run = (started: boolean, score: number, ...states: StepState[]): LabRun => ({
  id: 'one',
  title: 'One',
  started,
  score,
  steps: states.map((state, index) => ({
    id: `s${index}`,
    title: `Step ${'abc'[index]}`,
    goal: '',
    kind: 'do',
    points: 50,
    state,
    earned: 0,
    attempts: 0,
    hints: [],
    hintsTotal: 3,
    solutionShown: false,
  })),
});

const cases = [
  { name: 'before the lab has answered', run: undefined, says: ['Live checker', 'Asking the lab'] },
  {
    name: 'when the lab does not answer, also after it did',
    run: run(true, 50, 'passed', 'waiting'),
    unreachable: true,
    says: ['Live checker', 'The lab does not answer'],
  },
  {
    name: 'before the start',
    run: run(false, 0, 'waiting', 'waiting'),
    says: ['Live checker', 'Start the lab: 2 steps'],
  },
  {
    name: 'in the middle: the step to work on, and its verdict where it has one',
    run: run(true, 50, 'passed', 'not-yet'),
    says: ['1 of 2 steps passed', '2. Step b · Not yet'],
  },
  {
    name: 'a step that was not tried has no verdict',
    run: run(true, 0, 'waiting', 'waiting'),
    says: ['0 of 2 steps passed', '1. Step a'],
  },
  {
    name: 'at the end',
    run: run(true, 100, 'passed', 'passed'),
    says: ['All steps passed', '100 / 100 points'],
  },
];
for (const { name, run: of, unreachable = false, says } of cases)
  test(name, () => {
    const { standing, next } = barText(of, unreachable);
    assert.deepEqual([standing, next], says);
  });
