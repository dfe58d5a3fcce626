import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readiness, scaledScore } from './score.ts';

suite('A score', () => {
  const cases: [raw: number, total: number, score: number][] = [
    [0, 50, 100],
    [18, 50, 410],
    [36, 50, 720],
    [43, 50, 860],
    [50, 50, 1000],
    [7.2, 10, 720],
    [10, 10, 1000],
    [0, 0, 100],
  ];
  for (const [raw, total, score] of cases)
    test(`of ${raw} of ${total} is ${score}`, () => assert.equal(scaledScore(raw, total), score));
});

suite('One is', () => {
  const cases: [raw: number, total: number, readiness: string][] = [
    [50, 50, 'ready'],
    [40, 50, 'ready'],
    [39, 50, 'ready'],
    [38, 50, 'borderline'],
    [36, 50, 'borderline'],
    [33, 50, 'borderline'],
    [32, 50, 'not yet'],
    [0, 50, 'not yet'],
    [0, 0, 'not yet'],
    [7, 10, 'borderline'],
    [5, 10, 'not yet'],
  ];
  for (const [raw, total, said] of cases)
    test(`${said} with ${raw} of ${total}`, () => assert.equal(readiness(raw, total), said));
});
