import { durationOf, everySubsegment, type Subsegment, type Trace } from '@xray-lab/xray/model';
import {
  annotationOf,
  cannotTell,
  checkoutsOfRun,
  counted,
  fail,
  judgedSince,
  numberIn,
  pass,
  percentile,
  sentSegments,
  textIn,
  traceIdIn,
  type Check,
  type CheckContext,
  type Finding,
} from '../kit/index.ts';
import {
  firstSparedAt,
  notAtWork,
  paymentsSince,
  providerCalls,
  wasGivenUp,
  type Payments,
} from './evidence.ts';

/** What the shop promises its customers: 95 of 100 checkouts are answered within this many seconds. */
export const PROMISE_SECONDS = 2;
/** A percentile of fewer checkouts says little. */
export const CHECKOUTS = 30;
/** A checkout this slow waited for more than one attempt. */
const SLOW_SECONDS = 5;
/** A payment that answers within this time has not waited for anybody. */
const AT_ONCE_SECONDS = 0.5;
/** A time this long was meant in another unit. */
const IMPLAUSIBLE_SECONDS = 60;
/** A breaker that has been open this long should have tried the provider again. */
const PATIENCE_SECONDS = 45;
/** Two checkouts may overtake each other between gateway and payment by less than this. */
const OVERTAKING_SECONDS = 1;
/** Whose restart or absence would look like an answer. */
const PARTIES = ['payment', 'payment-provider'];

/** The newest checkouts of the run that are slow because payment waited; whole traces, newest first. */
async function slowTraces(context: CheckContext): Promise<Trace[]> {
  const slow = await checkoutsOfRun(context, `responsetime > ${SLOW_SECONDS}`);
  const traces = await context.xray.traces(slow.slice(0, 10).map((summary) => summary.Id));
  return traces.filter((trace) => providerCalls(trace).some(wasGivenUp));
}

const noSlowCheckout = (lookedFor: string): Finding =>
  cannotTell('No slow checkout of this run has arrived yet; each takes about ten seconds to complete.', {
    lookedFor,
    found: 'no complete trace in which payment gave up waiting',
    remedy: 'npm run lab -- send',
  });

/** A trace of this run that shows the trouble. */
export const traceIsSlow: Check = async (context) => {
  const lookedFor = `the trace id of a checkout of this run that took longer than ${SLOW_SECONDS} s`;
  const id = traceIdIn(context.answer);
  if (!id) {
    return fail('That is not a trace id: 1-, eight hex digits, -, and 24 hex digits.', {
      lookedFor,
      found: shown(context.answer),
    });
  }
  const [trace] = await context.xray.traces([id]);
  if (!trace) return fail('X-Ray holds no trace with this id.', { lookedFor, found: id });

  const seconds = trace.root ? durationOf(trace.root) : 0;
  const evidence = { lookedFor, found: `${id}, ${seconds.toFixed(1)} s`, traceIds: [id] };
  if (annotationOf(trace, 'run') !== context.run.nonce) {
    return fail('This trace is not of this run; it is older, or not from the lab.', evidence);
  }
  if (trace.root?.name !== 'gateway') return fail('The root of this trace has not arrived.', evidence);
  if (seconds <= SLOW_SECONDS) return fail('This checkout was not slow.', evidence);
  return pass('This customer waited far too long.', evidence);
};

/** Which call uses up the time: the caller and the callee of the calls that nobody below explains. */
export const waitingCallIsNamed: Check = async (context) => {
  const lookedFor = 'the call in which the time of a slow checkout was spent';
  const given = textIn(context.answer);
  if (!given) return fail('Choose one of the calls.', { lookedFor, found: 'no answer' });
  const [trace] = await slowTraces(context);
  if (!trace) return noSlowCheckout(lookedFor);

  const [deepest] = [...lastCalls(trace).entries()].sort((a, b) => b[1] - a[1]);
  const evidence = { lookedFor, found: given, traceIds: [trace.id] };
  if (given !== deepest?.[0]) return fail(whyNotTheCause(given, trace, deepest?.[1] ?? 0), evidence);
  return pass(
    `${given} took ${deepest[1].toFixed(1)} s in all, and nothing below it explains that.`,
    evidence,
  );
};

/** Whether the call named is quick itself, or long because of another; which one, is for the learner to find. */
function whyNotTheCause(given: string, trace: Trace, longestSeconds: number): string {
  const seconds = sentSegments(trace).flatMap((segment) =>
    everySubsegment(segment)
      .filter((call) => call.namespace !== undefined && `${segment.name} → ${call.name}` === given)
      .map(durationOf),
  );
  if (seconds.length === 0) return 'There is no such call in this trace.';
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return total < longestSeconds / 2
    ? `This call took ${total.toFixed(1)} s, which does not explain the wait.`
    : `This call took ${total.toFixed(1)} s, but it is slow because of a call further down.`;
}

