import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { KeptEdits, LabRun, StepView } from '@xray-lab/labs/server/contract';
import { bringsBack, losses, setLine } from './kept-edits.ts';

const step = (state: StepView['state']) => ({ state, points: 50 }) as StepView;
const run = (score: number, ...states: StepView['state'][]) =>
  ({ id: 'one', title: 'One', started: true, score, steps: states.map(step) }) as LabRun;
const edited = [{ file: 'services/payment/provider.ts', added: 12, removed: 1 }];

const cases = [
  { name: 'nothing was done', of: run(0, 'waiting', 'not-yet'), edited: [], says: [] },
  {
    name: 'a file was edited',
    of: run(0, 'waiting'),
    edited,
    says: [
      '`sample-app/services/payment/provider.ts` is put back as it was. Your edit: 12 lines added, 1 removed.',
    ],
  },
  {
    name: 'a step passed',
    of: run(50, 'passed', 'waiting'),
    edited: [],
    says: ['50 points for 1 step that passed: the new run begins with 0.'],
  },
  {
    name: 'a step passed that gave no points',
    of: run(0, 'passed', 'waiting'),
    edited: [],
    says: ['0 points for 1 step that passed: the new run begins with 0.'],
  },
];
for (const { name, of, edited: files, says } of cases)
  test(`before a new start, when ${name}`, () => assert.deepEqual(losses(of, { edited: files }), says));

const kept: KeptEdits = {
  lab: '02-slow-payment',
  time: '2026-12-01T09-30-05Z',
  at: Date.UTC(2026, 11, 1, 9, 30, 5) / 1000,
  why: 'reset',
  files: ['services/payment/provider.ts'],
  score: 55,
  passedSteps: 4,
};

test('a set in one line says when, what and how far', () => {
  assert.match(setLine(kept, 'en'), /2026.* · provider\.ts · 55 points, 4 steps · started again$/);
  assert.match(
    setLine({ ...kept, files: [], score: 1, passedSteps: 1 }, 'en'),
    / · no edits · 1 point, 1 step · /,
  );
  assert.match(setLine({ ...kept, passedSteps: 0, why: 'put-away' }, 'en'), / · provider\.ts · put away$/);
});

test('what comes back is said before it does', () => {
  assert.equal(
    bringsBack(kept),
    'Your edits are made in the files as they are now, and 4 steps that passed count again.',
  );
  assert.equal(bringsBack({ ...kept, files: [], passedSteps: 1 }), '1 step that passed counts again.');
  assert.equal(bringsBack({ ...kept, passedSteps: 0 }), 'Your edits are made in the files as they are now.');
});
