import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { durationOf } from '@xray-lab/xray/model';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import type { LabProcess, RunConditions } from '../server/contract.ts';
import { processView } from './process.fixture.ts';
import { judgedSince, workOf } from './alive.ts';
import { checkoutsOfRun } from './checkouts.ts';
import { cannotTell, fail, pass } from './findings.ts';
import { runCheck } from './run-check.ts';
import { checkoutTrace } from './shop.fixture.ts';
import type { CheckContext, Step } from './types.ts';

const seen = { lookedFor: 'it', found: 'it' };
const doing: Step = {
  id: 'look',
  title: 'Look',
  goal: 'See something.',
  kind: 'do',
  points: 100,
  hints: ['idea', 'where', 'field'],
  solution: 'Look.',
  check: () => pass('seen', seen),
};
const telling: Step = { ...doing, kind: 'answer', answer: { type: 'value', label: 'It' } };
const cannot = () => cannotTell('Nothing came.', { ...seen, remedy: 'npm run lab -- send' });

const context = (more: Partial<CheckContext> = {}): CheckContext => ({
  xray: memoryXRay([]),
  run: { nonce: 'r', startedAt: 100 },
  now: () => 200,
  answer: 'x',
  processes: async () => [processView('order'), processView('payment')],
  lab: { id: '09-small', requires: ['order', 'payment'], edits: ['services/payment/provider.ts'] },
  ...more,
});
const payment = (view: Partial<LabProcess>): Partial<CheckContext> => ({
  processes: async () => [processView('order'), { ...processView('payment'), healthy: false, ...view }],
});
const off: RunConditions & { since: number } = {
  state: 'off',
  since: 0,
  says: 'The fault is off.',
  remedy: 'npm run lab -- fault on --lab 09-small',
};

suite('A live step is judged only when what it judges is alive', () => {
  const cases: { name: string; under: Partial<CheckContext>; expected: [string, string, string?] }[] = [
    { name: 'all run', under: {}, expected: ['pass', 'seen'] },
    {
      name: 'a service that the learner edits has crashed',
      under: payment({
        state: 'crashed',
        crash: { at: 1, how: 'ended with exit code 1', message: 'no card' },
      }),
      expected: ['fail', 'payment has crashed and does no work: no card.'],
    },
    {
      name: 'a service that nobody edits has crashed',
      under: {
        processes: async () => [
          { ...processView('order', 'crashed'), crash: { at: 1, how: 'ended by SIGKILL' } },
          processView('payment'),
        ],
      },
      expected: [
        'cannot-tell',
        'order has crashed and does no work: ended by SIGKILL.',
        'npm run lab -- start order',
      ],
    },
    {
      name: 'a service is stopped',
      under: payment({ state: 'stopped' }),
      expected: ['cannot-tell', 'payment is stopped and does no work.', 'npm run lab -- start payment'],
    },
    {
      name: 'a service is starting',
      under: payment({ state: 'starting' }),
      expected: ['cannot-tell', 'payment is just starting.', 'npm run lab -- check 09-small look'],
    },
    {
      name: 'a service does not answer',
      under: payment({ state: 'running' }),
      expected: ['cannot-tell', 'payment runs and does not answer.', 'npm run lab -- check 09-small look'],
    },
    {
      name: 'the supervisor does not answer',
      under: { processes: async () => [] },
      expected: ['cannot-tell', 'Nobody can say whether order runs.', 'npm run lab -- status'],
    },
    {
      name: 'the fault is off',
      under: { conditions: () => off },
      expected: ['cannot-tell', 'The fault is off.', 'npm run lab -- fault on --lab 09-small'],
    },
    {
      name: 'a live question has the shop, and nothing is to be done',
      under: { conditions: () => ({ state: 'borrowed', since: 0, says: 'Borrowed.' }) },
      expected: ['cannot-tell', 'Borrowed.', 'npm run lab -- check 09-small look'],
    },
  ];
  for (const { name, under, expected } of cases) {
    test(name, async () => {
      const { verdict, why, remedy } = await runCheck(doing, context(under));
      assert.deepEqual([verdict, why, ...(remedy ? [remedy] : [])], expected);
    });
  }

  test('an answer is judged by traces that are there, whatever runs', async () => {
    const under = context({ ...payment({ state: 'stopped' }), conditions: () => off });
    assert.equal((await runCheck(telling, under)).verdict, 'pass');
    const wrong = { ...telling, check: () => fail('No.', seen) };
    assert.equal((await runCheck(wrong, under)).why, 'No.');
  });

  test('where no traces came for an answer, what is dead is the reason', async () => {
    const step = { ...telling, check: cannot };
    assert.equal((await runCheck(step, context({ conditions: () => off }))).why, 'The fault is off.');
    assert.match((await runCheck(step, context(payment({ state: 'stopped' })))).why, /^payment is stopped/);
    assert.equal((await runCheck(step, context())).why, 'Nothing came.');
  });

  test('a step says itself when it is live', async () => {
    const under = context({ conditions: () => off });
    assert.equal((await runCheck({ ...telling, live: true }, under)).verdict, 'cannot-tell');
    assert.equal((await runCheck({ ...doing, live: false }, under)).verdict, 'pass');
  });
});

suite('Since when it can be judged', () => {
  const since = (startedAt: number, faultOn = 0) =>
    judgedSince(
      context({
        processes: async () => [
          { ...processView('payment'), startedAt },
          { ...processView('order'), startedAt: 190 },
        ],
        conditions: () => ({ state: 'as-wanted', since: faultOn }),
      }),
      ['payment'],
    );
  test('from the start of the run', async () => assert.equal(await since(50), 100));
  test('from the start of a process that is younger', async () => assert.equal(await since(150), 150));
  test('from when the fault has taken effect', async () => assert.equal(await since(150, 160), 163));
});

test('only a segment of the service itself, begun since then, is its work', async () => {
  const at = 1_790_000_000;
  const traces = [
    checkoutTrace({ run: 'r', at: at - 10 }),
    checkoutTrace({ run: 'r', at: at + 1, paymentIsAway: true }),
    checkoutTrace({ run: 'r', at: at + 2 }),
    checkoutTrace({ run: 'r', at: at + 3 }),
  ];
  const under = { xray: memoryXRay(traces), run: { nonce: 'r', startedAt: at - 20 }, now: () => at + 10 };
  const work = await workOf(under, await checkoutsOfRun(under), 'payment', at);
  assert.deepEqual(
    work.map(({ summary }) => summary.Id),
    [traces[3]?.id, traces[2]?.id],
  );
  for (const { segment } of work) {
    assert.equal(segment.name, 'payment');
    assert.ok(durationOf(segment) > 0);
  }
});

test('a segment that began at the very moment counts, one that is in progress does not', async () => {
  const at = 1_790_000_000;
  const done = checkoutTrace({ run: 'r', at });
  const begun = done.segments.find(({ name }) => name === 'payment')!.start_time;
  const under = { run: { nonce: 'r', startedAt: at - 20 }, now: () => at + 10 };
  const paymentsOf = async (trace: typeof done, since: number) => {
    const xray = memoryXRay([trace]);
    return (await workOf({ xray }, await checkoutsOfRun({ ...under, xray }), 'payment', since)).length;
  };
  assert.equal(await paymentsOf(done, begun), 1);
  assert.equal(await paymentsOf(done, begun + 0.001), 0);
  const segments = done.segments.map((segment) => {
    const { end_time: _end, ...rest } = segment;
    return segment.name === 'payment' ? { ...rest, in_progress: true } : segment;
  });
  assert.equal(await paymentsOf({ ...done, segments }, begun), 0);
});
