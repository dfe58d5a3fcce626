import { durationOf } from '@xray-lab/xray/model';
import { brokenEdits, checkoutsOfRun, segmentNamed, type Learner, type NearMiss } from '../kit/index.ts';
import { CHECKOUTS, PROMISE_SECONDS, signs } from './checks.ts';
import { providerCalls } from './evidence.ts';
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
    refusedBy: ['fast-again', 'breaker'],
    verdict: 'cannot-tell',
    because: /own fault is off/,
    ownRun: true,
    async attempt(learner) {
      await learner.fault('payment-provider-hangs', 'off');
      await quickCheckouts(learner);
    },
  },
  {
    title: 'lets the fault act on some requests only',
    refusedBy: ['fast-again', 'breaker'],
    verdict: 'cannot-tell',
    because: /^Besides the lab’s own fault payment-provider-hangs is on/,
    ownRun: true,
    async attempt(learner) {
      await learner.fault('payment-provider-hangs', 'on', { share: 0.05 });
      await quickCheckouts(learner);
    },
  },
  {
    title: 'stops the provider, so that every call fails at once',
    refusedBy: ['fast-again', 'breaker'],
    verdict: 'cannot-tell',
    because: /^payment-provider is stopped and does no work/,
    ownRun: true,
    async attempt(learner) {
      await learner.process('payment-provider', 'stopped');
      await quickCheckouts(learner);
    },
  },
  {
    title: 'gives every attempt up at once',
    refusedBy: ['fast-again', 'breaker'],
    because: /sooner than it answers when it is well/,
    ownRun: true,
    attempt: (learner) =>
      change(learner, (source) => source.replace(/(TIMEOUT_MILLISECONDS = )[\d_]+/, '$11')),
  },
  ...brokenEdits({
    file: PROVIDER,
    steps: ['fast-again', 'breaker'],
    // Slow checkouts are in the run, which a check might take for a breaker's failures.
    async before(learner) {
      await learner.traffic('busy');
      await slowTrace(learner);
    },
    after: quickCheckouts,
    syntaxError: (source) => source.replace(/const RETRIES = \d+;/, 'const RETRIES = ;'),
    removeFeature: (source) =>
      source.replace(/( +)async charge\(charge\) \{\n/, "$&$1  return { chargeId: 'later' };\n"),
    featureMissing: /does not call the provider any more/,
  }),
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

/** As many checkouts as are judged, each of them quick, and time for what is on its way. */
async function quickCheckouts(learner: Learner): Promise<void> {
  await learner.traffic('busy');
  const from = Date.now() / 1000;
  await learner.until(`${CHECKOUTS} quick checkouts`, 60, async () => {
    const context = { xray: learner.xray, run: learner.run, now: () => Date.now() / 1000 };
    const newest = (await checkoutsOfRun(context)).filter(({ StartTime }) => StartTime > from);
    const quick = newest.filter(({ ResponseTime = Infinity }) => ResponseTime < PROMISE_SECONDS);
    return quick.length >= CHECKOUTS || undefined;
  });
}

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
