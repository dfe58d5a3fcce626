import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Segment, Subsegment } from '@xray-lab/xray/model';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import { callsTo, percentile, quoted, windowOfRun } from './checkouts.ts';
import { defineLab } from './define-lab.ts';
import { pass } from './findings.ts';
import { consoleBlocks, folderProblems } from './folder.ts';
import { runCheck } from './run-check.ts';
import { checkoutTrace } from './shop.fixture.ts';
import type { Lab, Step } from './types.ts';

const step: Step = {
  id: 'look',
  title: 'Look',
  goal: 'See something.',
  kind: 'do',
  points: 100,
  hints: ['idea', 'where', 'field'],
  solution: 'Look.',
  check: () => pass('seen', { lookedFor: 'it', found: 'it' }),
};
const sound: Lab = {
  id: '09-sound',
  title: 'Sound',
  summary: 'A lab without mistakes.',
  minutes: 5,
  level: 'beginner',
  maps: { c02: ['1.1'], c03: ['1.1'] },
  requires: [],
  faults: [],
  traffic: 'calm',
  edits: [],
  steps: [step],
};

suite('defineLab', () => {
  test('returns a sound lab as it is', () => assert.equal(defineLab(sound), sound));

  const broken: { name: string; lab: object; message: RegExp }[] = [
    {
      name: 'an id that is no folder name',
      lab: { id: 'Sound' },
      message: /labs\/Sound\/lab\.ts: id "Sound" is not NN-name/,
    },
    { name: 'no steps', lab: { steps: [] }, message: /Add one to "steps"/ },
    { name: 'two steps of one name', lab: { steps: [step, step] }, message: /two steps are called "look"/ },
    {
      name: 'points that are not 100',
      lab: { steps: [{ ...step, points: 90 }] },
      message: /worth 90 points together. Make it 100/,
    },
    {
      name: 'a step without a check',
      lab: { steps: [{ ...step, check: undefined }] },
      message: /step "look" has no check. Add a function "check"/,
    },
    {
      name: 'a step with two hints',
      lab: { steps: [{ ...step, hints: ['a', 'b'] }] },
      message: /has 2 hints. Write three/,
    },
    {
      name: 'an empty hint',
      lab: { steps: [{ ...step, hints: ['a', ' ', 'c'] }] },
      message: /an empty hint/,
    },
    {
      name: 'an answer without a form',
      lab: { steps: [{ ...step, kind: 'answer' }] },
      message: /without a form. Add "answer"/,
    },
    {
      name: 'an answer form on a step to do',
      lab: { steps: [{ ...step, answer: { type: 'value', label: 'x' } }] },
      message: /of kind "do" and has an answer form/,
    },
    {
      name: 'a choice of one',
      lab: { steps: [{ ...step, kind: 'answer', answer: { type: 'choice', label: 'x', choices: ['a'] } }] },
      message: /fewer than two/,
    },
    { name: 'no objective', lab: { maps: { c02: [], c03: [] } }, message: /Fill "maps.c02" and "maps.c03"/ },
    { name: 'no solution', lab: { steps: [{ ...step, solution: '' }] }, message: /has no solution/ },
  ];
  for (const { name, lab, message } of broken) {
    test(`refuses ${name}`, () => assert.throws(() => defineLab({ ...sound, ...lab } as Lab), { message }));
  }
});

suite('runCheck', () => {
  const context = { xray: memoryXRay([]), run: { nonce: 'r', startedAt: 1 }, now: () => 42 };
  const failing = (error: unknown): Step => ({ ...step, check: () => Promise.reject(error) });

  test('adds the time of the check', async () => {
    assert.deepEqual(await runCheck(step, context), {
      verdict: 'pass',
      why: 'seen',
      lookedFor: 'it',
      found: 'it',
      traceIds: [],
      checkedAt: 42,
    });
  });

  test('a check that takes too long can not tell', async () => {
    const slow: Step = { ...step, check: () => new Promise(() => {}) };
    const result = await runCheck(slow, context, 20);
    assert.equal(result.verdict, 'cannot-tell');
    assert.match(result.why, /stopped after 0.02 seconds/);
  });

  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:2001'), { code: 'ECONNREFUSED' });
  const unreachable = [
    { name: 'a refused connection', error: refused },
    {
      name: 'a refused connection inside another error',
      error: new Error('fetch failed', { cause: refused }),
    },
    { name: 'a refused connection on every address', error: new AggregateError([refused], '') },
  ];
  for (const { name, error } of unreachable) {
    test(`${name} can not tell and names the command`, async () => {
      const result = await runCheck(failing(error), context);
      assert.equal(result.verdict, 'cannot-tell');
      assert.equal(result.remedy, 'npm run lab -- start xray-api');
    });
  }

  test('a defect of the check costs the learner nothing', async () => {
    const result = await runCheck({ ...step, check: () => JSON.parse('{') }, context);
    assert.equal(result.verdict, 'cannot-tell');
    assert.match(result.why, /^The check itself failed/);
  });
});

