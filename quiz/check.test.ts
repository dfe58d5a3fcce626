import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bank } from './bank/index.ts';
import { bankProblems } from './check.ts';
import { randomFromText, shuffled } from './draw.ts';
import { facts } from './facts.ts';
import { gradeFact, optionId } from './grade.ts';
import { generators } from './live/index.ts';
import { objectives, type FactItem } from './types.ts';

const [sound] = bank as readonly [FactItem];
const firstWrong = sound.options.findIndex((option) => !option.correct);
const changed = (change: Partial<FactItem>): FactItem => ({ ...sound, ...change });
const withOption = (change: Partial<FactItem['options'][number]>, at = firstWrong): FactItem =>
  changed({
    options: sound.options.map((option, index) => (index === at ? { ...option, ...change } : option)),
  });

suite('The bank', () => {
  test('passes every gate', () => assert.deepEqual(bankProblems(bank), []));
  test('has ten items', () => assert.equal(bank.length, 10));

  test('live questions name facts and objectives that exist', () => {
    for (const generator of generators) {
      assert.ok(objectives[generator.c02], generator.c02);
      for (const fact of generator.facts) assert.ok(facts[fact], fact);
    }
  });

  test('the right option stands at every place alike', () => {
    const places = new Map<number, number>();
    let drawn = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      for (const item of bank.filter((each) => each.type === 'single')) {
        const order = shuffled([0, 1, 2, 3], randomFromText(`options|${seed}|${item.id}`));
        const place = order.findIndex((at) => item.options[at]?.correct);
        places.set(place, (places.get(place) ?? 0) + 1);
        drawn += 1;
      }
    }
    for (const place of [0, 1, 2, 3]) {
      const share = (places.get(place) ?? 0) / drawn;
      assert.ok(Math.abs(share - 0.25) < 0.03, `place ${place}: ${share}`);
    }
  });
});

suite('The gates refuse', () => {
  const cases: { name: string; items: FactItem[]; problem: RegExp }[] = [
    { name: 'an option without a reason', items: [withOption({ why: '' })], problem: /why/ },
    {
      name: 'a source outside the documentation of AWS',
      items: [withOption({ doc: 'https://example.com/xray' })],
      problem: /doc/,
    },
    {
      name: 'a wrong option without its family',
      items: [withOption({ family: undefined as never })],
      problem: /names its family/,
    },
    {
      name: 'two keys in a single item',
      items: [withOption({ correct: true, family: undefined as never })],
      problem: /one of them right/,
    },
    { name: 'a fact that does not exist', items: [changed({ facts: ['Z99'] })], problem: /no fact Z99/ },
    {
      name: 'a disputed fact without its notes',
      items: [changed({ facts: ['A04'] })],
      problem: /needs an exam note and a today note/,
    },
    {
      name: 'a negative question',
      items: [changed({ stem: 'Which of these is not a part of a trace?' })],
      problem: /negative/,
    },
    {
      name: 'all of the above',
      items: [withOption({ text: 'All of the above' })],
      problem: /refers to other options/,
    },
    {
      name: 'a distractor with always',
      items: [withOption({ text: 'It always samples all of them' })],
      problem: /gives itself away/,
    },
    {
      name: 'an option that stands out',
      items: [withOption({ text: 'x'.repeat(200) })],
      problem: /stands out/,
    },
    { name: 'the same id and stem twice', items: [sound, sound], problem: /used twice/ },
    {
      name: 'two options that say the same',
      items: [withOption({ text: sound.options[0]?.text ?? '' }, 1)],
      problem: /say the same/,
    },
    {
      name: 'an unknown objective',
      items: [changed({ c02: '2.2', c03: '2.2', id: '2.2-S01' })],
      problem: /has no title/,
    },
    {
      name: 'a wrong C03 objective',
      items: [changed({ c02: '6.2', c03: '6.2', id: '6.2-S01' })],
      problem: /C03 objective of 6.2 is 1.3/,
    },
    {
      name: 'a bank in which the longest option is right',
      items: [
        withOption(
          { text: `${sound.options.find((option) => option.correct)?.text} and nothing else` },
          sound.options.findIndex((option) => option.correct),
        ),
      ],
      problem: /longest option is right/,
    },
    {
      name: 'a wrong idea in more than three items',
      items: ['1', '2', '3', '4'].map((n) => changed({ id: `1.1-S9${n}`, stem: `${sound.stem} ${n}?` })),
      problem: /at most three may/,
    },
  ];
  for (const { name, items, problem } of cases) {
    test(name, () => assert.match(bankProblems(items).join('\n'), problem));
  }
});

suite('Grading facts', () => {
  const item = bank.find((each) => each.type === 'multiple') as FactItem;
  const order = item.options.map((_, at) => at);
  const ids = (correct: boolean) => order.filter((at) => item.options[at]?.correct === correct).map(optionId);

  test('both keys are right', () => {
    const { correct, score } = gradeFact(item, order, { choices: ids(true) });
    assert.deepEqual([correct, score], [true, 1]);
  });
  test('one of two with a wrong one earns nothing', () => {
    const { correct, score } = gradeFact(item, order, { choices: [ids(true)[0] ?? '', ids(false)[0] ?? ''] });
    assert.deepEqual([correct, score], [false, 0]);
  });
  test('every option comes back with its reason and its source', () => {
    const { options = [] } = gradeFact(item, order, { choices: ids(true) });
    assert.equal(options.length, item.options.length);
    for (const option of options)
      assert.ok(option.why && option.doc.startsWith('https://docs.aws.amazon.com/'));
  });
});
