import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Trace } from '@xray-lab/xray/model';
import { runCheck, type CheckResult } from '../kit/index.ts';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import { checkoutTrace } from '../kit/shop.fixture.ts';
import type { LabProcess, RunConditions } from '../server/contract.ts';
import { processView } from '../kit/process.fixture.ts';
import { signs } from './checks.ts';
import { lab } from './lab.ts';

const START = 1_790_000_000;
const EDIT = START + 100;

const hung = [{ seconds: 3 }, { seconds: 3 }, { seconds: 3 }];
const short = [{ seconds: 0.4 }, { seconds: 0.4 }, { seconds: 0.4 }];
const checkout = (at: number, provider: { seconds: number; status?: number }[], run = 'r-1') =>
  checkoutTrace({ run, at, provider });
/** So many checkouts, one a second. */
const several = (from: number, count: number, provider: { seconds: number; status?: number }[]) =>
  Array.from({ length: count }, (_, n) => checkout(from + n, provider));

const slow = checkout(START + 5, hung);
const old = checkout(START + 4, hung, 'r-0');
const quick = checkout(START + 6, [{ seconds: 0.05, status: 201 }]);
const before = [slow, old, quick, ...several(START + 10, 5, hung)];
const opened = [...several(EDIT + 1, 3, short), ...several(EDIT + 4, 32, [])];
const probe = checkout(EDIT + 20.5, short);

/** Checkouts while payment does not run: an instant 502 each. */
const away = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => checkoutTrace({ run: 'r-1', at: from + n, paymentIsAway: true }));

/** What the check is asked under, when it is not as usual: all run, payment since the edit, and the fault is on. */
interface Circumstances {
  now?: number;
  processes?: Record<string, Partial<LabProcess> | undefined>;
  conditions?: RunConditions & { since: number };
}

function check(
  id: string,
  traces: readonly Trace[],
  answer?: unknown,
  { now = EDIT + 60, processes = {}, conditions = { state: 'as-wanted', since: START } }: Circumstances = {},
): Promise<CheckResult> {
  const step = lab.steps.find((each) => each.id === id);
  assert.ok(step, `there is a step ${id}`);
  const running = lab.requires.map((name) => ({
    ...processView(name),
    startedAt: name === 'payment' ? EDIT : START - 60,
    ...processes[name],
  }));
  return runCheck(step, {
    xray: memoryXRay(traces),
    run: { nonce: 'r-1', startedAt: START },
    answer,
    now: () => now,
    processes: async () => running,
    lab,
    conditions: () => conditions,
  });
}

