import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { assembleTrace, durationOf, everySubsegment, type Segment, type Trace } from '@xray-lab/xray/model';
import { runCheck, segmentNamed, type CheckResult } from '../kit/index.ts';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import { consoleBlocks } from '../kit/folder.ts';
import { checkoutTrace } from '../kit/shop.fixture.ts';
import type { LabProcess } from '../server/contract.ts';
import { processView } from '../kit/process.fixture.ts';
import { lab } from './lab.ts';

const START = 1_790_000_000;
const own = checkoutTrace({ run: 'r-1', customerId: 'you', orderId: 'o-mine', at: START + 5 });
const second = checkoutTrace({ run: 'r-1', customerId: 'you', orderId: 'o-second', at: START + 7 });
const shopper = checkoutTrace({ run: 'r-1', customerId: 'c-007', at: START + 6 });
const earlier = checkoutTrace({ run: 'r-0', customerId: 'you', at: START + 4 });
const all = [own, second, shopper, earlier];
const unpaid = checkoutTrace({ run: 'r-1', customerId: 'you', at: START + 7, paymentIsAway: true });

function check(
  id: string,
  traces: readonly Trace[],
  answer?: unknown,
  dead: Partial<Record<string, LabProcess['state']>> = {},
): Promise<CheckResult> {
  const step = lab.steps.find((each) => each.id === id);
  assert.ok(step, `there is a step ${id}`);
  return runCheck(step, {
    xray: memoryXRay(traces),
    run: { nonce: 'r-1', startedAt: START },
    answer,
    now: () => START + 30,
    processes: async () => lab.requires.map((name) => processView(name, dead[name])),
    lab,
  });
}

const order = segmentNamed(own, 'order') as Segment;
const calls = everySubsegment(order)
  .filter((call) => call.namespace)
  .sort((a, b) => durationOf(b) - durationOf(a));
const rows = own.segments.length;
const names = new Set(own.segments.map((segment) => segment.name)).size;
/** The learner's trace with some segments changed or missing, joined again. */
const withSegments = (change: (segment: Segment) => Segment | undefined): Trace =>
  assembleTrace(
    own.id,
    own.segments.filter((segment) => !segment.inferred).flatMap((segment) => change(segment) ?? []),
  );

