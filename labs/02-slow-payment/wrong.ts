import { durationOf } from '@xray-lab/xray/model';
import { checkoutsOfRun, segmentNamed, type Learner, type NearMiss } from '../kit/index.ts';
import { CHECKOUTS, PROMISE_SECONDS, providerCalls, signs } from './checks.ts';
import { slowTrace, withShortTimeout } from './solution.ts';

const PROVIDER = 'services/payment/provider.ts';

/** What learners try in this lab, and the check that refuses it. */
export const nearMisses: readonly NearMiss[] = [
  {
    title: 'hands in a quick trace',
    refusedBy: 'slow-trace',
    because: /was not slow/,
    attempt: (learner) =>
      learner.until('a quick trace', 60, async () => {
        const [newest] = await learner.xray.summaries({
          ...sinceStart(learner),
          filter: `annotation.run = "${learner.run.nonce}" AND responsetime < 1`,
        });
        return newest?.Id;
      }),
  },
  {
    title: 'blames the call above the cause',
    refusedBy: 'waiting-call',
    because: /further down/,
    async attempt(learner) {
      await slowTrace(learner);
      return 'order → payment';
    },
  },
  {
    title: 'counts the retries without the first attempt',
    refusedBy: 'attempts',
    because: /number of retries/,
    attempt: async (learner) => providerCalls(await slowTrace(learner)).length - 1,
  },
  {
    title: 'times all attempts together',
    refusedBy: 'each-attempt',
    because: /all attempts together/,
    async attempt(learner) {
      const payment = segmentNamed(await slowTrace(learner), 'payment');
      return payment && Number(durationOf(payment).toFixed(1));
    },
  },
  {
    title: 'takes the timeout of the caller for an answer of the provider',
    refusedBy: 'sign',
    because: /something else/,
    async attempt(learner) {
      await slowTrace(learner);
      return signs[1];
    },
  },
  {
    title: 'changes nothing and buys again',
    refusedBy: 'fast-again',
    because: /still slower/,
    async attempt(learner) {
      await verdict(learner, 'fast-again');
    },
  },
  {
    title: 'hands in a slow trace of an earlier run',
    refusedBy: 'slow-trace',
    because: /not of this run/,
    ownRun: true,
    async attempt(learner) {
      const old = await slowTrace(learner);
      await learner.startAgain();
      return old.id;
    },
  },
  {
    title: 'switches the fault off instead of mending the code',
    refusedBy: 'fast-again',
    because: /answers again/,
    ownRun: true,
    async attempt(learner) {
      await learner.fault('payment-provider-hangs', 'off');
      await learner.traffic('busy');
      await learner.until('thirty quick checkouts', 60, async () => {
        const context = { xray: learner.xray, run: learner.run, now: () => Date.now() / 1000 };
        const newest = (await checkoutsOfRun(context)).slice(0, CHECKOUTS);
        const quick = newest.filter(({ ResponseTime = Infinity }) => ResponseTime < PROMISE_SECONDS);
        return quick.length === CHECKOUTS || undefined;
      });
    },
  },
  {
    title: 'only shortens the timeout',
    refusedBy: 'breaker',
    because: /no breaker opens/,
    ownRun: true,
    attempt: (learner) => change(learner, withShortTimeout),
  },
  {
    title: 'removes the call to the provider',
    refusedBy: 'breaker',
    because: /does not call the provider any more/,
    ownRun: true,
    attempt: (learner) =>
      change(learner, (source) =>
        source.replace(
          "await provider.post('/charges', charge)",
          "await Promise.resolve({ chargeId: 'later' })",
        ),
      ),
  },
];

const sinceStart = ({ run }: Learner) => ({ start: run.startedAt - 1, end: Date.now() / 1000 + 5 });

/** Edits, restarts, and lets shoppers buy until the check can tell. */
async function change(learner: Learner, transform: (source: string) => string): Promise<void> {
  await learner.edit(PROVIDER, transform);
  await learner.waitUntilRestarted('payment');
  await learner.traffic('busy');
  await verdict(learner, 'breaker');
}

const verdict = (learner: Learner, step: string) =>
  learner.until(`a verdict on "${step}"`, 60, async () =>
    (await learner.check(step)).verdict === 'cannot-tell' ? undefined : true,
  );
