import type { LabProcess, LabRun, RunConditions } from '@xray-lab/labs/server/contract';
import { currentStep, standing, stateWords } from './checker.ts';
import { crashedAmong } from './crashed.ts';

/**
 * What the bar at the foot of a narrow window says of the checker that it opens: how far, and what is next. What stands in
 * the way of both comes first.
 */
export interface BarText {
  standing: string;
  next: string;
  /** Which of the checker's notices `standing` speaks of: nobody sees them while the checker is closed. */
  notice?: 'trouble' | 'careful';
}

/**
 * @param run Absent until the lab has answered.
 * @param unreachable The lab was asked and did not answer.
 * @param processes What of the lab runs, and what has crashed.
 */
export function barText(
  run: LabRun | undefined,
  unreachable: boolean,
  processes: readonly LabProcess[] = [],
): BarText {
  if (unreachable) return { standing: 'Live checker', next: 'The lab does not answer' };
  const usual = progressText(run);
  const crashed = crashedAmong(processes).map(({ name }) => name);
  if (crashed.length > 0)
    return { standing: crashWords(crashed), next: progressLine(usual), notice: 'trouble' };
  const conditions = run?.started && !standing(run).finished ? run.conditions : undefined;
  if (conditions?.says)
    return { standing: conditionWords[conditions.state], next: progressLine(usual), notice: 'careful' };
  return usual;
}

/** The checker has the sentence and the button; the bar has room for this. */
const conditionWords: Record<RunConditions['state'], string> = {
  'as-wanted': 'Live checker',
  off: 'A fault of the lab is off',
  others: 'Another fault is on, too',
  borrowed: 'A quiz question uses the shop',
  returning: 'The lab is coming back',
  elsewhere: 'Another lab has the shop',
};

const crashWords = (names: readonly string[]) =>
  names.length > 2
    ? `${names.length} services have crashed`
    : `${names.join(' and ')} ${names.length > 1 ? 'have' : 'has'} crashed`;

const progressLine = ({ standing, next }: BarText) => (standing === 'Live checker' ? next : standing);

function progressText(run: LabRun | undefined): BarText {
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
