import { readAnswer } from '@xray-lab/xray/model';
import type { CheckResult } from '../server/contract.ts';
import { isLive, whyNotJudged } from './alive.ts';
import { cannotTell, fail } from './findings.ts';
import type { CheckContext, Finding, Step } from './types.ts';

const LIMIT_MILLISECONDS = 10_000;

/**
 * Runs a step's check on what the answer means (see `readAnswer`), after asking whether what it judges is alive. Never throws:
 * an unreachable X-Ray API, a check that takes longer than ten seconds and a defect in the check itself are all `cannot-tell`,
 * which costs the learner nothing.
 */
export async function runCheck(
  step: Step,
  context: CheckContext,
  limitMilliseconds = LIMIT_MILLISECONDS,
): Promise<CheckResult> {
  const found = await settled(step, context, limitMilliseconds);
  return { ...found, checkedAt: context.now() };
}

async function settled(step: Step, context: CheckContext, limit: number): Promise<Finding> {
  const reading =
    step.answer && context.answer !== undefined ? readAnswer(step.answer, context.answer) : undefined;
  if (reading?.problem !== undefined) {
    return fail(reading.problem, {
      lookedFor: step.goal,
      found: String(context.answer).slice(0, 80) || 'no answer',
    });
  }
  const given = reading ? { ...context, answer: reading.value } : context;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(tookTooLong(step, limit)), limit);
  });
  try {
    return await Promise.race([asked(step, given), tooLong]);
  } catch (error) {
    return explain(step, error);
  } finally {
    clearTimeout(timer);
  }
}

/** An answer is judged by traces that are there; where none can come, that is the reason why there are none. */
async function asked(step: Step, context: CheckContext): Promise<Finding> {
  if (isLive(step)) return (await whyNotJudged(context, step)) ?? (await step.check(context));
  const finding = await step.check(context);
  if (finding.verdict !== 'cannot-tell') return finding;
  return (await whyNotJudged(context, step)) ?? finding;
}

const tookTooLong = (step: Step, limit: number): Finding =>
  cannotTell(`The check was stopped after ${limit / 1000} seconds.`, {
    lookedFor: step.goal,
    found: 'no verdict in time; the lab may be busy',
    remedy: 'npm run lab -- status',
  });

function explain(step: Step, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  if (isUnreachable(error)) {
    return cannotTell('The X-Ray API does not answer.', {
      lookedFor: step.goal,
      found: message,
      remedy: 'npm run lab -- start xray-api',
    });
  }
  return cannotTell(`The check itself failed: ${message}`, {
    lookedFor: step.goal,
    found: 'nothing could be read',
    remedy: 'npm run lab -- doctor',
  });
}

const NETWORK_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'];

/** The AWS SDK wraps the socket's error; the code is on the error, on its cause, or in an AggregateError. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, errors } = error as Error & { code?: string; cause?: unknown; errors?: unknown[] };
  if (error.name === 'TimeoutError' || (code && NETWORK_CODES.includes(code))) return true;
  return isUnreachable(cause) || (errors ?? []).some(isUnreachable);
}
