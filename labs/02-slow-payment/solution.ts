import { durationOf, type Trace } from '@xray-lab/xray/model';
import { checkoutsOfRun, type Learner } from '../kit/index.ts';
import { signs } from './checks.ts';
import { providerCalls } from './evidence.ts';

const PROVIDER = 'services/payment/provider.ts';

/** Finds the cause in a slow trace, then adds a short timeout and cockatiel's circuit breaker. */
export const solution = (learner: Learner) => solve(learner, withCockatiel);

/** The check looks at traces, so a breaker of one's own is as good. */
export const otherSolutions = [
  { title: 'a breaker written by hand', solution: (learner: Learner) => solve(learner, withOwnBreaker) },
];

async function solve(learner: Learner, mend: (source: string) => string): Promise<void> {
  const trace = await slowTrace(learner);
  const attempts = providerCalls(trace);
  await learner.answer('slow-trace', trace.id);
  await learner.answer('waiting-call', 'payment → payment-provider');
  await learner.answer('attempts', attempts.length);
  await learner.answer('each-attempt', Number((attempts[0] ? durationOf(attempts[0]) : 0).toFixed(1)));
  await learner.answer('sign', signs[2]);

  await learner.edit(PROVIDER, mend);
  await learner.waitUntilRestarted('payment');
  await learner.traffic('busy');
  await learner.checkUntilPassed('fast-again', 90);
  await learner.checkUntilPassed('breaker', 60);
}

/** A checkout of this run that took longer than five seconds, whole. */
export function slowTrace(learner: Learner): Promise<Trace> {
  return learner.until('a slow checkout', 60, async () => {
    const context = { xray: learner.xray, run: learner.run, now: () => Date.now() / 1000 };
    const [newest] = await checkoutsOfRun(context, 'responsetime > 5');
    const [trace] = newest ? await learner.xray.traces([newest.Id]) : [];
    return trace && providerCalls(trace).length > 0 ? trace : undefined;
  });
}

/** Three attempts of 400 ms and two pauses stay below two seconds. */
export const withShortTimeout = (source: string) =>
  source.replace(/(TIMEOUT_MILLISECONDS = )[\d_]+/, '$1400');

const withCockatiel = (source: string) =>
  withShortTimeout(source)
    .replace(
      /^import /m,
      "import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';\nimport ",
    )
    .replace(
      '  return {\n',
      '  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 4_000, breaker: new ConsecutiveBreaker(3) });\n\n  return {\n',
    )
    .replace("provider.post('/charges', charge)", "breaker.execute(() => provider.post('/charges', charge))")
    .replace('const refused = ', 'const refused = error instanceof BrokenCircuitError || ');

const withOwnBreaker = (source: string) =>
  withShortTimeout(source)
    .replace('  return {\n', '  let failures = 0;\n  let closedAgainAt = 0;\n\n  return {\n')
    .replace(
      /( +)for \(let retry/,
      [
        "$1if (Date.now() < closedAgainAt) throw new Error('the circuit is open');",
        '$1if (failures >= 3) closedAgainAt = Date.now() + 4_000;',
        '$1for (let retry',
      ].join('\n'),
    )
    .replace(
      "return await provider.post('/charges', charge);",
      "const charged = await provider.post<{ chargeId: string }>('/charges', charge);\n          failures = 0;\n          closedAgainAt = 0;\n          return charged;",
    )
    .replace(
      '} catch (error) {\n',
      '} catch (error) {\n          failures += 1;\n          if (failures >= 3) closedAgainAt = Math.max(closedAgainAt, Date.now() + 4_000);\n',
    )
    .replace('const refused = ', 'const refused = failures >= 3 || ');
