import type { StepView } from '@xray-lab/labs/server/contract';
import { readAnswer, type Reading } from '@xray-lab/xray/model';

/** What the learner typed, as it means; nothing where nothing is asked, and a sentence where it can't be handed in. */
export function answerOf(
  { kind, answerForm }: Pick<StepView, 'kind' | 'answerForm'>,
  typed = '',
): Partial<Reading<string | number>> {
  return kind === 'do' || !answerForm ? {} : readAnswer(answerForm, typed);
}
