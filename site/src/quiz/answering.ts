import type { QuizAnswer, QuizQuestion } from '@xray-lab/labs/server/contract';
import { readNumber, readSegmentId, readTraceId } from '@xray-lab/xray/model';

/** What the learner has entered so far. */
export interface Draft {
  choices: string[];
  number: string;
  traceId: string;
  segmentId: string;
}

export const emptyDraft = (): Draft => ({ choices: [], number: '', traceId: '', segmentId: '' });

/** Chooses an option: one at a time where one is asked for, else up to the number that is. */
export function chosen(question: QuizQuestion, choices: readonly string[], id: string): string[] {
  if (isSingle(question)) return [id];
  if (choices.includes(id)) return choices.filter((one) => one !== id);
  return [...choices, id];
}

/** Exactly one option may be chosen. */
export const isSingle = (question: QuizQuestion): boolean =>
  question.type !== 'multiple' && (question.choose ?? 1) === 1;

/** Why an answer cannot be handed in yet, or undefined. */
export function notReady(question: QuizQuestion, draft: Draft): string | undefined {
  if (question.answer?.type === 'number') {
    const { problem } = readNumber(draft.number, question.answer.unit);
    if (problem !== undefined) return problem;
  } else if (question.options) {
    const wanted = question.choose ?? 1;
    if (draft.choices.length !== wanted)
      return wanted === 1 ? 'Choose an option.' : `Choose ${wanted} options.`;
  }
  return question.evidence && evidenceNotReady(draft);
}

/** Evidence may be left out; what is handed in must have the form of ids. */
function evidenceNotReady({ traceId, segmentId }: Draft): string | undefined {
  if (traceId.trim() === '' && segmentId.trim() === '') return undefined;
  return readTraceId(traceId).problem ?? readSegmentId(segmentId).problem;
}

/** The answer as the control plane takes it; empty evidence is left out. */
export function answerFrom(question: QuizQuestion, draft: Draft): QuizAnswer {
  const number =
    question.answer?.type === 'number' ? readNumber(draft.number, question.answer.unit).value : undefined;
  const traceId = draft.traceId.trim();
  const segmentId = draft.segmentId.trim();
  const evidence = { ...(traceId ? { traceId } : {}), ...(segmentId ? { segmentId } : {}) };
  return {
    ...(question.options && number === undefined ? { choices: draft.choices } : {}),
    ...(number === undefined ? {} : { number }),
    ...(question.evidence && Object.keys(evidence).length ? { evidence } : {}),
  };
}

/** The first word of a verdict. */
export const verdictWord = (score: number): string =>
  score >= 1 ? 'Right' : score > 0 ? 'Partly right' : 'Wrong';
