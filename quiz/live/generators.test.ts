import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { liveKey, randomFrom, randomFromText } from '../draw.ts';
import { gradeLive, optionId } from '../grade.ts';
import { countOf, isClose, type LiveGenerator, type MeasuredQuestion } from './generator.ts';
import { generators } from './index.ts';
import { prepareLive } from './prepare.ts';
import { simulatedLab, simulateWindow } from './window.fixture.ts';

const SEEDS = 200;
const TRACES = 56;

/** The question of one seed, made from a simulated window; undefined when it would not be asked. */
function draw(generator: LiveGenerator, seed: number): MeasuredQuestion | undefined {
  const random = randomFrom(liveKey('secret', `learner-${seed}`, generator.id, 'attempt'));
  const parameters = generator.draw(random);
  const nonce = `q-${seed}`;
  const traces = simulateWindow(TRACES, {
    fault: generator.fault,
    parameters,
    nonce,
    random: randomFromText(`window ${seed}`),
  });
  const observed = generator.observe(traces);
  const expected = generator.expect(parameters, traces);
  if (observed < expected.from || observed > expected.to) return undefined;
  return generator.measure(traces, nonce, random);
}

const keyOf = ({ key }: MeasuredQuestion) => (key.kind === 'number' ? String(key.value) : key.correct);
const rightAnswer = ({ key }: MeasuredQuestion) =>
  key.kind === 'number' ? { number: key.value } : { choices: [optionId(key.choices.indexOf(key.correct))] };

for (const generator of generators) {
  suite(`${generator.id}: ${generator.title}`, () => {
    const questions = Array.from({ length: SEEDS }, (_, seed) => draw(generator, seed));
    const asked = questions.filter((question) => question !== undefined);

    test(`is asked for at least 95 % of ${SEEDS} seeds`, () =>
      assert.ok(asked.length >= 0.95 * SEEDS, `${asked.length}`));

    test('the same seed gives the same question', () =>
      assert.deepEqual(draw(generator, 7), draw(generator, 7)));

    test('every question has exactly one key', () => {
      for (const { key } of asked) {
        if (key.kind !== 'choice') continue;
        assert.equal(new Set(key.choices).size, key.choices.length, 'choices differ');
        assert.equal(key.choices.filter((choice) => choice === key.correct).length, 1);
        assert.equal(key.choices.length, 4);
      }
    });

    test('no misreading is taken for the key', () => {
      for (const { key, misreadings } of asked) {
        if (key.kind !== 'number') continue;
        assert.ok(misreadings.length >= 2);
        for (const { value } of misreadings)
          assert.ok(!isClose(value, key.value, 1), `${value} for ${key.value}`);
      }
    });

    test('every question has evidence, and its ids are in the traces it names', () => {
      for (const { evidence } of asked) {
        assert.ok(evidence.length > 0);
        for (const place of evidence) assert.ok(place.entityIds.length > 0 && /^1-/.test(place.traceId));
      }
    });

    test('neither the stem nor the lead contains the fault or the key', () => {
      for (const question of asked) {
        const text = `${question.stem} ${question.lead} ${question.evidenceLabel}`;
        assert.ok(!text.includes(generator.fault));
        if (question.key.kind === 'choice') assert.ok(!text.includes(question.key.correct));
        else assert.doesNotMatch(text, new RegExp(`\\b${question.key.value} (of|checkouts)`));
      }
    });

    test('the key with its evidence earns 1, the key alone 0.6, the evidence alone 0.4', () => {
      const question = asked[0] as MeasuredQuestion;
      const place = question.evidence[0];
      const evidence = { traceId: place?.traceId ?? '', segmentId: place?.entityIds[0] ?? '' };
      const wrong =
        question.key.kind === 'number'
          ? { number: question.key.value * 3 + 50 }
          : { choices: [optionId(question.key.choices.findIndex((each) => each !== keyOf(question)))] };
      assert.equal(gradeLive('x', question, { ...rightAnswer(question), evidence }).score, 1);
      assert.equal(gradeLive('x', question, rightAnswer(question)).score, 0.6);
      assert.equal(gradeLive('x', question, { ...wrong, evidence }).score, 0.4);
      const elsewhere = { ...evidence, segmentId: 'ffffffffffffffff' };
      assert.equal(gradeLive('x', question, { ...rightAnswer(question), evidence: elsewhere }).score, 0.6);
    });

    const prepare = (simulated: ReturnType<typeof simulatedLab>) =>
      prepareLive({
        ...simulated,
        generator,
        random: randomFromText('draw'),
        nonce: 'q-1',
        progress: () => {},
      });

    test('the plan runs, is measured, and leaves the shop as it was', async () => {
      const simulated = simulatedLab(randomFromText('plan'));
      const prepared = await prepare(simulated);
      assert.ok('question' in prepared, JSON.stringify(prepared));
      assert.deepEqual(simulated.log, [
        `fault ${generator.fault}`,
        'traffic busy',
        'traffic calm',
        'faults off',
      ]);
    });

    test('a fault that does not act is noticed, and nothing is asked', async () => {
      const simulated = simulatedLab(randomFromText('plan'), { faultWorks: false });
      const prepared = await prepare(simulated);
      assert.deepEqual(prepared, { refused: 'the traces do not show what was planned' });
      assert.equal(simulated.log.at(-1), 'faults off');
    });

    test('without traffic nothing is asked', async () => {
      const simulated = simulatedLab(randomFromText('plan'), { customers: false });
      const prepared = await prepare(simulated);
      assert.deepEqual(prepared, { refused: 'only 0 of 30 traces arrived' });
    });
  });
}

