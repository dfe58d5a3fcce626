/** Whatever was exported can be taken in again; what was changed in between is refused as a whole, with the place. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bank } from '@xray-lab/quiz';
import { testLab, type TestLab } from '../testing/test-lab.ts';

interface File {
  labs: { id: string; steps: object[] }[];
  quiz: { id: string; state: { id: string; at: number; startedAt: number; items: Item[] } }[];
}
interface Item {
  id: string;
  order?: unknown[];
  verdict?: Record<string, unknown>;
}

/** More questions than the quiz has today. */
const manyQuestions = Array.from({ length: 250 }, (_, index) => ({
  ...bank[index % bank.length]!,
  id: `question-${index}`,
}));

describe('an export', { timeout: 120_000 }, () => {
  let lab: TestLab;
  let file: File;
  before(async () => {
    lab = await testLab({ quiz: { bank: manyQuestions } });
    const { body: begun } = await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts', seed: 's' });
    const { options, choose } = begun.question as { options: { id: string }[]; choose: number };
    const choices = options.slice(0, choose).map(({ id }) => id);
    await lab.ask('POST', `/lab/quiz/attempts/${begun.id}/answer`, { choices });
    file = (await lab.ask('GET', '/lab/progress')).body;
  });
  after(() => lab.close());

  const copies = (count: number): File => ({
    ...file,
    quiz: Array.from({ length: count }, (_, index) => {
      const [attempt] = structuredClone(file.quiz);
      const id = `attempt-${index}`;
      return { ...attempt!, id, state: { ...attempt!.state, id, startedAt: 1_700_000_000 + index } };
    }),
  });

  test('with 250 questions in an attempt is taken in as it was', async () => {
    assert.equal(file.quiz[0]!.state.items.length, 250);
    const { status, body } = await lab.ask('PUT', '/lab/progress', file);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.quiz[0].state, file.quiz[0]!.state);
  });

  test('of more than 5.24 MB is taken in, and what is exported then, too', async () => {
    const large = JSON.stringify(copies(500));
    assert.ok(large.length > 6_000_000, `${large.length} bytes`);
    assert.equal((await lab.ask('PUT', '/lab/progress', large)).status, 200);
    const { body: again } = await lab.ask('GET', '/lab/progress');
    assert.equal((await lab.ask('PUT', '/lab/progress', again)).body.quiz.length, 500);
  });

  test('in another order: the latest attempt is still the one that was started last', async () => {
    const { quiz, ...rest } = copies(3);
    await lab.ask('PUT', '/lab/progress', { ...rest, quiz: quiz.toReversed() });
    assert.equal((await lab.ask('GET', '/lab/quiz/attempts/latest')).body.id, 'attempt-2');
  });

  const tampered: { name: string; change(file: File): void; field: string; says: RegExp }[] = [
    {
      name: 'a score of two',
      change: ({ quiz }) => (quiz[1]!.state.items[0]!.verdict!['score'] = 2),
      field: 'quiz.1.state.items.0.verdict.score',
      says: /at most 1|1/,
    },
    {
      name: 'a position behind the last question',
      change: ({ quiz }) => (quiz[1]!.state.at = 251),
      field: 'quiz.1.state.at',
      says: /must be at most the number of items/,
    },
    {
      name: 'an attempt that is there twice',
      change: ({ quiz }) => quiz.push(structuredClone(quiz[0]!)),
      field: 'quiz.3.id',
      says: /"attempt-0" is there twice/,
    },
    {
      name: 'an attempt under another one’s id',
      change: ({ quiz }) => (quiz[2]!.state.id = 'attempt-1'),
      field: 'quiz.2.state.id',
      says: /must be the id of the attempt/,
    },
    {
      name: 'a text in the place of an option',
      change: ({ quiz }) => (quiz[2]!.state.items[7]!.order = ['0']),
      field: 'quiz.2.state.items.7.order.0',
      says: /number/,
    },
  ];

  for (const { name, change, field, says } of tampered) {
    test(`with ${name} is refused with the place, and nothing is changed`, async () => {
      await lab.ask('PUT', '/lab/progress', copies(1));
      const { quiz: kept } = (await lab.ask('GET', '/lab/progress')).body;
      const wrong = copies(3);
      change(wrong);
      const { status, body } = await lab.ask('PUT', '/lab/progress', wrong);
      assert.deepEqual([status, body.field], [400, field]);
      assert.match(body.message, says);
      assert.deepEqual((await lab.ask('GET', '/lab/progress')).body.quiz, kept);
    });
  }
});
