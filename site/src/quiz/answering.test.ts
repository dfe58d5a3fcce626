import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { QuizQuestion } from '@xray-lab/labs/server/contract';
import { answerFrom, chosen, emptyDraft, notReady, verdictWord } from './answering.ts';

const base = { id: 'q', c02: '1.1', c03: '1.1', difficulty: 'easy', stem: '…' } as const;
const options = ['a', 'b', 'c', 'd'].map((id) => ({ id, text: id }));
const single: QuizQuestion = { ...base, type: 'single', options, choose: 1 };
const multiple: QuizQuestion = { ...base, type: 'multiple', options, choose: 2 };
const live: QuizQuestion = {
  ...base,
  type: 'live',
  answer: { type: 'number', label: 'p95', unit: 's' },
  evidence: { label: 'A trace that shows it', fields: ['traceId', 'segmentId'] },
};
const traceId = '1-581cf771-a006649127e371903a2de979';
const segmentId = '0123456789abcdef';

test('a single question keeps one choice', () => assert.deepEqual(chosen(single, ['a'], 'b'), ['b']));

test('a multiple question toggles', () => {
  assert.deepEqual(chosen(multiple, ['a'], 'b'), ['a', 'b']);
  assert.deepEqual(chosen(multiple, ['a', 'b'], 'a'), ['b']);
});

test('an unfinished answer says what is missing', () => {
  assert.equal(notReady(multiple, { ...emptyDraft(), choices: ['a'] }), 'Choose 2 options.');
  assert.equal(notReady(multiple, { ...emptyDraft(), choices: ['a', 'b', 'c'] }), 'Choose 2 options.');
  assert.equal(notReady(live, emptyDraft()), 'There is no number.');
  assert.equal(notReady(single, { ...emptyDraft(), choices: ['a'] }), undefined);
});

test('a number is handed in as what it means, in the unit of the question', () => {
  for (const number of ['3', ' 3,0 ', '3000 ms', 'three seconds', '0.05 min']) {
    assert.equal(notReady(live, { ...emptyDraft(), number }), undefined);
    assert.deepEqual(answerFrom(live, { ...emptyDraft(), number }), { number: 3 });
  }
  assert.match(notReady(live, { ...emptyDraft(), number: '2 or 3' }) ?? '', /choice of numbers/);
});

test('evidence that has not the form of ids is not handed in', () => {
  const draft = { ...emptyDraft(), number: '3' };
  assert.equal(notReady(live, { ...draft, traceId, segmentId }), undefined);
  assert.match(notReady(live, { ...draft, traceId, segmentId: segmentId.slice(1) }) ?? '', /this has 15/);
  assert.match(notReady(live, { ...draft, traceId: 'no', segmentId }) ?? '', /not a trace id/);
  assert.match(notReady(live, { ...draft, traceId }) ?? '', /no id of a segment/);
  assert.match(notReady(live, { ...draft, segmentId }) ?? '', /no trace id/);
});

test('evidence is handed in with the answer, and left out when empty', () => {
  const draft = { ...emptyDraft(), number: '9', traceId: ' 1-581cf771-a006649127e371903a2de979 ' };
  assert.deepEqual(answerFrom(live, draft), {
    number: 9,
    evidence: { traceId: '1-581cf771-a006649127e371903a2de979' },
  });
  assert.deepEqual(answerFrom(live, { ...draft, traceId: '' }), { number: 9 });
  assert.deepEqual(answerFrom(single, { ...emptyDraft(), choices: ['a'] }), { choices: ['a'] });
});

test('the verdict is a word first', () =>
  assert.deepEqual([1, 0.6, 0].map(verdictWord), ['Right', 'Partly right', 'Wrong']));
