/** The prover reports a lab that does not hold: each test breaks one thing of a sound lab, and reads the one line that failed. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CheckResult, LabRun } from '../server/contract.ts';
import { fail, pass } from './findings.ts';
import type { PlayedLearner } from './lab-client.ts';
import type { NearMiss } from './learner.ts';
import { proveWith, type LabMaterial, type ProofLine } from './prove.ts';
import type { Lab, Step } from './types.ts';

const seen = { lookedFor: 'the word', found: 'what was handed in' };
const word: Step = {
  id: 'word',
  title: 'The word',
  goal: 'Find the word.',
  kind: 'answer',
  answer: { type: 'value', label: 'The word' },
  points: 60,
  hints: ['idea', 'where', 'field'],
  solution: 'It stands there.',
  check: ({ answer }) =>
    answer === 'amber' ? pass('right', seen) : fail('Another word stands there.', seen),
};
const number: Step = {
  ...word,
  id: 'number',
  points: 40,
  check: ({ answer }) => (answer === 7 ? pass('right', seen) : fail('Another number of them.', seen)),
};
const lab: Lab = {
  id: '09-fake',
  title: 'Fake',
  summary: 'A lab in memory.',
  minutes: 5,
  level: 'beginner',
  maps: { c02: ['1.1'], c03: ['1.1'] },
  requires: [],
  faults: [],
  traffic: 'calm',
  edits: [],
  steps: [word, number],
};
const red: NearMiss = {
  title: 'answers red',
  refusedBy: 'word',
  because: /^Another word/,
  attempt: async () => 'red',
};
const material: LabMaterial = {
  async solution(learner) {
    await learner.answer('word', 'amber');
    await learner.answer('number', 7);
  },
  nearMisses: [red],
  text: 'Read the word.',
};

/** What does not hold of this lab in memory. */
interface Flaws {
  /** Points that a run begins with. */
  head?: number;
  /** Faults that a reset leaves on, and files that it leaves changed. */
  faults?: string[];
  changed?: string[];
  /** What the control plane says of a check, other than the check itself. */
  says?: Partial<CheckResult>;
}

/** Works the lab's own checks, as the control plane does, and keeps the score. */
function learnerOf({ steps }: Lab, { head = 0, faults = [], changed = [], says }: Flaws): PlayedLearner {
  const answers = new Map<string, unknown>();
  const passed = new Set<string>();
  let started = false;
  const check = async (id: string, answer?: unknown): Promise<CheckResult> => {
    const step = steps.find((each) => each.id === id)!;
    if (step.kind === 'answer' && answer === undefined)
      throw Object.assign(new Error('The answer is missing.'), { status: 400 });
    const finding = await step.check({ answer } as Parameters<Step['check']>[0]);
    if (finding.verdict === 'pass') passed.add(id);
    return { ...finding, checkedAt: 0, ...(finding.verdict === 'fail' ? says : {}) };
  };
  const points = () => steps.filter(({ id }) => passed.has(id)).reduce((sum, each) => sum + each.points, 0);
  const state = async () =>
    ({
      started,
      score: (started ? head : 0) + points(),
      steps: steps.map(({ id }) => ({ id, state: passed.has(id) ? 'passed' : 'open' })),
    }) as LabRun;
  const reset = async () => {
    started = false;
    passed.clear();
    return state();
  };
  return {
    answers,
    check,
    answer: (id: string, value: unknown) => (answers.set(id, value), check(id, value)),
    reset,
    startAgain: async () => (await reset(), answers.clear(), (started = true), state()),
    state,
    activeFaults: async () => faults,
    changedFiles: async () => changed,
  } as unknown as PlayedLearner;
}

const prove = (more: Partial<LabMaterial> = {}, flaws: Flaws = {}, of: Lab = lab): Promise<ProofLine[]> =>
  proveWith(of, { ...material, ...more }, learnerOf(of, flaws), { seeds: [1] });

const withSteps = (...steps: Step[]): Lab => ({ ...lab, steps });
const always: Step = {
  ...word,
  id: 'always',
  kind: 'do',
  live: false,
  check: () => pass('nothing asked', seen),
};

