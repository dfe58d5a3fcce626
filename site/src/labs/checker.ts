import type { CheckResult, LabRun, StepState, StepView, Verdict } from '@xray-lab/labs/server/contract';

/** How a step's state is called. */
export const stateWords: Record<StepState, string> = {
  waiting: 'Waiting',
  passed: 'Passed',
  'not-yet': 'Not yet',
  'could-not-check': 'Could not check',
  skipped: 'Skipped, 0 points',
};

/** How a verdict begins. */
export const verdictWords: Record<Verdict, string> = {
  pass: 'Passed',
  fail: 'Not yet',
  'cannot-tell': 'Could not check',
};

/** A run in numbers. A lab without steps is never finished. */
export function standing({ steps }: LabRun): { passed: number; possible: number; finished: boolean } {
  const passed = steps.filter(({ state }) => state === 'passed').length;
  return {
    passed,
    possible: steps.reduce((sum, { points }) => sum + points, 0),
    finished: steps.length > 0 && passed === steps.length,
  };
}

/** The step to work on: the first that has neither passed nor been skipped, else one that was skipped, else the last. */
export const currentStep = ({ steps }: LabRun): StepView | undefined =>
  steps.find(({ state }) => state !== 'passed' && state !== 'skipped') ??
  steps.find(({ state }) => state !== 'passed') ??
  steps.at(-1);

/** The steps that have passed in `now` and had not in `before`. */
export function newlyPassed(before: LabRun | undefined, now: LabRun): StepView[] {
  return now.steps.filter((step) => {
    const was = before?.steps.find(({ id }) => id === step.id);
    return was !== undefined && was.state !== 'passed' && step.state === 'passed';
  });
}

/**
 * The verdict that a step shows: its last one. A step that has passed keeps the verdict it passed with; who asks again
 * and is refused sees the refusal of this time, and that the step stays passed.
 *
 * @param asked What the last check that was asked for on this page said.
 */
export function shownVerdict(
  { state, last }: Pick<StepView, 'state' | 'last'>,
  asked: CheckResult | undefined,
): { result: CheckResult; staysPassed: boolean } | undefined {
  if (state === 'passed' && asked && asked.verdict !== 'pass') return { result: asked, staysPassed: true };
  return last && { result: last, staysPassed: false };
}

/** The end of a trace id, which is enough to tell the traces of a list apart. */
export const shortTraceId = (traceId: string): string => `…${traceId.slice(-6)}`;
