import type { StepView } from '@xray-lab/labs/server/contract';

type Marked = Pick<StepView, 'points' | 'state' | 'solutionShown'>;

/** What the solution costs, said before it is shown; undefined when it costs nothing. */
export const priceOfSolution = ({ points, state, solutionShown }: Marked): string | undefined =>
  state === 'passed' || solutionShown
    ? undefined
    : `When the solution is shown, this step gives 0 of its ${points} points. Hints cost nothing.`;

/** Stands at a step whose solution was shown before it had passed. */
export const solutionMark = ({ points }: Pick<StepView, 'points'>): string =>
  `0 of ${points} points: the solution was shown. Start again for a new run with all points.`;

/** `20 points`, or how many of them are earned once that is settled. */
export const pointsWords = ({ points, state, solutionShown }: Marked): string => {
  if (solutionShown) return `0 of ${points} points`;
  if (state === 'skipped') return `0 of ${points} points while it is skipped`;
  return state === 'passed' ? `${points} of ${points} points` : `${points} points`;
};