suite('the prover', () => {
  test('of a sound lab every fact holds', async () => {
    const lines = await prove();
    assert.deepEqual(
      lines.filter(({ passed }) => !passed),
      [],
    );
    assert.ok(lines.some(({ fact }) => fact === '"word" refuses who answers red'));
  });

  const broken: {
    name: string;
    more?: Partial<LabMaterial>;
    flaws?: Flaws;
    of?: Lab;
    /** The facts that do not hold, and what the first one says. */
    facts: string[];
    says: RegExp;
  }[] = [
    {
      name: 'a near miss that passes',
      more: { nearMisses: [{ ...red, title: 'answers amber', attempt: async () => 'amber' }] },
      facts: ['"word" refuses who answers amber'],
      says: /^the check of "word" says pass and not fail: right$/,
    },
    {
      name: 'a near miss that is refused for another reason',
      more: { nearMisses: [{ ...red, because: /not a word at all/ }] },
      facts: ['"word" refuses who answers red'],
      says: /^"word" refused it for another reason: Another word stands there\.$/,
    },
    {
      name: 'a near miss that another check refuses than the one it names',
      more: { nearMisses: [{ ...red, refusedBy: 'number' }] },
      facts: ['"number" refuses who answers red'],
      says: /^"number" refused it for another reason: Another number of them\.$/,
    },
    {
      name: 'a near miss that only the first of the two it names refuses',
      more: {
        nearMisses: [{ ...red, refusedBy: ['word', 'number'], because: /^Another/, attempt: async () => 7 }],
      },
      facts: ['"word" and "number" refuse who answers red'],
      says: /^the check of "number" says pass and not fail/,
    },
    {
      name: 'a near miss that is failed, where nobody can tell',
      more: { nearMisses: [{ ...red, verdict: 'cannot-tell' }] },
      facts: ['"word" refuses who answers red'],
      says: /^the check of "word" says fail and not cannot-tell/,
    },
    {
      name: 'a check that can not tell and names no command',
      more: { nearMisses: [{ ...red, verdict: 'cannot-tell' }] },
      flaws: { says: { verdict: 'cannot-tell' } },
      facts: ['"word" refuses who answers red'],
      says: /^"word" can't tell and names no command/,
    },
    {
      name: 'a near miss that can not be tried',
      more: {
        nearMisses: [{ ...red, attempt: () => Promise.reject(new Error('waited 30 s for order')) }],
      },
      facts: ['"word" refuses who answers red'],
      says: /^waited 30 s for order$/,
    },
    {
      name: 'points in a fresh run',
      flaws: { head: 5 },
      facts: ['a fresh run scores 0', 'the solution scores 100 (seed 1)'],
      says: /^the score is 5$/,
    },
    {
      name: 'a step that passes although nothing was done',
      of: withSteps({ ...word, points: 100 }, { ...always, points: 0 }),
      more: { solution: async (learner) => void (await learner.answer('word', 'amber')) },
      facts: ['a fresh run scores 0'],
      says: /^step "always" passes although nothing was done: nothing asked$/,
    },
    {
      name: 'a solution below 100',
      more: { solution: async (learner) => void (await learner.answer('word', 'amber')) },
      facts: ['the solution scores 100 (seed 1)'],
      says: /^the score is 60\. "number": never checked$/,
    },
    {
      name: 'a solution that stops',
      more: { solution: () => Promise.reject(new Error('no trace came')) },
      facts: ['the solution scores 100 (seed 1)'],
      says: /^labs\/09-fake\/solution\.ts stopped: no trace came\. "word": never checked "number": never checked$/,
    },
    {
      name: 'another solution below 100',
      more: { otherSolutions: [{ title: 'by hand', solution: async () => {} }] },
      facts: ['another solution scores 100: by hand'],
      says: /^the score is 0\./,
    },
    {
      name: 'a text that tells an answer',
      more: { text: 'The word is amber.' },
      facts: ['no hint and no text contains an answer'],
      says: /^step "word": the answer amber can be read in "The word is amber\."/,
    },
    {
      name: 'a hint that tells a number',
      of: withSteps(word, { ...number, hints: ['idea', 'where', 'There are 7.'] }),
      facts: ['no hint and no text contains an answer'],
      says: /^step "number": the answer 7 can be read in "There are 7\."/,
    },
    {
      name: 'a live step without a dead service',
      of: withSteps({ ...word, live: true }, number),
      facts: ['a dead service is among the near misses of every live step'],
      says: /step "word" has no near miss "service-stopped"/,
    },
    {
      name: 'a fault that is on after the reset',
      flaws: { faults: ['slow'] },
      facts: ['a reset returns to the baseline'],
      says: /^after the reset these faults are still on: slow$/,
    },
    {
      name: 'a file that is changed after the reset',
      flaws: { changed: ['services/payment/provider.ts'] },
      facts: ['a reset returns to the baseline'],
      says: /still changed: services\/payment\/provider\.ts$/,
    },
  ];
  for (const { name, more, flaws, of, facts, says } of broken) {
    test(`reports ${name}`, async () => {
      const failed = (await prove(more, flaws, of)).filter(({ passed }) => !passed);
      assert.deepEqual(
        failed.map(({ fact }) => fact),
        facts,
      );
      assert.match(failed[0]!.detail, says);
    });
  }

  test('near misses that need a run of their own come last, each after a new start', async () => {
    const order: string[] = [];
    const learner = learnerOf(lab, {});
    const start = learner.startAgain;
    learner.startAgain = () => (order.push('start'), start());
    const miss = (title: string, ownRun: boolean): NearMiss => ({
      ...red,
      title,
      ownRun,
      attempt: async () => (order.push(title), 'red'),
    });
    const nearMisses = [miss('own', true), miss('shared', false), miss('shared too', false)];
    await proveWith(lab, { ...material, nearMisses }, learner, { seeds: [] });
    assert.deepEqual(order.slice(order.indexOf('shared') - 1), [
      'start',
      'shared',
      'shared too',
      'start',
      'own',
    ]);
  });
});
