import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AnswerFormError, gradeLive, type Answer } from './grade.ts';
import type { MeasuredQuestion } from './live/generator.ts';

const traceId = '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f';
const other = '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e30';
const segmentId = '53995c3f42cd8ad8';
const counted: MeasuredQuestion = {
  stem: 'How many?',
  answerLabel: 'Checkouts',
  key: { kind: 'number', value: 40, unit: 'checkouts' },
  evidenceLabel: 'One of them',
  evidence: [
    { traceId, entityIds: [segmentId] },
    { traceId, entityIds: [segmentId] },
  ],
  lead: 'fault',
  query: 'fault',
  explanation: 'There are 40.',
  misreadings: [{ value: 10, why: 'These are the others.' }],
};
const chosen: MeasuredQuestion = {
  ...counted,
  key: { kind: 'choice', choices: ['read', 'write', 'both'], correct: 'write' },
};
const live = (question: MeasuredQuestion, answer: Answer) => gradeLive('x', question, answer).live!;

suite('A live answer', () => {
  test('that is a known misreading is told which', () => {
    const judged = live(counted, { number: 10 });
    assert.deepEqual(
      [judged.answerCorrect, judged.explanation],
      [false, 'These are the others. There are 40.'],
    );
    assert.equal(live(counted, { number: 25 }).explanation, 'There are 40.');
  });

  test('is shown as it was read, beside the key, with each trace once', () => {
    const { given, key, traceIds } = live(counted, { number: '40' });
    assert.deepEqual([given, key, traceIds], ['40 checkouts', '40 checkouts', [traceId]]);
    assert.deepEqual(
      [live(chosen, { choices: ['a'] }).given, live(chosen, { choices: ['a'] }).key],
      ['read', 'write'],
    );
  });

  for (const [choice, correct] of [
    ['a', false],
    ['b', true],
    ['c', false],
  ] as const) {
    test(`choice ${choice} is ${correct ? 'right' : 'wrong'}`, () =>
      assert.equal(live(chosen, { choices: [choice] }).answerCorrect, correct));
  }

  const evidence: { name: string; given: Answer['evidence']; correct: boolean; why: string }[] = [
    { name: 'none', given: undefined, correct: false, why: 'No evidence was handed in.' },
    {
      name: 'empty',
      given: { traceId: ' ', segmentId: '' },
      correct: false,
      why: 'No evidence was handed in.',
    },
    {
      name: 'another trace',
      given: { traceId: other, segmentId },
      correct: false,
      why: 'This trace does not show it.',
    },
    {
      name: 'another segment',
      given: { traceId, segmentId: 'ffffffffffffffff' },
      correct: false,
      why: 'The trace shows it, but not in this segment or subsegment.',
    },
    {
      name: 'the place',
      given: { traceId, segmentId },
      correct: true,
      why: 'This is where the trace shows it.',
    },
  ];
  for (const { name, given, correct, why } of evidence) {
    test(`evidence: ${name}`, () => {
      const verdict = gradeLive('x', counted, { number: 40, ...(given ? { evidence: given } : {}) });
      assert.deepEqual([verdict.live?.evidenceCorrect, verdict.live?.evidenceWhy], [correct, why]);
      assert.deepEqual([verdict.correct, verdict.score], [correct, correct ? 1 : 0.6]);
    });
  }

  const slips: [name: string, question: MeasuredQuestion, answer: Answer, field: string][] = [
    ['two choices', chosen, { choices: ['a', 'b'] }, 'choices'],
    ['no choice', chosen, { choices: [] }, 'choices'],
    ['a choice that is none', chosen, { choices: ['d'] }, 'choices'],
    ['a number for a choice', chosen, { number: 1 }, 'choices'],
    ['a choice for a number', counted, { choices: ['a'] }, 'number'],
    ['a word for a number', counted, { number: 'lots' }, 'number'],
    ['half of the evidence', counted, { number: 40, evidence: { traceId } }, 'evidence.segmentId'],
    ['the other half', counted, { number: 40, evidence: { segmentId } }, 'evidence.traceId'],
  ];
  for (const [name, question, answer, field] of slips) {
    test(`${name} is a slip and not graded`, () =>
      assert.throws(
        () => gradeLive('x', question, answer),
        (error) => error instanceof AnswerFormError && error.field === field,
      ));
  }
});
