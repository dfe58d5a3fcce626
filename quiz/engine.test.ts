import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bank } from './bank/index.ts';
import { randomFromText } from './draw.ts';
import {
  createQuizEngine,
  QuizError,
  type AttemptState,
  type AttemptView,
  type QuizEngine,
} from './engine.ts';
import { optionId, type Answer } from './grade.ts';
import type { MeasuredQuestion } from './live/generator.ts';
import { generators } from './live/index.ts';
import { simulatedLab } from './live/window.fixture.ts';
import { readiness, scaledScore } from './score.ts';

function engineOn(options: Parameters<typeof simulatedLab>[1] = {}) {
  const simulated = simulatedLab(randomFromText('engine'), options);
  let ids = 0;
  const changes: AttemptState[] = [];
  const engine = createQuizEngine({
    secret: 'secret',
    ...simulated,
    newId: () => `attempt-${++ids}`,
    changed: (attempt) => changes.push(structuredClone(attempt)),
  });
  return { engine, changes, simulated };
}

/** The key, as only the server knows it. */
function keyOf(engine: QuizEngine, id: string) {
  const attempt = engine.snapshot().attempts.find((each) => each.id === id) as AttemptState;
  const item = attempt.items[attempt.at] as AttemptState['items'][number];
  const fact = bank.find((each) => each.id === item.id);
  if (fact) {
    const order = item.order ?? [];
    return {
      choices: order.flatMap((at, position) => (fact.options[at]?.correct ? [optionId(position)] : [])),
    };
  }
  const { key, evidence } = item.question as NonNullable<typeof item.question>;
  const place = { traceId: evidence[0]?.traceId ?? '', segmentId: evidence[0]?.entityIds[0] ?? '' };
  return key.kind === 'number'
    ? { number: key.value, evidence: place }
    : { choices: [optionId(key.choices.indexOf(key.correct))], evidence: place };
}

async function asked(engine: QuizEngine, id: string): Promise<AttemptView> {
  for (let n = 0; n < 5000; n += 1) {
    const view = engine.view(id);
    if (!view.preparing) return view;
    await new Promise(setImmediate);
  }
  throw new Error('the question was never ready');
}

suite('An attempt', () => {
  test('all right is 1,000 and ready', async () => {
    const { engine } = engineOn();
    const { id, total } = engine.start('training', 'ada');
    assert.equal(total, bank.length + generators.length);
    for (let n = 0; n < total; n += 1) {
      const view = await asked(engine, id);
      assert.equal(view.position, n + 1);
      assert.equal(engine.answer(id, keyOf(engine, id)).score, 1);
      engine.next(id);
    }
    const report = engine.report(id);
    assert.deepEqual(
      [report.finished, report.answered, report.raw, report.scaled, report.verdict],
      [true, total, total, 1000, 'ready'],
    );
    assert.equal(engine.view(id).finished, true);
    assert.ok(report.items.some((item) => item.href === '/labs/02-slow-payment/'));
    assert.match(report.note, /AWS does not publish/);
  });

  test('the same seed draws the same questions, another seed others', () => {
    const { engine } = engineOn();
    const stems = (seed: string) => {
      const { id } = engine.start('facts', 'ada', seed);
      return bank.map(() => {
        const { question } = engine.view(id);
        engine.answer(id, keyOf(engine, id));
        engine.next(id);
        return `${question?.id} ${question?.options?.map((option) => option.text).join()}`;
      });
    };
    assert.deepEqual(stems('one'), stems('one'));
    assert.notDeepEqual(stems('one'), stems('two'));
  });

  test('the weakest topic comes first in the report', () => {
    const { engine } = engineOn();
    const { id } = engine.start('facts');
    for (const _ of bank) {
      const { question } = engine.view(id);
      const key = keyOf(engine, id);
      const wrong = question?.options?.find((option) => !key.choices?.includes(option.id))?.id ?? '';
      const single = question?.type === 'single' && question.c02 === '4.1';
      engine.answer(id, single ? { choices: [wrong] } : key);
      engine.next(id);
    }
    assert.equal(engine.report(id).topics[0]?.c02, '4.1');
    assert.equal(engine.report(id).topics[0]?.score, 0);
  });

  test('nothing the browser sees holds a key or a reason', async () => {
    const { engine } = engineOn();
    const { id } = engine.start('live', 'ada');
    const view = await asked(engine, id);
    const secret = engine.snapshot().attempts[0]?.items[0]?.question;
    assert.ok(secret);
    const seen = JSON.stringify(view);
    for (const word of [
      'correct',
      'why',
      'explanation',
      secret.explanation,
      secret.query,
      generators.find((each) => each.id === view.question?.id)?.fault,
    ]) {
      assert.ok(word && !seen.includes(word), `${word} is not in ${seen}`);
    }
    const facts = JSON.stringify(engine.start('facts'));
    assert.ok(!facts.includes('correct') && !facts.includes('family'));
  });

  test('a snapshot survives a restart, and the answers with it', async () => {
    const first = engineOn();
    const { id } = first.engine.start('live', 'ada');
    await asked(first.engine, id);
    const key = keyOf(first.engine, id);
    const stored = JSON.parse(JSON.stringify(first.engine.snapshot()));
    const second = engineOn();
    second.engine.restore(stored);
    assert.equal(second.engine.answer(id, key).score, 1);
    assert.equal(second.engine.next(id).position, 2);
  });

  test('every change is told, so that it can be stored', () => {
    const { engine, changes } = engineOn();
    const { id } = engine.start('facts');
    engine.answer(id, keyOf(engine, id));
    engine.next(id);
    assert.deepEqual(
      changes.map((attempt) => attempt.at),
      [0, 0, 1],
    );
    assert.ok(changes[1]?.items[0]?.verdict);
  });
});

