import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LiveGenerator } from '@xray-lab/quiz';
import type { QuizStanding } from '../contract.ts';
import { eventually } from '../testing/fake-service.ts';
import { testLab, type TestLab } from '../testing/test-lab.ts';

describe('the quiz over HTTP', () => {
  let lab: TestLab;
  beforeEach(async () => {
    lab = await testLab();
  });
  afterEach(() => lab.close());

  const ask = (method: string, rest: string, body?: unknown) =>
    lab.ask(method, `/lab/quiz/attempts${rest}`, body);

  test('a question holds no key and no reason', async () => {
    const { status, body } = await ask('POST', '', { mode: 'facts', seed: 's' });
    assert.equal(status, 201);
    assert.equal(body.position, 1);
    assert.doesNotMatch(JSON.stringify(body), /"correct"|"why"|"doc"/);
  });

  test('an answer is graded, next goes on, the report counts', async () => {
    const { body: attempt } = await ask('POST', '', { mode: 'facts', seed: 's' });
    const choices = attempt.question.options
      .slice(0, attempt.question.choose)
      .map(({ id }: { id: string }) => id);
    const { body: verdict } = await ask('POST', `/${attempt.id}/answer`, { choices });
    assert.equal(verdict.id, attempt.question.id);
    assert.ok(verdict.options.every(({ why }: { why: string }) => why.length > 0));
    assert.equal((await ask('POST', '/latest/next')).body.position, 2);
    assert.equal((await ask('GET', '/latest/report')).body.answered, 1);
  });

  test('the list tells how far each attempt has come, newest first, and nothing of its questions', async () => {
    assert.deepEqual((await ask('GET', '')).body, []);
    const { body: older } = await ask('POST', '', { mode: 'facts', seed: 's' });
    lab.clock.now += 60;
    const { body: newer } = await ask('POST', '', { mode: 'facts', seed: 's' });
    const choices = newer.question.options
      .slice(0, newer.question.choose)
      .map(({ id }: { id: string }) => id);
    await ask('POST', `/${newer.id}/answer`, { choices });
    const { body: list } = await ask('GET', '');
    assert.deepEqual(
      list.map(({ id, answered, total, finished }: QuizStanding) => [id, answered, total, finished]),
      [
        [newer.id, 1, 2, false],
        [older.id, 0, 2, false],
      ],
    );
    const { body: report } = await ask('GET', `/${newer.id}/report`);
    assert.deepEqual([list[0].scaled, list[0].verdict], [report.scaled, report.verdict]);
    assert.deepEqual(Object.keys(list[0]).sort(), [
      'answered',
      'finished',
      'id',
      'mode',
      'scaled',
      'startedAt',
      'total',
      'verdict',
    ]);
  });

  const wrong = [
    { name: 'no choice', body: {}, field: 'choices' },
    { name: 'an option that does not exist', body: { choices: ['zz'] }, field: 'choices' },
    { name: 'a number where a choice is asked for', body: { number: 'three' }, field: 'choices' },
    { name: 'a number that is none', body: { number: true }, field: 'number' },
  ];
  for (const { name, body, field } of wrong) {
    test(`${name} is refused with 400 that names the field, and the question stays open`, async () => {
      const { body: attempt } = await ask('POST', '', { mode: 'facts' });
      const answer = await ask('POST', `/${attempt.id}/answer`, body);
      assert.deepEqual([answer.status, answer.body.field], [400, field]);
      assert.equal((await ask('GET', `/${attempt.id}/report`)).body.answered, 0);
    });
  }

  test('a second answer to one question is a 409', async () => {
    const { body: attempt } = await ask('POST', '', { mode: 'facts' });
    const choices = attempt.question.options
      .slice(0, attempt.question.choose)
      .map(({ id }: { id: string }) => id);
    await ask('POST', `/${attempt.id}/answer`, { choices });
    assert.equal((await ask('POST', `/${attempt.id}/answer`, { choices })).status, 409);
  });

  test('an unknown mode is a 400, an unknown attempt a 404', async () => {
    assert.equal((await ask('POST', '', { mode: 'exam' })).body.field, 'mode');
    assert.equal((await ask('GET', '/none')).status, 404);
    assert.equal((await ask('GET', '/latest')).status, 404);
  });

  test('an attempt goes on after its progress was carried to another lab', async () => {
    const { body: attempt } = await ask('POST', '', { mode: 'facts', seed: 's' });
    const { body: file } = await lab.ask('GET', '/lab/progress');
    const other = await testLab();
    assert.equal((await other.ask('PUT', '/lab/progress', file)).status, 200);
    assert.deepEqual((await other.ask('GET', `/lab/quiz/attempts/${attempt.id}`)).body, attempt);
    await other.close();
  });

  test('a reset forgets the attempts', async () => {
    const { body: attempt } = await ask('POST', '', { mode: 'facts' });
    assert.equal((await lab.ask('POST', '/lab/reset')).body.quizAttemptsForgotten, 1);
    assert.equal((await ask('GET', `/${attempt.id}`)).status, 404);
  });
});

test('a live question breaks the shop under another name, and its key stays on the server', async () => {
  const generator: LiveGenerator = {
    id: '1.2-Y99',
    c02: '1.2',
    c03: '1.2',
    difficulty: 'easy',
    facts: ['G02'],
    title: 'A test',
    fault: 'slow',
    windowSeconds: 1,
    settleSeconds: 0,
    draw: () => ({ share: 0.5 }),
    expect: () => ({ from: 0, to: 1000 }),
    observe: (traces) => traces.length,
    measure: () => undefined,
  };
  let opened = () => {};
  const windowIsOpen = new Promise<void>((resolve) => (opened = resolve));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const lab = await testLab({
    quiz: {
      generators: [generator],
      wait: async () => {
        opened();
        await held;
        lab.clock.now += 100;
      },
    },
  });

  const { body: attempt } = await lab.ask('POST', '/lab/quiz/attempts', { mode: 'live' });
  assert.ok(attempt.preparing.message);
  await windowIsOpen;
  const { body: faults } = await lab.ask('GET', '/lab/faults');
  assert.equal(faults.active.length, 1);
  assert.doesNotMatch(JSON.stringify(faults.active), /slow/);
  assert.equal(lab.payment.plan().primitives.length, 1);

  release();
  await eventually('the fault is off again', () => lab.payment.plan().primitives.length === 0);
  const { body: file } = await lab.ask('GET', '/lab/progress');
  assert.doesNotMatch(JSON.stringify(file.quiz), /"question"|"key"/);
  await lab.close();
});
