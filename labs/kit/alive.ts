/**
 * Instant failures look like quick answers, and nothing at all looks like restraint. So before anything is judged, what is
 * judged must run, under the lab's fault, and must have done its work.
 */
import type { Segment, Trace, TraceSummary } from '@xray-lab/xray/model';
import type { LabProcess } from '../server/contract.ts';
import { segmentNamed } from './checkouts.ts';
import { cannotTell, fail } from './findings.ts';
import type { CheckContext, Finding, Lab, Step } from './types.ts';

/** Within how long a fault takes effect; what began sooner after it came on may not have met it. */
const FAULT_TAKES_EFFECT_SECONDS = 3;

type Life = Pick<CheckContext, 'processes' | 'lab' | 'conditions'>;

/** Whether the step judges the shop as it runs now, and not traces that are there already. */
export const isLive = ({ live, kind }: Step): boolean => live ?? kind === 'do';

/**
 * Why what happens now can't be judged; undefined when it can. A service that crashed over the learner's own edit fails the
 * step; everything else is nobody's fault, costs nothing and names the command that helps.
 */
export async function whyNotJudged(context: Life, step: Step): Promise<Finding | undefined> {
  return wrongConditions(context, step) ?? (await deadProcess(context, step));
}

function wrongConditions({ conditions, lab }: Life, step: Step): Finding | undefined {
  const { state, says = '', remedy } = conditions?.() ?? { state: 'as-wanted' };
  if (state === 'as-wanted') return undefined;
  return cannotTell(says, {
    lookedFor: step.goal,
    found: 'the shop is not as the lab wants it',
    remedy: remedy ?? `npm run lab -- check ${lab?.id ?? ''} ${step.id}`,
  });
}

async function deadProcess({ processes, lab }: Life, step: Step): Promise<Finding | undefined> {
  if (!processes || !lab) return undefined;
  const present = await processes();
  for (const name of lab.requires) {
    const process = present.find((one) => one.name === name);
    if (process?.state === 'running' && process.healthy) continue;
    return findingOn(name, process, lab, step);
  }
  return undefined;
}

function findingOn(
  name: string,
  process: LabProcess | undefined,
  { id, edits }: Pick<Lab, 'id' | 'edits'>,
  step: Step,
): Finding {
  const { state, reason } = process ?? {};
  const evidence = {
    lookedFor: step.goal,
    found: `${name}: ${state ?? 'unknown'}${reason ? `, ${reason}` : ''}`,
  };
  if (state === 'crashed') {
    const why = `${name} has crashed and does no work: ${wordsOf(process)}`;
    const isEdited = edits.some((file) => serviceOf(file) === name);
    return isEdited
      ? fail(why, evidence)
      : cannotTell(why, { ...evidence, remedy: `npm run lab -- start ${name}` });
  }
  if (state === 'stopped') {
    return cannotTell(`${name} is stopped and does no work.`, {
      ...evidence,
      remedy: `npm run lab -- start ${name}`,
    });
  }
  if (state === undefined) {
    return cannotTell(`Nobody can say whether ${name} runs.`, {
      ...evidence,
      remedy: 'npm run lab -- status',
    });
  }
  const why = state === 'starting' ? `${name} is just starting.` : `${name} runs and does not answer.`;
  return cannotTell(why, { ...evidence, remedy: `npm run lab -- check ${id} ${step.id}` });
}

function wordsOf(process: LabProcess | undefined): string {
  const { error, message, how, file, line } = process?.crash ?? {};
  const words =
    [error, message].filter((part) => part !== undefined).join(': ') || (how ?? 'it left no words');
  const place = file === undefined ? '' : `, in \`${file}\`${line === undefined ? '' : `, line ${line}`}`;
  return `${words.replace(/\.$/, '')}${place}.`;
}

/** `services/payment/provider.ts` runs in `payment`. */
export const serviceOf = (file: string): string => /^services\/([^/]+)\//.exec(file)?.[1] ?? '';

/**
 * From when on what happens can be judged, epoch seconds: the run is on, so is its fault, and each of these processes runs as
 * it does now. A process that was started again has other code, or was away before.
 */
export async function judgedSince(
  { run, processes, conditions }: Pick<CheckContext, 'run' | 'processes' | 'conditions'>,
  names: readonly string[],
): Promise<number> {
  const present = processes ? await processes() : [];
  const started = present.filter(({ name }) => names.includes(name)).map(({ startedAt = 0 }) => startedAt);
  const faultOn = conditions?.().since ?? 0;
  return Math.max(run.startedAt, faultOn > 0 ? faultOn + FAULT_TAKES_EFFECT_SECONDS : 0, ...started);
}

/** A request in which a service did its work. */
export interface Work {
  summary: TraceSummary;
  trace: Trace;
  /** The service's own. */
  segment: Segment;
}

/**
 * Those of the requests in which the service sent a segment of its own that began since then, in the same order. A node that
 * X-Ray inferred from a caller says only that the service was asked.
 *
 * @param since Epoch seconds.
 */
export async function workOf(
  { xray }: Pick<CheckContext, 'xray'>,
  summaries: readonly TraceSummary[],
  service: string,
  since: number,
): Promise<Work[]> {
  const traces = new Map(
    (await xray.traces(summaries.map(({ Id }) => Id))).map((trace) => [trace.id, trace]),
  );
  return summaries.flatMap((summary) => {
    const trace = traces.get(summary.Id);
    const segment = trace && segmentNamed(trace, service);
    return segment && segment.start_time >= since && segment.end_time !== undefined
      ? [{ summary, trace, segment }]
      : [];
  });
}
