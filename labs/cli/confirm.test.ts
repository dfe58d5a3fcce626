import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goesOn } from './confirm.ts';

const cases = [
  { name: 'a yes goes on', answer: true, yes: false, goes: true },
  { name: 'a no does not', answer: false, yes: false, goes: false },
  {
    name: 'a program, which nobody can ask, goes on: what goes is kept',
    answer: undefined,
    yes: false,
    goes: true,
  },
  { name: '--yes goes on without a question', answer: false, yes: true, goes: true, asked: 0 },
];
for (const { name, answer, yes, goes, asked = 1 } of cases)
  test(name, async () => {
    const questions: string[] = [];
    const confirm = async (question: string) => {
      questions.push(question);
      return answer;
    };
    assert.equal(await goesOn({ confirm }, yes, 'Go on?'), goes);
    assert.equal(questions.length, asked);
  });
