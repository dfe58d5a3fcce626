import { everySubsegment, type Trace } from '@xray-lab/xray/model';
import {
  annotationOf,
  ownCheckouts,
  segmentNamed,
  stoppedService,
  type Learner,
  type NearMiss,
} from '../kit/index.ts';

/** What learners try in this lab, and the check that refuses it. */
export const nearMisses: readonly NearMiss[] = [
  {
    title: 'waits for the shoppers instead of buying',
    refusedBy: 'send-checkout',
    because: /no checkout of yours/,
    ownRun: true,
    async attempt(learner) {
      await shoppersTrace(learner);
    },
  },
  {
    title: 'hands in the trace of a shopper',
    refusedBy: 'find-trace-id',
    because: /of customer c-/,
    async attempt(learner) {
      await ownTrace(learner);
      return (await shoppersTrace(learner)).id;
    },
  },
  {
    title: 'hands in the checkout of an earlier run',
    refusedBy: 'find-trace-id',
    because: /not of this run/,
    ownRun: true,
    async attempt(learner) {
      const old = await ownTrace(learner);
      await learner.startAgain();
      await ownTrace(learner);
      return old.id;
    },
  },
  {
    title: 'counts every row of the trace, with those X-Ray inferred',
    refusedBy: 'count-services',
    because: /every row, tables and other companies too/,
    attempt: async (learner) => (await ownTrace(learner)).segments.length,
  },
  {
    title: 'counts the payment provider, whose company it is not',
    refusedBy: 'count-services',
    because: /payment-provider as well, which sent nothing/,
    attempt: async (learner) => {
      const trace = await ownTrace(learner);
      return new Set(
        trace.segments
          .filter(({ name, inferred }) => !inferred || name === 'payment-provider')
          .map(({ name }) => name),
      ).size;
    },
  },
  {
    title: 'counts each name once, with DynamoDB and the provider',
    refusedBy: 'count-services',
    because: /each name once/,
    attempt: async (learner) => new Set((await ownTrace(learner)).segments.map(({ name }) => name)).size,
  },
  {
    title: "hands in the callee's segment instead of the caller's subsegment",
    refusedBy: 'slowest-call',
    because: /not a call in order/,
    attempt: async (learner) => segmentNamed(await ownTrace(learner), 'payment')?.id,
  },
  {
    title: 'hands in the shortest call',
    refusedBy: 'slowest-call',
    because: /Another call of order took longer/,
    async attempt(learner) {
      const order = segmentNamed(await ownTrace(learner), 'order');
      const calls = order ? everySubsegment(order).filter((call) => call.namespace !== undefined) : [];
      const length = (call: (typeof calls)[number]) => (call.end_time ?? 0) - call.start_time;
      return calls.sort((a, b) => length(a) - length(b))[0]?.id;
    },
  },
  {
    title: 'filters by the run, which the shoppers share',
    refusedBy: 'filter-by-annotation',
    because: /other traces as well/,
    async attempt(learner) {
      await twoOrders(learner);
      await shoppersTrace(learner);
      return `annotation.run = "${learner.run.nonce}"`;
    },
  },
  {
    title: 'repeats the filter that the text shows for step 2',
    refusedBy: 'filter-by-annotation',
    because: /another order of yours/,
    async attempt(learner) {
      await twoOrders(learner);
      return 'annotation.customerId = "you"';
    },
  },
  {
    title: 'asks for metadata, which is not indexed',
    refusedBy: 'filter-by-annotation',
    because: /metadata is not indexed, so no filter sees it/,
    async attempt(learner) {
      await twoOrders(learner);
      return 'metadata.orderId = "o-1"';
    },
  },
  {
    title: 'leaves out the quotes and the value',
    refusedBy: 'filter-by-annotation',
    because: /X-Ray refuses/,
    attempt: async (learner) => {
      await twoOrders(learner);
      return 'annotation.orderId =';
    },
  },
  // Four segments, joined under the gateway: all that a checkout leaves that could not be paid.
  ...stoppedService({
    service: 'payment',
    steps: ['send-checkout'],
    async after(learner) {
      await learner.send();
      await learner.until('the failed checkout', 15, async () => {
        const [newest] = await ownCheckouts(contextOf(learner));
        const [trace] = newest ? await learner.xray.traces([newest.Id]) : [];
        return trace && segmentNamed(trace, 'order');
      });
    },
  }),
];

const contextOf = (learner: Learner) => ({
  xray: learner.xray,
  run: learner.run,
  now: () => Date.now() / 1000,
});

/** The learner's newest checkout with all its segments; buys one when there is none. */
async function ownTrace(learner: Learner): Promise<Trace> {
  if ((await ownCheckouts(contextOf(learner))).length === 0) await learner.send();
  return learner.until('the whole trace of a checkout', 15, async () => {
    const [newest] = await ownCheckouts(contextOf(learner));
    const [trace] = newest ? await learner.xray.traces([newest.Id]) : [];
    return trace && segmentNamed(trace, 'order') && segmentNamed(trace, 'notification') ? trace : undefined;
  });
}

/** Two orders of the learner's, so that a filter can take one for the other. */
async function twoOrders(learner: Learner): Promise<void> {
  if ((await ownCheckouts(contextOf(learner))).length < 2) await learner.send(2);
  await learner.until('two orders', 15, async () => {
    const own = await ownCheckouts(contextOf(learner));
    const traces = await learner.xray.traces(own.map((summary) => summary.Id));
    return new Set(traces.flatMap((trace) => annotationOf(trace, 'orderId') ?? [])).size >= 2 || undefined;
  });
}

/** A checkout of one of the scripted shoppers in this run. */
async function shoppersTrace(learner: Learner): Promise<Trace> {
  return learner.until('a checkout of a shopper', 30, async () => {
    const [newest] = await learner.xray.summaries({
      start: learner.run.startedAt - 1,
      end: Date.now() / 1000 + 5,
      filter: `annotation.run = "${learner.run.nonce}" AND annotation.customerId BEGINSWITH "c-" AND http.url CONTAINS "/checkout"`,
    });
    return newest && (await learner.xray.traces([newest.Id]))[0];
  });
}
