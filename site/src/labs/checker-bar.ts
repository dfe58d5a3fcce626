import type { LabRun } from '@xray-lab/labs/server/contract';
import { currentStep, standing, stateWords } from './checker.ts';

/** What the bar at the foot of a narrow window says of the checker that it opens: how far, and what is next. */
export interface BarText {
  standing: string;
  next: string;
}

/**
 * @param run Absent until the lab has answered.
 * @param unreachable The lab was asked and did not answer.
 */
export function barText(run: LabRun | undefined, unreachable: boolean): BarText {
  if (unreachable) return { standing: 'Live checker', next: 'The lab does not answer' };
  if (!run) return { standing: 'Live checker', next: 'Asking the lab' };
  const { passed, possible, finished } = standing(run);
  if (!run.started) return { standing: 'Live checker', next: `Start the lab: ${run.steps.length} steps` };
  if (finished) return { standing: 'All steps passed', next: `${run.score} / ${possible} points` };
  const step = currentStep(run);
  const place = run.steps.findIndex(({ id }) => id === step?.id) + 1;
  const state = step && step.state !== 'waiting' ? ` · ${stateWords[step.state]}` : '';
  return {
    standing: `${passed} of ${run.steps.length} steps passed`,
    next: step ? `${place}. ${step.title}${state}` : '',
  };
}