suite('Keys differ between learners', () => {
  const enough: Record<string, number> = { '1.2-Y02': 3, '1.1-L11': 10 };
  for (const [id, fewest] of Object.entries(enough)) {
    test(`${id} has at least ${fewest} keys that are not within each other's tolerance`, () => {
      const generator = generators.find((each) => each.id === id) as LiveGenerator;
      const keys = Array.from({ length: SEEDS }, (_, seed) => draw(generator, seed)).flatMap(
        (question) => question ?? [],
      );
      const apart: MeasuredQuestion[] = [];
      for (const question of keys) {
        const { key } = question;
        const same = apart.some(({ key: other }) =>
          key.kind === 'number' && other.kind === 'number'
            ? isClose(key.value, other.value, 1)
            : keyOf(question) === keyOf({ key: other } as MeasuredQuestion),
        );
        if (!same) apart.push(question);
      }
      assert.ok(apart.length >= fewest, `${apart.length}`);
    });
  }

  test('another attempt, another learner or another secret draws something else', () => {
    const keys = [
      liveKey('secret', 'ada', 'item', '1'),
      liveKey('secret', 'ada', 'item', '2'),
      liveKey('secret', 'bob', 'item', '1'),
      liveKey('other', 'ada', 'item', '1'),
      liveKey('secret', 'ada|', 'item', '1'),
      liveKey('secret', 'ada', '|item', '1'),
    ].map(String);
    assert.equal(new Set(keys).size, keys.length);
  });
});

suite('Tolerance', () => {
  const cases = [
    { given: 20, value: 20, close: true },
    { given: 21, value: 20, close: true },
    { given: 22, value: 20, close: false },
    { given: 105, value: 100, close: true },
    { given: 106, value: 100, close: false },
    { given: 1, value: 0, close: true },
    { given: 2, value: 0, close: false },
  ];
  for (const { given, value, close } of cases) {
    test(`${given} for ${value} is ${close ? '' : 'not '}close enough`, () =>
      assert.equal(isClose(given, value, 1), close));
  }

  test('a count lies within four standard deviations', () => {
    const { from, to } = countOf(0.5, 100);
    assert.ok(from < 31 && from > 28 && to > 69 && to < 72, `${from} to ${to}`);
  });
});