const cases: {
  name: string;
  step: string;
  traces?: readonly Trace[];
  answer?: unknown;
  under?: Circumstances;
  expected: [string, RegExp];
}[] = [
  {
    name: 'a slow trace of this run',
    step: 'slow-trace',
    answer: slow.id,
    expected: ['pass', /far too long/],
  },
  { name: 'a quick trace', step: 'slow-trace', answer: quick.id, expected: ['fail', /was not slow/] },
  {
    name: "an earlier run's slow trace",
    step: 'slow-trace',
    answer: old.id,
    expected: ['fail', /not of this run/],
  },
  { name: 'no trace id', step: 'slow-trace', answer: 'payment', expected: ['fail', /not a trace id/] },
  {
    name: 'an unknown trace id',
    step: 'slow-trace',
    answer: '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f',
    expected: ['fail', /holds no trace/],
  },
  {
    name: 'the lowest long call',
    step: 'waiting-call',
    answer: 'payment → payment-provider',
    expected: ['pass', /9\.0 s in all/],
  },
  {
    name: 'the call above it',
    step: 'waiting-call',
    answer: 'order → payment',
    expected: ['fail', /took 9\.\d s, but .* further down/],
  },
  {
    name: 'a quick call',
    step: 'waiting-call',
    answer: 'order → inventory',
    expected: ['fail', /took 0\.\d s, which does not explain the wait/],
  },
  {
    name: 'a call that nobody made',
    step: 'waiting-call',
    answer: 'payment → DynamoDB',
    expected: ['fail', /no such call/],
  },
  {
    name: 'no slow trace yet',
    step: 'waiting-call',
    traces: [quick],
    answer: 'order → payment',
    expected: ['cannot-tell', /has arrived yet/],
  },
  { name: 'three attempts', step: 'attempts', answer: '3', expected: ['pass', /side by side/] },
  { name: 'two retries', step: 'attempts', answer: 2, expected: ['fail', /number of retries/] },
  { name: 'another number', step: 'attempts', answer: 9, expected: ['fail', /another number/] },
  { name: 'no number', step: 'attempts', answer: 'many', expected: ['fail', /not a number/] },
  {
    name: 'the length of an attempt',
    step: 'each-attempt',
    answer: '3,02 s',
    expected: ['pass', /gives up/],
  },
  ...['3000 ms', '0.05 min', 'three seconds', '3,000 ms', 'about 3 s each'].map((answer) => ({
    name: `the length of an attempt as ${answer}`,
    step: 'each-attempt',
    answer,
    expected: ['pass', /gives up/] as [string, RegExp],
  })),
  {
    name: 'the length of all attempts in milliseconds',
    step: 'each-attempt',
    answer: '9000 ms',
    expected: ['fail', /all attempts together/],
  },
  {
    name: 'milliseconds without their unit',
    step: 'each-attempt',
    answer: 3000,
    expected: ['fail', /taken in seconds.*Write `ms`/],
  },
  {
    name: 'the length of all attempts',
    step: 'each-attempt',
    answer: 9,
    expected: ['fail', /all attempts together/],
  },
  { name: 'another length', step: 'each-attempt', answer: 5, expected: ['fail', /another time/] },
  {
    name: 'fault and no response',
    step: 'sign',
    answer: signs[2],
    expected: ['pass', /no response to record/],
  },
  { name: 'a 504', step: 'sign', answer: signs[1], expected: ['fail', /something else/] },

  {
    name: 'quick checkouts while the provider hangs',
    step: 'fast-again',
    traces: [...before, ...opened, probe],
    expected: ['pass', /keeps its promise/],
  },
  {
    name: 'the code as it was',
    step: 'fast-again',
    traces: several(EDIT + 1, 30, hung),
    expected: ['fail', /still slower/],
  },
  {
    name: 'two slow ones are enough to tell',
    step: 'fast-again',
    traces: several(EDIT + 1, 2, hung),
    expected: ['fail', /still slower/],
  },
  {
    name: 'too few checkouts since the edit',
    step: 'fast-again',
    traces: [...before, ...several(EDIT + 1, 20, short)],
    expected: ['cannot-tell', /Only 20 of 30/],
  },
  {
    name: 'the provider answers',
    step: 'fast-again',
    traces: several(EDIT + 1, 30, [{ seconds: 0.05, status: 201 }]),
    expected: ['cannot-tell', /provider answers/],
  },
  {
    name: 'the call removed',
    step: 'fast-again',
    traces: several(EDIT + 1, 30, []),
    expected: ['fail', /does not call the provider any more/],
  },
  {
    name: 'a shorter timeout is enough for this step',
    step: 'fast-again',
    traces: several(EDIT + 1, 30, short),
    expected: ['pass', /keeps its promise/],
  },

  {
    name: 'opens, spares and probes',
    step: 'breaker',
    traces: [...before, ...opened, probe],
    expected: ['pass', /tries the provider again/],
  },
  {
    name: 'only a shorter timeout',
    step: 'breaker',
    traces: several(EDIT + 1, 40, short),
    expected: ['fail', /no breaker opens/],
  },
  {
    name: 'the call removed',
    step: 'breaker',
    traces: [...before, ...several(EDIT + 1, 40, [])],
    expected: ['fail', /does not call the provider any more/],
  },
  {
    name: 'opens now and then',
    step: 'breaker',
    traces: [...several(EDIT + 1, 28, short), ...several(EDIT + 30, 4, [])],
    expected: ['fail', /Most checkouts still wait/],
  },
  {
    name: 'has just opened',
    step: 'breaker',
    traces: opened,
    under: { now: EDIT + 40 },
    expected: ['cannot-tell', /not tried the provider again yet/],
  },
  {
    name: 'opens and never closes',
    step: 'breaker',
    traces: [...several(EDIT + 1, 3, short), ...several(EDIT + 4, 50, [])],
    expected: ['fail', /nobody has tried/],
  },
  {
    name: 'the provider answers the probe',
    step: 'breaker',
    traces: [...opened, checkout(EDIT + 50, [{ seconds: 0.1, status: 201 }])],
    expected: ['cannot-tell', /provider answers/],
  },
  {
    name: 'too few checkouts since the edit',
    step: 'breaker',
    traces: [...before, ...several(EDIT + 1, 3, short)],
    expected: ['cannot-tell', /Only 3 of 30/],
  },
];

