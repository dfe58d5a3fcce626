import { everySubsegment, type Trace } from '@xray-lab/xray/model';
import { ownCheckouts, segmentNamed, type Learner, type NearMiss } from '../kit/index.ts';

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
    title: 'counts the nodes of the map, with those X-Ray inferred',
    refusedBy: 'count-services',
    because: /nodes of the map/,
    attempt: async (learner) =>
      new Set((await ownTrace(learner)).segments.map((segment) => segment.name)).size,
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
      await ownTrace(learner);
      await shoppersTrace(learner);
      return `annotation.run = "${learner.run.nonce}"`;
    },
  },
  {
    title: 'leaves out the quotes and the value',
    refusedBy: 'filter-by-annotation',
    because: /X-Ray refuses/,
    attempt: async (learner) => {
      await ownTrace(learner);
      await shoppersTrace(learner);
      return 'annotation.orderId =';
    },
  },
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
