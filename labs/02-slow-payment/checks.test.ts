import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Trace } from '@xray-lab/xray/model';
import { runCheck, type CheckResult } from '../kit/index.ts';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import { checkoutTrace } from '../kit/shop.fixture.ts';
import type { LabProcess } from '../server/contract.ts';
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

function check(
  id: string,
  traces: readonly Trace[],
  answer?: unknown,
  now = EDIT + 60,
): Promise<CheckResult> {
  const step = lab.steps.find((each) => each.id === id);
  assert.ok(step, `there is a step ${id}`);
  return runCheck(step, {
    xray: memoryXRay(traces),
    run: { nonce: 'r-1', startedAt: START },
    answer,
    now: () => now,
    processes: async () => [{ name: 'payment', startedAt: EDIT } as LabProcess],
  });
}

const cases: {
  name: string;
  step: string;
  traces?: readonly Trace[];
  answer?: unknown;
  now?: number;
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
    expected: ['fail', /further down/],
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
    expected: ['fail', /another time/],
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
    name: 'the fault switched off',
    step: 'fast-again',
    traces: several(EDIT + 1, 30, [{ seconds: 0.05, status: 201 }]),
    expected: ['fail', /answers again/],
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
    now: EDIT + 40,
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
    expected: ['fail', /answers again/],
  },
  {
    name: 'too few checkouts since the edit',
    step: 'breaker',
    traces: [...before, ...several(EDIT + 1, 3, short)],
    expected: ['cannot-tell', /Only 3 of 30/],
  },
];

suite('The slow payment', () => {
  for (const { name, step, traces = before, answer, now, expected } of cases) {
    test(`${step}: ${name} → ${expected[0]}`, async () => {
      const result = await check(step, traces, answer, now);
      assert.match(result.why, expected[1]);
      assert.equal(result.verdict, expected[0]);
    });
  }

  test('cannot-tell always names the command that helps', async () => {
    const told = await Promise.all(
      cases
        .filter(({ expected }) => expected[0] === 'cannot-tell')
        .map(({ step, traces = before, answer, now }) => check(step, traces, answer, now)),
    );
    assert.ok(told.length > 0);
    for (const { remedy } of told) assert.match(remedy ?? '', /^npm run lab -- /);
  });
});