/** Each with traces under which the code as it was, or worse, would look mended. */
const crash = {
  at: EDIT + 1,
  how: 'ended with exit code 1',
  error: 'SyntaxError',
  message: 'Expression expected',
  file: 'sample-app/services/payment/provider.ts',
  line: 8,
};
const dead = { healthy: false, startedAt: 0 };
const brokenFile = { payment: { ...dead, state: 'crashed' as const, crash } };
const quickFailures = [...several(START + 10, 5, hung), ...away(EDIT + 1, 40)];

for (const step of ['fast-again', 'breaker']) {
  cases.push(
    {
      name: 'a syntax error in the file: payment has crashed, and every checkout fails at once',
      step,
      traces: quickFailures,
      under: { processes: brokenFile },
      expected: [
        'fail',
        /^payment has crashed and does no work: SyntaxError: Expression expected, in `sample-app\/services\/payment\/provider\.ts`, line 8\.$/,
      ],
    },
    {
      name: 'payment is stopped',
      step,
      traces: quickFailures,
      under: { processes: { payment: { ...dead, state: 'stopped' } } },
      expected: ['cannot-tell', /^payment is stopped and does no work/],
    },
    {
      name: 'payment runs again since a moment, and the failures of before are still quick',
      step,
      traces: quickFailures,
      under: { processes: { payment: { startedAt: EDIT + 50 } } },
      expected: ['cannot-tell', /^Only 0 of 30/],
    },
    {
      name: 'payment runs and is not reached: its node was inferred from order',
      step,
      traces: quickFailures,
      expected: ['cannot-tell', /^Only 0 of 30/],
    },
    {
      name: 'half of the checkouts do not get as far as payment',
      step,
      traces: [...several(EDIT + 1, 20, short), ...away(EDIT + 21, 20)],
      expected: ['cannot-tell', /^Only 20 of 30/],
    },
    {
      name: 'the provider is stopped, so that each call fails at once',
      step,
      traces: several(EDIT + 1, 40, [{ seconds: 0.002 }, { seconds: 0.002 }, { seconds: 0.002 }]),
      under: { processes: { 'payment-provider': { ...dead, state: 'stopped' } } },
      expected: ['cannot-tell', /^payment-provider is stopped/],
    },
    {
      name: 'the provider was stopped until a moment ago',
      step,
      traces: several(EDIT + 1, 40, [{ seconds: 0.002 }]),
      under: { processes: { 'payment-provider': { startedAt: EDIT + 50 } } },
      expected: ['cannot-tell', /^Only 0 of 30/],
    },
    {
      name: 'nobody waits for the provider any more: each call is given up at once',
      step,
      traces: several(EDIT + 1, 40, [{ seconds: 0.001 }]),
      expected: ['fail', /ends after 1 ms, sooner than it answers when it is well/],
    },
    {
      name: 'the first lines of charge return',
      step,
      traces: several(EDIT + 1, 40, []),
      expected: ['fail', /does not call the provider any more/],
    },
    {
      name: 'the first checkouts were spared before any call had failed, as far as is known yet',
      step,
      traces: several(EDIT + 1, 8, []),
      under: { now: EDIT + 10 },
      expected: ['cannot-tell', /^Only 0 of 30/],
    },
    {
      name: 'a service in front of payment has crashed, which nobody edited',
      step,
      traces: quickFailures,
      under: {
        processes: { order: { ...dead, state: 'crashed', crash: { at: EDIT, how: 'ended by SIGKILL' } } },
      },
      expected: ['cannot-tell', /^order has crashed and does no work: ended by SIGKILL\.$/],
    },
    {
      name: 'payment is being started',
      step,
      traces: quickFailures,
      under: { processes: { payment: { state: 'starting', healthy: false } } },
      expected: ['cannot-tell', /^payment is just starting/],
    },
    {
      name: 'the fault was switched off from outside',
      step,
      traces: [...before, ...opened, probe],
      under: {
        conditions: {
          state: 'off',
          since: 0,
          says: 'The lab’s own fault is off.',
          offer: 'Switch it on again',
          remedy: 'npm run lab -- fault on --lab 02-slow-payment',
        },
      },
      expected: ['cannot-tell', /^The lab’s own fault is off/],
    },
    {
      name: 'the fault was off until a moment ago',
      step,
      traces: [...before, ...opened, probe],
      under: { conditions: { state: 'as-wanted', since: EDIT + 50 } },
      expected: ['cannot-tell', /^Only 0 of 30/],
    },
  );
}
cases.push(
  {
    name: 'nobody has bought since the breaker opened, so nobody could try the provider',
    step: 'breaker',
    traces: opened,
    under: { now: EDIT + 600 },
    expected: ['cannot-tell', /not tried the provider again yet/],
  },
  {
    name: 'payment hangs itself and sends nothing, and customers wait',
    step: 'fast-again',
    traces: several(EDIT + 1, 3, [{ seconds: 30 }]).map((trace) => ({
      ...trace,
      segments: trace.segments.filter(({ name }) => name !== 'payment'),
    })),
    expected: ['fail', /still slower/],
  },
  {
    name: 'no slow trace, and the fault is off',
    step: 'attempts',
    traces: [quick],
    answer: 3,
    under: {
      conditions: {
        state: 'off',
        since: 0,
        says: 'The lab’s own fault is off.',
        remedy: 'npm run lab -- fault on --lab 02-slow-payment',
      },
    },
    expected: ['cannot-tell', /^The lab’s own fault is off/],
  },
  {
    name: 'a slow trace of before, although payment has crashed since',
    step: 'attempts',
    answer: 3,
    under: { processes: brokenFile },
    expected: ['pass', /side by side/],
  },
);