suite('A check is asked about what the answer means', () => {
  const asking = (answer: unknown): Promise<{ verdict: string; why: string }> =>
    runCheck(
      {
        ...step,
        kind: 'answer',
        answer: { type: 'number', label: 'Lasted', unit: 's' },
        check: ({ answer: given }) =>
          pass(`asked about ${typeof given} ${given}`, { lookedFor: '', found: '' }),
      },
      { xray: memoryXRay([]), run: { nonce: 'r', startedAt: 1 }, now: () => 42, answer },
    );
  for (const answer of [3, '3000 ms', 'three seconds', '0.05 min']) {
    test(`${answer} is 3`, async () => assert.equal((await asking(answer)).why, 'asked about number 3'));
  }
  test('an answer that could be two is not handed on', async () => {
    const { verdict, why } = await asking('2 or 3');
    assert.deepEqual([verdict, why], ['fail', '"2 or 3" leaves a choice of numbers. Give one.']);
  });
});

test('a quote in a filter is escaped', () => assert.equal(quoted('a"b\\'), '"a\\"b\\\\"'));

test('a run is looked at from a second before its start until five after now', () =>
  assert.deepEqual(windowOfRun({ run: { nonce: 'r', startedAt: 100 }, now: () => 200 }), {
    start: 99,
    end: 205,
  }));

suite('Calls of a service', () => {
  const call = (name: string, start: number, more: Partial<Subsegment> = {}): Subsegment => ({
    ...{ id: `${name}-${start}`, name, namespace: 'remote', start_time: start, end_time: start + 1 },
    ...more,
  });
  const { namespace: _none, ...work } = call('provider', 0);
  const caller = {
    ...call('payment', 0),
    trace_id: 't',
    subsegments: [
      call('provider', 3),
      call('DynamoDB', 2),
      { ...work, subsegments: [call('provider', 1)] },
      call('provider', 2),
    ],
  } as Segment;

  test('are those to the callee, in order of start, and no block of code that is called like it', () =>
    assert.deepEqual(
      callsTo(caller, 'provider').map(({ id }) => id),
      ['provider-1', 'provider-2', 'provider-3'],
    ));
  test('are none where the service sent no segment', () =>
    assert.deepEqual(callsTo(undefined, 'provider'), []));
});

suite('Percentiles', () => {
  test('p95 of thirty allows one slow request', () =>
    assert.equal(percentile([...Array(29).fill(1), 9], 0.95), 1));
  test('p95 of thirty does not allow two', () =>
    assert.equal(percentile([...Array(28).fill(1), 9, 9], 0.95), 9));
  test('the order of the values does not matter, and 10 is more than 9', () => {
    assert.equal(percentile([10, 1, 9, 2], 0.5), 2);
    assert.equal(percentile([10, 1, 9, 2], 1), 10);
    assert.equal(percentile([9, 10, 2, 1], 0.75), 9);
  });
  test('of nothing there is none', () => assert.ok(Number.isNaN(percentile([], 0.5))));
});

suite('Folders of labs', () => {
  test('a stray file, a stray folder and a missing text are named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labs-'));
    try {
      await mkdir(join(folder, '01-known'));
      await mkdir(join(folder, '02-stray'));
      await writeFile(join(folder, '01-known', 'notes.txt'), '');
      await writeFile(
        join(folder, '01-known', 'index.mdx'),
        '---\ntitle: x\nlab: 02-other\n---\n\nSee [this](./no.md).\n',
      );
      const problems = (await folderProblems(folder, ['01-known'])).join('\n');
      for (const expected of [
        /02-stray\/ is not in labs\/catalogue.ts/,
        /notes.txt belongs to nothing/,
        /lab.ts is missing/,
        /no "description"/,
        /"lab" must be 01-known/,
        /no.md leads nowhere/,
      ]) {
        assert.match(problems, expected);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('commands are read without prompts and output', () => {
    const text = 'a\n```console\n$ npm run lab\nready\n```\n```ts\nno\n```\n```console\naws xray\n```\n';
    assert.deepEqual(consoleBlocks(text), ['npm run lab', 'aws xray']);
  });
});

suite('The reader over a memory X-Ray', () => {
  const traces = Array.from({ length: 7 }, (_, n) => checkoutTrace({ run: 'r', at: 1_790_000_000 + n }));
  const reader = memoryXRay(traces);

  test('reads all pages of summaries, newest first', async () => {
    const found = await reader.summaries({ start: 1_789_999_999, end: 1_790_000_100 });
    assert.deepEqual(
      found.map((summary) => summary.Id),
      traces.map((trace) => trace.id).reverse(),
    );
    assert.equal(typeof found[0]?.StartTime, 'number');
  });

  test('reads more than five traces, in the order asked for', async () => {
    const ids = traces.map((trace) => trace.id);
    const read = await reader.traces([...ids, '1-00000000-000000000000000000000000']);
    assert.deepEqual(
      read.map((trace) => trace.id),
      ids,
    );
    assert.equal(read[0]?.root?.name, 'gateway');
    assert.ok(
      read[0]?.segments.some((segment) => segment.inferred),
      'inferred segments are kept',
    );
  });

  test('reads a range of more than six hours in slices', async () => {
    const found = await reader.summaries({ start: 1_790_000_000 - 86_400, end: 1_790_000_100 });
    assert.equal(found.length, 7);
  });
});
