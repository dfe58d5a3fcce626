import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ageOf, besideLive, refusedIn, standingOf, wordsFor, type Line } from './standing.ts';

const pulse = { answers: true, at: 1, refused: 0, rejected: 0 };
const silent = { ...pulse, answers: false, reason: 'The X-Ray API does not answer (connection refused).' };
const fine: Line = { wanted: true, connected: true, pulse, trouble: undefined };
const unreachable = { status: 0, message: 'The lab does not answer.', remedy: 'Start it.' };
const throttled = { status: 429, message: 'Rate exceeded' };

const cases: { name: string; line: Line; standing: string; message: string | undefined }[] = [
  { name: 'all is well', line: fine, standing: 'live', message: undefined },
  {
    name: 'before the first pulse',
    line: { ...fine, pulse: undefined },
    standing: 'live',
    message: undefined,
  },
  { name: 'switched off', line: { ...fine, wanted: false }, standing: 'off', message: undefined },
  {
    name: 'the API has stopped',
    line: { ...fine, pulse: silent },
    standing: 'xray-silent',
    message: silent.reason,
  },
  {
    name: 'the API has stopped, and the last load failed for that',
    line: { ...fine, pulse: silent, trouble: { status: 503, message: 'again' } },
    standing: 'xray-silent',
    message: silent.reason,
  },
  {
    name: 'the API has stopped, while news are switched off',
    line: { ...fine, wanted: false, pulse: silent },
    standing: 'xray-silent',
    message: silent.reason,
  },
  {
    name: 'the lab has stopped',
    line: { ...fine, connected: false },
    standing: 'lab-silent',
    message: 'The lab does not answer',
  },
  {
    name: 'the lab has stopped, and its last word was of the API',
    line: { ...fine, connected: false, pulse: silent },
    standing: 'lab-silent',
    message: 'The lab does not answer',
  },
  {
    name: 'the first load found nobody',
    line: { ...fine, trouble: unreachable },
    standing: 'lab-silent',
    message: 'The lab does not answer',
  },
  {
    name: 'the API refuses this one call',
    line: { ...fine, trouble: throttled },
    standing: 'failing',
    message: 'Rate exceeded',
  },
];

for (const { name, line, standing, message } of cases) {
  test(`${name}: ${standing}`, () => {
    assert.equal(standingOf(line), standing);
    assert.equal(wordsFor(line)?.message, message);
    assert.equal(besideLive[standingOf(line)] === '', message === undefined);
  });
}

test('the age of the data is told with its moment', () => {
  assert.match(ageOf(100, 125)!, /^Data of \d\d:\d\d:\d\d, 25 s ago$/);
  assert.equal(ageOf(undefined, 125), undefined);
});

test('a document that both count is counted once', () => {
  assert.equal(refusedIn({ ...pulse, refused: 3, rejected: 2 }), 3);
  assert.equal(refusedIn({ ...pulse, refused: 0, rejected: 2 }), 2);
  assert.equal(refusedIn(undefined), 0);
});