/** Payment takes a second although it calls nobody. */
const slowly = (trace: Trace): Trace => ({
  ...trace,
  segments: trace.segments.map((segment) =>
    segment.name === 'payment' ? { ...segment, end_time: segment.start_time + 1 } : segment,
  ),
});
const answeredLate = checkout(START + 30, [{ seconds: 6, status: 201 }]);
const answeredAtLast = checkout(START + 40, [{ seconds: 3 }, { seconds: 3 }, { seconds: 0.5, status: 201 }]);
cases.push(
  {
    name: 'a slow checkout whose calls were answered is not the one asked about',
    step: 'each-attempt',
    traces: [slow, answeredLate],
    answer: 3,
    expected: ['pass', /gives up/],
  },
  {
    name: 'a checkout whose last call was answered is',
    step: 'each-attempt',
    traces: [answeredAtLast],
    answer: 3,
    expected: ['pass', /gives up/],
  },
  {
    name: 'the length of the call that was answered',
    step: 'each-attempt',
    traces: [answeredAtLast],
    answer: 0.5,
    expected: ['fail', /another time/],
  },
  { name: 'within a twentieth', step: 'each-attempt', answer: 3.14, expected: ['pass', /gives up/] },
  { name: 'just not within it', step: 'each-attempt', answer: 3.2, expected: ['fail', /another time/] },
  {
    name: 'slow checkouts before the newest thirty',
    step: 'fast-again',
    traces: [...several(EDIT + 1, 5, hung), ...several(EDIT + 20, 30, short)],
    expected: ['pass', /keeps its promise/],
  },
  {
    name: 'one slow checkout of thirty',
    step: 'fast-again',
    traces: [...several(EDIT + 1, 29, short), checkout(EDIT + 31, hung)],
    expected: ['pass', /keeps its promise/],
  },
  {
    name: 'customers wait for a payment that calls nobody',
    step: 'breaker',
    traces: [...several(EDIT + 1, 3, short), ...several(EDIT + 4, 32, []).map(slowly), probe],
    expected: ['fail', /did not call the provider was slow all the same/],
  },
  {
    name: 'those spared before the newest thirty do not count',
    step: 'breaker',
    traces: [
      ...several(EDIT + 1, 3, short),
      ...several(EDIT + 4, 10, []),
      ...several(EDIT + 14, 18, short),
      ...several(EDIT + 32, 12, []),
    ],
    expected: ['fail', /Most checkouts still wait/],
  },
  {
    name: 'half of the newest thirty are enough',
    step: 'breaker',
    traces: [...several(EDIT + 1, 15, short), ...several(EDIT + 16, 15, [])],
    expected: ['cannot-tell', /not tried the provider again yet/],
  },
  {
    name: 'a call half a second after the first that was spared is no probe',
    step: 'breaker',
    traces: [...opened, checkout(EDIT + 4.5, short)],
    expected: ['cannot-tell', /not tried the provider again yet/],
  },
);