/** `caller → callee` → seconds, for calls whose callee recorded nothing itself. */
function lastCalls(trace: Trace): Map<string, number> {
  const segments = sentSegments(trace);
  const explained = new Set(segments.map((segment) => segment.parent_id));
  const seconds = new Map<string, number>();
  for (const segment of segments) {
    for (const call of everySubsegment(segment)) {
      if (call.namespace === undefined || explained.has(call.id)) continue;
      const name = `${segment.name} → ${call.name}`;
      seconds.set(name, (seconds.get(name) ?? 0) + durationOf(call));
    }
  }
  return seconds;
}

/** How often payment tried before it gave up. */
export const attemptsAreCounted: Check = async (context) => {
  const lookedFor = 'how many times payment called the provider in one slow checkout';
  const given = numberIn(context.answer);
  if (given === undefined) return fail('That is not a number.', { lookedFor, found: shown(context.answer) });
  const traces = await slowTraces(context);
  const [newest] = traces;
  if (!newest) return noSlowCheckout(lookedFor);

  const right = traces.find((trace) => providerCalls(trace).length === given);
  const evidence = { lookedFor, found: String(given), traceIds: [(right ?? newest).id] };
  if (right) return pass(`${given} calls to payment-provider lie side by side under payment.`, evidence);
  if (given === providerCalls(newest).length - 1) {
    return fail('That is the number of retries. The first attempt counts as well.', evidence);
  }
  return fail("payment's segment shows another number of calls to payment-provider.", evidence);
};

/** How long each attempt lasted, within 5 %. */
export const attemptIsTimed: Check = async (context) => {
  const lookedFor = 'how many seconds a single attempt lasted, to a tenth';
  const given = numberIn(context.answer);
  if (given === undefined) return fail('That is not a number.', { lookedFor, found: shown(context.answer) });
  const [trace] = await slowTraces(context);
  if (!trace) return noSlowCheckout(lookedFor);

  const calls = providerCalls(trace).filter(wasGivenUp).map(durationOf);
  const evidence = { lookedFor, found: `${given} s`, traceIds: [trace.id] };
  const near = (seconds: number) => Math.abs(given - seconds) <= Math.max(0.05 * seconds, 0.1);
  if (calls.some(near)) return pass('Every attempt ends after the same time: the caller gives up.', evidence);
  if (near(calls.reduce((sum, seconds) => sum + seconds, 0))) {
    return fail('That is the time of all attempts together.', evidence);
  }
  if (given >= IMPLAUSIBLE_SECONDS) {
    return fail(
      'Without a unit a number is taken in seconds, and no request here lasts so long. Write `ms` behind milliseconds.',
      evidence,
    );
  }
  return fail('The subsegments of payment-provider last another time.', evidence);
};

/** What the subsegment says about the answer that never came. */
export const signOfTimeoutIsNamed: Check = async (context) => {
  const lookedFor = "what payment's subsegment records about an attempt";
  const given = textIn(context.answer);
  if (!given) return fail('Choose one.', { lookedFor, found: 'no answer' });
  const [trace] = await slowTraces(context);
  if (!trace) return noSlowCheckout(lookedFor);

  const call = providerCalls(trace).find(wasGivenUp);
  const evidence = { lookedFor, found: given, traceIds: [trace.id] };
  if (!call || given !== signOf(call)) return fail('The subsegment says something else.', evidence);
  return pass('Nobody answered, so there is no response to record; the client raised the fault.', evidence);
};

/** The choices of the step, in the order in which the checker shows them. */
export const signs = [
  'error is true, and http.response.status is 408',
  'fault is true, and http.response.status is 504',
  'fault is true, and there is no http.response',
  'throttle is true, and http.response.status is 429',
] as const;

function signOf(call: Subsegment): string | undefined {
  const status = call.http?.response?.status;
  if (call.throttle) return signs[3];
  if (call.fault) return status === undefined ? signs[2] : signs[1];
  return call.error ? signs[0] : undefined;
}

