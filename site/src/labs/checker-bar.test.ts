import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { LabProcess, LabRun, RunConditions, StepState } from '@xray-lab/labs/server/contract';
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

const process = (name: string, state: LabProcess['state']) => ({ name, state }) as LabProcess;
const wants = (state: RunConditions['state'], of: LabRun): LabRun => ({
  ...of,
  conditions: { state, ...(state !== 'as-wanted' && { says: 'Something is not as the run wants it.' }) },
});
const inTheMiddle = run(true, 50, 'passed', 'waiting');
const usual = { standing: '1 of 2 steps passed', next: '2. Step b' };
const off = {
  standing: 'A fault of the lab is off',
  next: '1 of 2 steps passed',
  notice: 'careful' as const,
};

const troubles = [
  {
    name: 'a service that crashed comes before how far one is',
    crashed: ['payment'],
    says: { standing: 'payment has crashed', next: '1 of 2 steps passed', notice: 'trouble' },
  },
  {
    name: 'two that crashed are both named',
    crashed: ['payment', 'order'],
    says: { standing: 'payment and order have crashed', next: '1 of 2 steps passed', notice: 'trouble' },
  },
  {
    name: 'more are counted',
    crashed: ['payment', 'order', 'gateway'],
    says: { standing: '3 services have crashed', next: '1 of 2 steps passed', notice: 'trouble' },
  },
  {
    name: 'the lab process comes back by itself and is told by the connection',
    crashed: ['lab'],
    says: usual,
  },
  {
    name: 'a crash is told before the start, too',
    of: run(false, 0, 'waiting', 'waiting'),
    crashed: ['payment'],
    says: { standing: 'payment has crashed', next: 'Start the lab: 2 steps', notice: 'trouble' },
  },
  { name: 'a fault of the lab that is off', of: wants('off', inTheMiddle), says: off },
  {
    name: 'a crash comes before a fault that is off',
    of: wants('off', inTheMiddle),
    crashed: ['payment'],
    says: { standing: 'payment has crashed', next: '1 of 2 steps passed', notice: 'trouble' },
  },
  {
    name: 'another lab that was started later',
    of: wants('elsewhere', inTheMiddle),
    says: { ...off, standing: 'Another lab has the shop' },
  },
  { name: 'a shop that is as the run wants it', of: wants('as-wanted', inTheMiddle), says: usual },
  {
    name: 'of a finished run nobody asks how the shop is',
    of: wants('off', run(true, 100, 'passed', 'passed')),
    says: { standing: 'All steps passed', next: '100 / 100 points' },
  },
];
for (const { name, of = inTheMiddle, crashed = [], says } of troubles)
  test(name, () => {
    const processes = [
      process('auth', 'running'),
      process('inventory', 'stopped'),
      ...crashed.map((one) => process(one, 'crashed')),
    ];
    assert.deepEqual(barText(of, false, processes), says);
  });

test('a lab that does not answer is told before all else', () => {
  assert.deepEqual(barText(inTheMiddle, true, [process('payment', 'crashed')]), {
    standing: 'Live checker',
    next: 'The lab does not answer',
  });
});