const cases: {
  name: string;
  step: string;
  traces?: readonly Trace[];
  answer?: unknown;
  expected: [string, RegExp];
}[] = [
  { name: 'a joined checkout of the learner passes', step: 'send-checkout', expected: ['pass', /joined/] },
  {
    name: 'no traffic at all is not a checkout',
    step: 'send-checkout',
    traces: [],
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: "a shopper's checkout is not the learner's",
    step: 'send-checkout',
    traces: [shopper],
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: "an earlier run's checkout does not count",
    step: 'send-checkout',
    traces: [earlier],
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: 'a trace with three segments is not whole',
    step: 'send-checkout',
    traces: [
      withSegments((segment) => (['gateway', 'auth', 'order'].includes(segment.name) ? segment : undefined)),
    ],
    expected: ['fail', /Only 3 of the segments/],
  },
  {
    name: 'a checkout that could not be paid is not whole, although its four segments are joined',
    step: 'send-checkout',
    traces: [unpaid],
    expected: ['fail', /Only 4 of the segments/],
  },
  {
    name: 'the services of a checkout that could not be paid are not those of a checkout',
    step: 'count-services',
    traces: [unpaid],
    answer: 4,
    expected: ['cannot-tell', /went through the whole shop/],
  },
  {
    name: 'nor are they counted beside a whole one',
    step: 'count-services',
    traces: [unpaid, own],
    answer: 4,
    expected: ['fail', /another number/],
  },
  {
    name: 'a second segment without parent_id breaks the trace',
    step: 'send-checkout',
    traces: [
      withSegments(({ parent_id, ...segment }) =>
        segment.name === 'payment' || !parent_id ? segment : { ...segment, parent_id },
      ),
    ],
    expected: ['fail', /without a parent_id must be gateway's, but these have none: gateway, payment\./],
  },
  {
    name: 'a trace without a beginning is not joined',
    step: 'send-checkout',
    traces: [withSegments((segment) => ({ parent_id: 'aaaaaaaaaaaaaaaa', ...segment }))],
    expected: ['fail', /these have none: no segment\./],
  },
  {
    name: 'a segment with another trace id is a stranger',
    step: 'send-checkout',
    traces: [
      withSegments((segment) =>
        segment.name === 'payment' ? { ...segment, trace_id: shopper.id } : segment,
      ),
    ],
    expected: ['fail', /segment of payment carries another trace id/],
  },
  {
    name: 'a number, when nothing was sent',
    step: 'count-services',
    traces: [shopper],
    answer: 6,
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: 'no number',
    step: 'count-services',
    answer: 'many',
    expected: ['fail', /not a number/],
  },
  {
    name: 'a call, when nothing was sent',
    step: 'slowest-call',
    traces: [shopper],
    answer: calls[0]?.id,
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: 'a filter, when nothing was sent',
    step: 'filter-by-annotation',
    traces: [shopper],
    answer: 'annotation.orderId = "o-mine"',
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: 'an id, when nothing was sent',
    step: 'find-trace-id',
    traces: [shopper],
    answer: own.id,
    expected: ['fail', /no checkout of yours/],
  },
  {
    name: 'a parent_id that is nobody breaks the trace',
    step: 'send-checkout',
    traces: [
      withSegments((segment) =>
        segment.name === 'payment' ? { ...segment, parent_id: 'ffffffffffffffff' } : segment,
      ),
    ],
    expected: ['fail', /parent_id of payment/],
  },
  {
    name: 'the trace id as it is',
    step: 'find-trace-id',
    answer: own.id,
    expected: ['pass', /your checkout/],
  },
  {
    name: 'the trace id as the header has it',
    step: 'find-trace-id',
    answer: ` "Root=${own.id};Sampled=1" `,
    expected: ['pass', /your checkout/],
  },
  {
    name: 'the trace id in capitals',
    step: 'find-trace-id',
    answer: own.id.toUpperCase(),
    expected: ['pass', /your checkout/],
  },
  {
    name: 'the trace id as OpenTelemetry writes it',
    step: 'find-trace-id',
    answer: own.id.slice(2).replace('-', ''),
    expected: ['pass', /your checkout/],
  },
  { name: 'no answer', step: 'find-trace-id', expected: ['fail', /not a trace id/] },
  {
    name: 'a trace id with the letter g',
    step: 'find-trace-id',
    answer: own.id.replace(/.$/, 'g'),
    expected: ['fail', /not a trace id/],
  },
  {
    name: "a shopper's trace id",
    step: 'find-trace-id',
    answer: shopper.id,
    expected: ['fail', /of customer c-007/],
  },
  {
    name: "an earlier run's trace id",
    step: 'find-trace-id',
    answer: earlier.id,
    expected: ['fail', /not of this run/],
  },
  {
    name: 'an id that X-Ray does not hold',
    step: 'find-trace-id',
    answer: '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f',
    expected: ['fail', /holds no trace/],
  },
  {
    name: 'the number of services as a word',
    step: 'count-services',
    answer: 'six',
    expected: ['pass', /gateway, auth/],
  },
  {
    name: 'the number of services in words',
    step: 'count-services',
    answer: 'six services',
    expected: ['pass', /gateway, auth/],
  },
  {
    name: 'two numbers of services',
    step: 'count-services',
    answer: '6 or 8',
    expected: ['fail', /a choice of numbers/],
  },
  ...[
    ...([['every row of the trace', rows, /every row, tables and other companies too/]] as const),
    ...([['each name once', names, /each name once/]] as const),
    ...([['every row of the trace, as the shop leaves it', 11, /every row/]] as const),
    ...([['the nodes of the map with the client', 12, /the client too/]] as const),
    ...([['the tables as well', 10, /the tables as well/]] as const),
    ...([['the provider as well', 7, /payment-provider as well, which sent nothing/]] as const),
    ...([['one too few, because a mail is sent later', 5, /customer has long been answered/]] as const),
  ].map(([name, answer, why]) => ({
    name: `the number of services, counting ${name}`,
    step: 'count-services',
    answer,
    expected: ['fail', why] as [string, RegExp],
  })),
  {
    name: 'another number of services',
    step: 'count-services',
    answer: 3,
    expected: ['fail', /another number/],
  },
  {
    name: 'the longest call of order',
    step: 'slowest-call',
    answer: calls[0]?.id,
    expected: ['pass', /payment/],
  },
  {
    name: 'the shortest call of order',
    step: 'slowest-call',
    answer: calls.at(-1)?.id,
    expected: ['fail', /took longer/],
  },
  {
    name: "the callee's segment",
    step: 'slowest-call',
    answer: segmentNamed(own, 'payment')?.id,
    expected: ['fail', /not a call in order's segment: it is the segment of payment\.$/],
  },
  {
    name: "the caller's call of order",
    step: 'slowest-call',
    answer: segmentNamed(own, 'order')?.parent_id,
    expected: ['fail', /not a call in order's segment: it is a call of gateway\.$/],
  },
  {
    name: "order's own segment",
    step: 'slowest-call',
    answer: segmentNamed(own, 'order')?.id,
    expected: ['fail', /not a call in order's segment: it is the segment of order\.$/],
  },
  {
    name: 'a call of somebody else',
    step: 'slowest-call',
    answer: segmentNamed(shopper, 'order')?.id,
    expected: ['fail', /No segment or subsegment/],
  },
  {
    name: 'a name instead of an id',
    step: 'slowest-call',
    answer: 'payment',
    expected: ['fail', /16 hex digits/],
  },
  {
    name: 'the order by its annotation',
    step: 'filter-by-annotation',
    answer: 'annotation.orderId = "o-mine"',
    expected: ['pass', /nothing else/],
  },
  ...[
    String.raw`"annotation.orderId = \"o-mine\""`,
    `--filter-expression 'annotation.orderId = "o-mine"'`,
    `aws xray get-trace-summaries --start-time 1 --end-time 2 --filter-expression 'annotation.orderId = "o-mine"'`,
  ].map((answer) => ({
    name: `the order by ${answer}`,
    step: 'filter-by-annotation',
    answer,
    expected: ['pass', /nothing else/] as [string, RegExp],
  })),
  {
    name: 'the same trace by another expression',
    step: 'filter-by-annotation',
    answer: `'annotation.run = "r-1" AND annotation.customerId = "you" AND !annotation.orderId = "o-second"'`,
    expected: ['pass', /nothing else/],
  },
  {
    name: 'both orders of the learner',
    step: 'filter-by-annotation',
    answer: 'annotation.customerId = "you" AND annotation.run = "r-1"',
    expected: ['fail', /another order of yours/],
  },
  {
    name: 'metadata, which no filter sees',
    step: 'filter-by-annotation',
    answer: 'metadata.orderId = "o-mine"',
    expected: ['fail', /metadata is not indexed, so no filter sees it/],
  },
  {
    name: 'a filter that returns others as well',
    step: 'filter-by-annotation',
    answer: 'annotation.run = "r-1"',
    expected: ['fail', /other traces as well/],
  },
  {
    name: 'a filter that misses the order',
    step: 'filter-by-annotation',
    answer: 'annotation.customerId = "c-007"',
    expected: ['fail', /not among/],
  },
  ...[
    'annotation.orderId = "o-of-an-earlier-run"',
    'annotation.orderID = "o-mine"',
    'responsetime > 3600',
  ].map((answer) => ({
    name: `a filter that returns nothing, ${answer}`,
    step: 'filter-by-annotation',
    answer,
    expected: ['fail', /no trace of this run/] as [string, RegExp],
  })),
  {
    name: 'an order without its annotation',
    step: 'filter-by-annotation',
    answer: 'o-mine',
    expected: ['fail', /text in double quotes: annotation\.KEY = "VALUE"/],
  },
  {
    name: 'a filter that X-Ray refuses',
    step: 'filter-by-annotation',
    answer: 'annotation.orderId = ',
    expected: ['fail', /X-Ray refuses/],
  },
  {
    name: 'a filter, when there is one order to find',
    step: 'filter-by-annotation',
    traces: [own, shopper],
    answer: 'annotation.customerId = "you"',
    expected: ['cannot-tell', /only one order/],
  },
];

/** Of code in order, as long as all of it: no call. */
const block = {
  id: 'b10cb10cb10cb10c',
  name: 'reserve',
  start_time: order.start_time,
  end_time: order.end_time!,
};
cases.push({
  name: 'a block of code of order, which waited for nobody, is no call',
  step: 'slowest-call',
  traces: [
    withSegments((segment) =>
      segment.name === 'order'
        ? { ...segment, subsegments: [...(segment.subsegments ?? []), block] }
        : segment,
    ),
  ],
  answer: block.id,
  expected: ['fail', /it is not a call in order's segment: it is a call of order/],
});

suite('Your first trace', () => {
  for (const { name, step, traces = all, answer, expected } of cases) {
    test(`${step}: ${name} → ${expected[0]}`, async () => {
      const result = await check(step, traces, answer);
      assert.match(result.why, expected[1]);
      assert.equal(result.verdict, expected[0]);
      assert.ok(result.lookedFor && result.found, 'says what it looked for and what it found');
      if (result.verdict === 'pass')
        assert.ok(
          result.traceIds.some((id) => [own.id, second.id].includes(id)),
          'shows the trace of the learner that it judged',
        );
    });
  }

  test('no filter that the text shows passes the step that asks for one', async () => {
    const text = await readFile(join(import.meta.dirname, 'index.mdx'), 'utf8');
    const shown = consoleBlocks(text).filter((block) => block.includes('--filter-expression'));
    assert.ok(shown.length >= 2, 'the text shows filters');
    for (const traces of [all, [own, shopper], [own, second]]) {
      for (const command of shown) {
        assert.notEqual((await check('filter-by-annotation', traces, command)).verdict, 'pass', command);
      }
    }
  });

  test('no verdict tells what a later step asks', async () => {
    const answers: [string, unknown][] = [
      ['send-checkout', undefined],
      ['find-trace-id', own.id],
      ['count-services', 6],
      ['slowest-call', calls[0]?.id],
      ['filter-by-annotation', 'annotation.orderId = "o-mine"'],
    ];
    const broken = withSegments((segment) => (segment.name === 'payment' ? undefined : segment));
    for (const traces of [all, [broken, second], []]) {
      for (const [at, [step, answer]] of answers.entries()) {
        const { why, lookedFor, found } = await check(step, traces, answer);
        const later = answers.slice(at + 1).map(([, value]) => String(value));
        const told = later.find((value) =>
          new RegExp(`(?<![\\w.-])${value}(?![\\w-])`).test(`${why} ${lookedFor} ${found}`),
        );
        assert.equal(told, undefined, `${step} says ${told}: ${why} ${lookedFor} ${found}`);
      }
    }
  });

  test('the first step does not list the services that the third one counts', async () => {
    for (const traces of [all, [withSegments((segment) => (segment.parent_id ? undefined : segment))]]) {
      const { why, found } = await check('send-checkout', traces);
      for (const name of ['auth', 'inventory', 'notification'])
        assert.doesNotMatch(`${why} ${found}`, new RegExp(name));
    }
  });

  for (const state of ['stopped', 'crashed'] as const) {
    test(`send-checkout: while payment is ${state} nothing can be told, and the command starts it`, async () => {
      const result = await check('send-checkout', all, undefined, { payment: state });
      assert.equal(result.verdict, 'cannot-tell');
      assert.match(result.why, new RegExp(`^payment (is|has) ${state} and does no work`));
      assert.equal(result.remedy, 'npm run lab -- start payment');
    });
  }

  test('count-services: that payment is stopped is the reason why no checkout is whole', async () => {
    const result = await check('count-services', [unpaid], 4, { payment: 'stopped' });
    assert.deepEqual([result.verdict, result.why], ['cannot-tell', 'payment is stopped and does no work.']);
  });

  test('count-services: a whole checkout of before counts while payment is stopped', async () => {
    assert.equal((await check('count-services', all, 6, { payment: 'stopped' })).verdict, 'pass');
  });
});