suite('Live questions', () => {
  test('progress is shown while a question is prepared', () => {
    const { engine } = engineOn();
    const view = engine.start('live');
    assert.equal(view.question, undefined);
    assert.match(view.preparing?.message ?? '', /\w/);
  });

  test('a question that plan and traces do not agree on is dropped after two tries, and the report says so', async () => {
    const { engine, simulated } = engineOn({ faultWorks: false });
    const { id } = engine.start('live');
    const view = await asked(engine, id);
    assert.equal(view.finished, true);
    assert.equal(simulated.log.filter((line) => line.startsWith('fault ')).length, 2 * generators.length);
    assert.match(engine.report(id).note, /could not be asked: the traces do not show what was planned/);
  });

  test('two attempts are prepared one after the other', async () => {
    const { engine, simulated } = engineOn();
    const [one, two] = [engine.start('live', 'ada'), engine.start('live', 'bob')];
    await asked(engine, one.id);
    await asked(engine, two.id);
    const faults = simulated.log.filter((line) => line.startsWith('fault'));
    assert.deepEqual(
      faults.map((line) => line.startsWith('faults off')),
      [false, true, false, true],
    );
  });

  test('close stops preparing and leaves the shop without a fault', async () => {
    const { engine, simulated } = engineOn();
    const { id } = engine.start('live');
    await engine.close();
    assert.equal(simulated.log.at(-1), 'faults off');
    assert.equal(
      engine.snapshot().attempts.find((attempt) => attempt.id === id)?.items.length,
      generators.length,
    );
  });
});