/** 95 of 100 checkouts are quick again, although the provider still hangs. */
export const promiseIsKept: Check = async (context) => {
  const lookedFor = `p95 of the last ${CHECKOUTS} checkouts below ${PROMISE_SECONDS} s, while the provider still hangs`;
  const seen = await paymentsSince(context, await judgedSince(context, PARTIES));
  // Whoever waits too long waits too long, whatever payment did meanwhile.
  const waited = seen.checkouts.filter(
    ({ Id, ResponseTime = 0 }) => ResponseTime >= PROMISE_SECONDS || seen.paid.has(Id),
  );
  const newest = waited.slice(0, CHECKOUTS);
  const slow = newest.filter(({ ResponseTime = 0 }) => ResponseTime >= PROMISE_SECONDS);
  const p95 = percentile(
    newest.map(({ ResponseTime = 0 }) => ResponseTime),
    0.95,
  );
  const evidence = {
    lookedFor,
    found: `${counted(newest.length, 'checkout')} in which payment did its work since it started, ${slow.length} of them slower than ${PROMISE_SECONDS} s${newest.length > 0 ? `, p95 ${p95.toFixed(2)} s` : ''}${seen.unpaid > 0 ? `; without a finished segment of payment, and not counted: ${seen.unpaid}` : ''}`,
    traceIds: (slow.length > 0 ? slow : newest).map((summary) => summary.Id),
  };
  // Two slow ones among thirty already put p95 over the line, so nobody has to wait for the rest.
  if (slow.length > CHECKOUTS * 0.05) return fail('Checkouts are still slower than the promise.', evidence);
  const idle = notAtWork(seen, evidence);
  if (idle) return idle;
  if (newest.length < CHECKOUTS) return tooFew(newest.length, evidence);
  return pass('The shop keeps its promise although the provider hangs.', evidence);
};

/** Payments fail at once while the provider hangs, and the provider is tried again from time to time. */
export const breakerOpensAndProbes: Check = async (context) => {
  const lookedFor =
    'checkouts whose payment was refused at once without a call to the provider, and later a call that tries it again';
  const seen = await paymentsSince(context, await judgedSince(context, PARTIES));
  const newest = [...seen.paid.values()].slice(0, CHECKOUTS);
  const spared = newest.filter(({ kind }) => kind === 'spared');
  const evidence = {
    lookedFor,
    found: `of the last ${newest.length} checkouts in which payment did its work since it started, ${spared.length} were spared the call to the provider; ${counted(seen.asked.length, 'checkout')} called it in all`,
    traceIds: [...spared.slice(0, 3).map(({ summary }) => summary), ...seen.asked.slice(0, 2)].map(
      ({ Id }) => Id,
    ),
  };
  const idle = notAtWork(seen, evidence);
  if (idle) return idle;
  if (newest.length < CHECKOUTS) return tooFew(newest.length, evidence);
  if (spared.length === 0) {
    return fail('Every checkout still calls the provider and waits for it: no breaker opens.', evidence);
  }
  if (spared.length < CHECKOUTS / 2) {
    return fail('Most checkouts still wait for the provider, although it has failed many times.', evidence);
  }
  const waiting = spared.find(({ segment }) => durationOf(segment) > AT_ONCE_SECONDS);
  if (waiting) {
    return fail('A payment that did not call the provider was slow all the same.', {
      ...evidence,
      traceIds: [waiting.summary.Id],
    });
  }
  return judgeProbe(context, seen, spared[0]?.summary.StartTime ?? 0, evidence);
};

/** The breaker opened with the first checkout that was spared after a failure; a later call is a probe. */
async function judgeProbe(
  context: CheckContext,
  seen: Payments,
  newestSparedAt: number,
  evidence: { lookedFor: string; found: string; traceIds: string[] },
): Promise<Finding> {
  const openedAt = await firstSparedAt(context, seen);
  const probe = seen.asked.find((summary) => summary.StartTime > openedAt + OVERTAKING_SECONDS);
  if (probe) {
    return pass('The breaker opens, spares the customers, and tries the provider again.', {
      ...evidence,
      traceIds: [probe.Id, ...evidence.traceIds],
    });
  }
  // Only a checkout can try the provider: a time in which nobody bought says nothing.
  if (newestSparedAt - openedAt < PATIENCE_SECONDS) {
    return cannotTell('The breaker has opened and has not tried the provider again yet.', {
      ...evidence,
      remedy: 'npm run lab -- check 02-slow-payment breaker',
    });
  }
  return fail(
    'Since the breaker opened, nobody has tried the provider again; it would never be used when it is back.',
    evidence,
  );
}

const tooFew = (count: number, evidence: { lookedFor: string; found: string; traceIds: string[] }): Finding =>
  cannotTell(
    `Only ${count} of ${CHECKOUTS} checkouts in which payment did its work have arrived since it started.`,
    {
      ...evidence,
      remedy: 'npm run lab -- traffic busy',
    },
  );

const shown = (answer: unknown) =>
  answer === undefined || answer === '' ? 'no answer' : `"${String(answer).slice(0, 80)}"`;