suite('The slow payment', () => {
  for (const { name, step, traces = before, answer, under, expected } of cases) {
    test(`${step}: ${name} → ${expected[0]}`, async () => {
      const result = await check(step, traces, answer, under);
      assert.match(result.why, expected[1]);
      assert.equal(result.verdict, expected[0]);
    });
  }

  test('cannot-tell always names the command that helps', async () => {
    const told = await Promise.all(
      cases
        .filter(({ expected }) => expected[0] === 'cannot-tell')
        .map(({ step, traces = before, answer, under }) => check(step, traces, answer, under)),
    );
    assert.ok(told.length > 0);
    for (const { remedy } of told) assert.match(remedy ?? '', /^npm run lab -- /);
  });

  test('a finding shows the traces it is about, and what was counted', async () => {
    const newest = before.at(-1)!.id;
    for (const [step, answer] of [
      ['waiting-call', 'order → payment'],
      ['attempts', 9],
      ['each-attempt', 5],
      ['sign', signs[1]],
    ] as const) {
      assert.deepEqual((await check(step, before, answer)).traceIds, [newest], step);
    }
    assert.deepEqual((await check('slow-trace', before, slow.id)).traceIds, [slow.id]);

    const quickly = several(EDIT + 1, 28, short);
    const waited = several(EDIT + 30, 2, hung);
    const kept = await check('fast-again', [...quickly, ...waited, ...away(EDIT + 40, 4)]);
    assert.match(
      kept.found,
      /^30 checkouts in which payment did its work since it started, 2 of them slower than 2 s, p95 9\.13 s; without a finished segment of payment, and not counted: 4$/,
    );
    assert.deepEqual(kept.traceIds, waited.map(({ id }) => id).toReversed());
    assert.doesNotMatch((await check('fast-again', [])).found, /p95|not counted/);

    // The probe, three that were spared, and another that called.
    const { traceIds } = await check('breaker', [...before, ...opened, probe]);
    assert.equal(traceIds?.[0], probe.id);
    assert.equal(traceIds?.length, 5);
  });
});
