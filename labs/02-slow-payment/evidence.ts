import { durationOf, statusOf, type Subsegment, type Trace, type TraceSummary } from '@xray-lab/xray/model';
import {
  callsTo,
  cannotTell,
  checkoutsOfRun,
  fail,
  percentile,
  segmentNamed,
  workOf,
  type CheckContext,
  type Finding,
  type Work,
} from '../kit/index.ts';

/** How many of the newest checkouts are read whole: twice as many as are judged. */
const NEWEST = 60;
/** So many of the oldest that may have been spared are read whole, one after another, to find when the breaker opened. */
const OLDEST = 20;
/** The trace of a call that is tried to the end may come so much later than that of a checkout it spares. */
const LATEST_SECONDS = 12;
/** The provider never answers sooner, when it is well. */
const SOONEST_ANSWER_SECONDS = 0.05;

/** A call that was given up: it failed on the caller's side, and there is no answer to record. */
export const wasGivenUp = (call: Subsegment): boolean =>
  statusOf(call) === 'fault' && call.http?.response?.status === undefined;

export const providerCalls = (trace: Trace): Subsegment[] =>
  callsTo(segmentNamed(trace, 'payment'), 'payment-provider');

/**
 * A checkout in which payment did its work. Whether it went well says nothing, for while the provider hangs the right answer
 * is a fault: payment `called` the provider, or was `spared` the call because calls had failed before.
 */
export interface Payment extends Work {
  kind: 'called' | 'spared';
}

/** What payment did since it began to run as it does now. Everything newest first. */
export interface Payments {
  /** Epoch seconds. */
  since: number;
  checkouts: readonly TraceSummary[];
  /** Of the newest checkouts those in which payment did its work, by trace id. */
  paid: ReadonlyMap<string, Payment>;
  /** Of the newest checkouts those in which payment answered without a call, although no call had failed before, as is sure by now. */
  idle: readonly Work[];
  /** Of the newest checkouts so many without a finished segment of payment: it was not reached, or was away. */
  unpaid: number;
  /** Checkouts in which payment called the provider. */
  asked: readonly TraceSummary[];
  /** Of the newest checkouts those in which the provider answered, which it does not while it hangs. */
  answered: readonly Work[];
  /** How long the usual one of the newest calls lasted, seconds; NaN without calls. */
  usualCall: number;
}

/** @param since Epoch seconds, from `judgedSince`. */
export async function paymentsSince(context: CheckContext, since: number): Promise<Payments> {
  const later = (summaries: readonly TraceSummary[]) =>
    summaries.filter(({ StartTime }) => StartTime >= since);
  const checkouts = later(await checkoutsOfRun(context));
  // The provider sends no segment: its node is there only when payment recorded a call to it.
  const asked = later(await checkoutsOfRun(context, 'service("payment-provider")'));
  const work = await workOf(context, checkouts.slice(0, NEWEST), 'payment', since);
  const failedAt = await firstFailure(context, asked, since);
  const calls = (one: Work) => callsTo(one.segment, 'payment-provider');

  const called = work.filter((one) => calls(one).length > 0);
  const uncalled = work.filter((one) => calls(one).length === 0);
  const isSpared = ({ segment }: Work) => failedAt !== undefined && segment.start_time >= failedAt;
  const spared = new Set(uncalled.filter(isSpared));
  const isSure = ({ segment }: Work) => segment.start_time < context.now() - LATEST_SECONDS;
  return {
    since,
    checkouts,
    paid: new Map(
      work
        .filter((one) => !uncalled.includes(one) || spared.has(one))
        .map((one) => [one.summary.Id, { ...one, kind: spared.has(one) ? 'spared' : 'called' }]),
    ),
    idle: uncalled.filter((one) => !spared.has(one) && isSure(one)),
    unpaid: Math.min(checkouts.length, NEWEST) - work.length,
    asked,
    answered: called.filter((one) => calls(one).some((call) => !wasGivenUp(call))),
    usualCall: percentile(called.flatMap(calls).map(durationOf), 0.5),
  };
}

/** When the first call to the provider was given up; from then on payment may know better than to call. */
async function firstFailure(
  context: CheckContext,
  asked: readonly TraceSummary[],
  since: number,
): Promise<number | undefined> {
  const oldest = await workOf(context, asked.slice(-3), 'payment', since);
  const ends = oldest.flatMap(({ segment }) =>
    callsTo(segment, 'payment-provider')
      .filter(wasGivenUp)
      .map((call) => call.end_time ?? Infinity),
  );
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Why payment can't be said to do its work under a provider that hangs; undefined when it does. */
export function notAtWork(
  { idle, answered, usualCall, paid }: Payments,
  evidence: { lookedFor: string; found: string },
): Finding | undefined {
  const shownBy = (work: readonly Work[]) => ({
    ...evidence,
    traceIds: work.map(({ summary }) => summary.Id),
  });
  if (idle.length > (idle.length + paid.size) * 0.05) {
    return fail(
      'payment does not call the provider any more, so no money is ever taken. Keep the call, and decide when to make it.',
      shownBy(idle),
    );
  }
  if (answered.length > 0) {
    return cannotTell('The provider answers, so it does not hang, and nothing can be said about your work.', {
      ...shownBy(answered),
      remedy: 'npm run lab -- fault on --lab 02-slow-payment',
    });
  }
  if (usualCall < SOONEST_ANSWER_SECONDS) {
    return fail(
      `A call to the provider ends after ${Math.round(usualCall * 1000)} ms, sooner than it answers when it is well: nobody could ever pay.`,
      evidence,
    );
  }
  return undefined;
}

/** When the first checkout was spared, epoch seconds; that is when the breaker opened. */
export async function firstSparedAt(
  context: CheckContext,
  { checkouts, asked, since, paid }: Payments,
): Promise<number> {
  const isAsked = new Set(asked.map(({ Id }) => Id));
  const firstAsked = asked.at(-1)?.StartTime ?? 0;
  const candidates = checkouts
    .filter(({ Id, StartTime }) => StartTime > firstAsked && !isAsked.has(Id))
    .slice(-OLDEST)
    .reverse();
  const [oldest] = await workOf(context, candidates, 'payment', since);
  const known = [...paid.values()].findLast(({ kind }) => kind === 'spared');
  return oldest?.summary.StartTime ?? known?.summary.StartTime ?? Infinity;
}
