import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pointsWords, priceOfSolution, solutionMark } from './points.ts';

const waiting = { points: 20, state: 'waiting', solutionShown: false } as const;

test('before the solution is shown, the page says what it costs and that hints cost nothing', () => {
  assert.match(priceOfSolution(waiting) ?? '', /0 of its 20 points\. Hints cost nothing/);
  assert.match(priceOfSolution({ ...waiting, state: 'not-yet' }) ?? '', /0 of its 20 points/);
});

test('a solution that costs nothing is shown without a question', () => {
  assert.equal(priceOfSolution({ ...waiting, state: 'passed' }), undefined);
  assert.equal(priceOfSolution({ ...waiting, solutionShown: true }), undefined);
});

test('a step says what it gives', () => {
  assert.equal(pointsWords(waiting), '20 points');
  assert.equal(pointsWords({ ...waiting, state: 'passed' }), '20 of 20 points');
  assert.equal(pointsWords({ ...waiting, state: 'passed', solutionShown: true }), '0 of 20 points');
  assert.equal(pointsWords({ ...waiting, state: 'skipped' }), '0 of 20 points while it is skipped');
  assert.match(solutionMark(waiting), /0 of 20 points: the solution was shown/);
});