suite('Wrong use', () => {
  const { engine } = engineOn();
  const { id } = engine.start('facts', 'ada', 'seed');
  const cases: { name: string; run: () => unknown; code: string; field?: string; message: RegExp }[] = [
    {
      name: 'an unknown attempt',
      run: () => engine.view('nobody'),
      code: 'not-found',
      message: /no attempt "nobody"/,
    },
    {
      name: 'an unknown mode',
      run: () => engine.start('exam' as never),
      code: 'bad-answer',
      field: 'mode',
      message: /training, facts, live/,
    },
    {
      name: 'no choice',
      run: () => engine.answer(id, {}),
      code: 'bad-answer',
      field: 'choices',
      message: /is a choice/,
    },
    {
      name: 'an unknown option',
      run: () => engine.answer(id, { choices: ['z'] }),
      code: 'bad-answer',
      field: 'choices',
      message: /no option "z"/,
    },
    {
      name: 'too many choices',
      run: () => engine.answer(id, { choices: ['a', 'b', 'c'] }),
      code: 'bad-answer',
      field: 'choices',
      message: /^Choose/,
    },
  ];
  for (const { name, run, code, field, message } of cases) {
    test(`${name} is a ${code}`, () => {
      assert.throws(run, (error) => {
        assert.ok(error instanceof QuizError);
        assert.deepEqual([error.code, error.field], [code, field]);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('a question can be answered once', () => {
    engine.answer(id, keyOf(engine, id));
    assert.throws(() => engine.answer(id, keyOf(engine, id)), { code: 'conflict' });
  });

  test('next does not skip a question that was not answered', () => {
    assert.equal(engine.next(id).position, 2);
    assert.equal(engine.next(id).position, 2);
  });
});

suite('A live answer of the wrong form', async () => {
  const question: MeasuredQuestion = {
    stem: 'How long?',
    answerLabel: 'Lasted',
    key: { kind: 'number', value: 30, unit: 's' },
    evidenceLabel: 'Where',
    evidence: [{ traceId: '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f', entityIds: ['0123456789abcdef'] }],
    lead: 'ok',
    query: 'ok',
    explanation: '',
    misreadings: [],
  };
  const item = { id: '1.1-C01', kind: 'live', question, tries: 1 } as const;
  const generator = { ...generators[0], id: item.id } as (typeof generators)[number];
  const engine = createQuizEngine({
    secret: 's',
    now: () => 1,
    lab: simulatedLab(randomFromText('x')).lab,
    generators: [generator],
  });
  engine.restore({
    attempts: [
      { id: 'a', learner: 'ada', mode: 'live', seed: 's', startedAt: 1, at: 0, items: [item], dropped: [] },
    ],
  });
  const evidence = { traceId: '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f', segmentId: '0123456789abcdef' };

  test('the question says which unit it wants', () =>
    assert.match(engine.view('a').question?.answer?.takes ?? '', /^in seconds/));

  const wrong: { name: string; answer: Answer; field: string; message: RegExp }[] = [
    { name: 'two numbers', answer: { number: '20 or 30' }, field: 'number', message: /a choice of numbers/ },
    { name: 'a number in per cent', answer: { number: '30 %' }, field: 'number', message: /in seconds/ },
    {
      name: 'a segment id of 15 digits',
      answer: { number: 30, evidence: { ...evidence, segmentId: '0123456789abcde' } },
      field: 'evidence.segmentId',
      message: /16 hex digits, and this has 15/,
    },
    {
      name: 'a segment id of 17 digits',
      answer: { number: 30, evidence: { ...evidence, segmentId: '0123456789abcdef0' } },
      field: 'evidence.segmentId',
      message: /and this has 17/,
    },
    {
      name: 'half a trace id',
      answer: { number: 30, evidence: { ...evidence, traceId: '1-5f2e8a3b' } },
      field: 'evidence.traceId',
      message: /not a trace id/,
    },
    {
      name: 'a segment without its trace',
      answer: { number: 30, evidence: { segmentId: evidence.segmentId } },
      field: 'evidence.traceId',
      message: /no trace id/,
    },
  ];
  for (const { name, answer, field, message } of wrong) {
    test(`${name} is refused and spends nothing`, () => {
      assert.throws(() => engine.answer('a', answer), { code: 'bad-answer', field, message });
      assert.equal(engine.snapshot().attempts[0]?.items[0]?.verdict, undefined);
    });
  }
  test('after all that the right one still counts, in any spelling', () => {
    const { score, live } = engine.answer('a', {
      number: '0.5 min',
      evidence: { traceId: `Root=${evidence.traceId}`, segmentId: ` "${evidence.segmentId.toUpperCase()}" ` },
    });
    assert.deepEqual([score, live?.given], [1, '30 s']);
  });
});

suite('The scale', () => {
  const cases = [
    { raw: 0, total: 50, expected: 100 },
    { raw: 36, total: 50, expected: 720 },
    { raw: 18, total: 50, expected: 410 },
    { raw: 43, total: 50, expected: 860 },
    { raw: 50, total: 50, expected: 1000 },
    { raw: 13, total: 13, expected: 1000 },
    { raw: 0, total: 0, expected: 100 },
  ];
  for (const { raw, total, expected } of cases) {
    test(`${raw} of ${total} is ${expected}`, () => assert.equal(scaledScore(raw, total), expected));
  }
  test('it grows with every half point', () => {
    const scores = Array.from({ length: 101 }, (_, n) => scaledScore(n / 2, 50));
    assert.deepEqual(
      scores,
      [...new Set(scores)].sort((a, b) => a - b),
    );
  });

  const bands = [
    { raw: 50, expected: 'ready' },
    { raw: 40, expected: 'ready' },
    { raw: 38, expected: 'borderline' },
    { raw: 34, expected: 'borderline' },
    { raw: 30, expected: 'not yet' },
    { raw: 0, expected: 'not yet' },
  ];
  for (const { raw, expected } of bands) {
    test(`${raw} of 50 is ${expected}`, () => assert.equal(readiness(raw, 50), expected));
  }
});
