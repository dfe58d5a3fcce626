import { readNumber, readSegmentId, readTraceId, type Reading } from '@xray-lab/xray/model';
import { isClose, type MeasuredQuestion } from './live/generator.ts';
import type { FactItem } from './types.ts';

/** What the browser hands in. */
export interface Answer {
  /** Option ids for single, multiple and live choices. */
  choices?: string[];
  /** As it was typed, in any unit, or a number of the question's own unit. */
  number?: number | string;
  evidence?: { traceId?: string; segmentId?: string };
}

/** What is said after an answer. */
export interface Verdict {
  id: string;
  correct: boolean;
  /** 0..1; a live item gives 0.6 for the answer and 0.4 for the evidence. */
  score: number;
  /** Per option: was it right, was it chosen, and why. */
  options?: { id: string; text: string; correct: boolean; chosen: boolean; why: string; doc: string }[];
  /** For live items: what was measured in the traces, and how. */
  live?: {
    key: string;
    given: string;
    answerCorrect: boolean;
    evidenceCorrect: boolean;
    evidenceWhy: string;
    query: string;
    traceIds: string[];
    explanation: string;
  };
  todayNote?: string;
  examNote?: string;
}

/** The answer has not the form that the question asks for. `field` names the member, as a path. */
export class AnswerFormError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

const ANSWER_SHARE = 0.6;
const EVIDENCE_SHARE = 0.4;

/** Ids of options by their position in the draw, so that an id says nothing about the key. */
export const optionId = (position: number): string => String.fromCharCode(97 + position);

/**
 * Grades a fact item. A multiple item gives partial credit: right choices less wrong ones, of the keys.
 * @param order positions in `item.options`, as they were shown.
 */
export function gradeFact(item: FactItem, order: readonly number[], answer: Answer): Verdict {
  const options = order.flatMap((at, position) => {
    const option = item.options[at];
    return option ? [{ ...option, id: optionId(position) }] : [];
  });
  const choices = chosenOf(
    answer,
    options.map((option) => option.id),
  );
  const keys = options.filter((option) => option.correct).length;
  if (choices.length !== keys) {
    throw new AnswerFormError('choices', `Choose ${keys === 1 ? 'one option' : `${keys} options`}.`);
  }
  const right = options.filter((option) => option.correct && choices.includes(option.id)).length;
  const score = Math.max(0, right - (choices.length - right)) / keys;
  return {
    id: item.id,
    correct: right === keys,
    score,
    options: options.map(({ id, text, correct, why, doc }) => ({
      id,
      text,
      correct,
      chosen: choices.includes(id),
      why,
      doc,
    })),
    ...(item.todayNote === undefined ? {} : { todayNote: item.todayNote }),
    ...(item.examNote === undefined ? {} : { examNote: item.examNote }),
  };
}

/**
 * Grades a live item: 60 % for the answer, 40 % for a place in the traces that shows it.
 * @throws AnswerFormError for what can't be read as the answer or as evidence, so that a slip of the keyboard is not graded
 */
export function gradeLive(id: string, question: MeasuredQuestion, answer: Answer): Verdict {
  const { key } = question;
  const judged = key.kind === 'number' ? judgeNumber(question, answer) : judgeChoice(key, answer);
  const evidence = judgeEvidence(question, answer);
  return {
    id,
    correct: judged.correct && evidence.correct,
    score: Number(((judged.correct ? ANSWER_SHARE : 0) + (evidence.correct ? EVIDENCE_SHARE : 0)).toFixed(2)),
    live: {
      key: key.kind === 'number' ? `${key.value} ${key.unit}` : key.correct,
      given: judged.given,
      answerCorrect: judged.correct,
      evidenceCorrect: evidence.correct,
      evidenceWhy: evidence.why,
      query: question.query,
      traceIds: [...new Set(question.evidence.map((place) => place.traceId))].slice(0, 5),
      explanation: judged.why ? `${judged.why} ${question.explanation}` : question.explanation,
    },
  };
}

type Judged = { correct: boolean; given: string; why?: string };

function judgeChoice(key: Extract<MeasuredQuestion['key'], { kind: 'choice' }>, answer: Answer): Judged {
  const ids = key.choices.map((_, position) => optionId(position));
  const [chosen] = chosenOf(answer, ids);
  if (answer.choices?.length !== 1 || chosen === undefined) {
    throw new AnswerFormError('choices', 'Choose one option.');
  }
  const given = key.choices[ids.indexOf(chosen)] ?? '';
  return { correct: given === key.correct, given };
}

function judgeNumber({ key, misreadings }: MeasuredQuestion, { number }: Answer): Judged {
  if (key.kind !== 'number' || number === undefined) {
    throw new AnswerFormError('number', 'The answer is a number.');
  }
  const value = inForm('number', readNumber(number, key.unit));
  const given = `${value} ${key.unit}`;
  if (isClose(value, key.value, 1)) return { correct: true, given };
  const misread = misreadings.find((reading) => isClose(value, reading.value, 1));
  return { correct: false, given, ...(misread ? { why: misread.why } : {}) };
}

/** Evidence may be left out; half of it, or an id that is none, is a slip and not an answer. */
function judgeEvidence({ evidence }: MeasuredQuestion, answer: Answer): { correct: boolean; why: string } {
  const given = {
    traceId: answer.evidence?.traceId?.trim() ?? '',
    segmentId: answer.evidence?.segmentId?.trim() ?? '',
  };
  if (given.traceId === '' && given.segmentId === '')
    return { correct: false, why: 'No evidence was handed in.' };
  const traceId = inForm('evidence.traceId', readTraceId(given.traceId));
  const segmentId = inForm('evidence.segmentId', readSegmentId(given.segmentId));
  const place = evidence.find((each) => each.traceId === traceId);
  if (!place) return { correct: false, why: 'This trace does not show it.' };
  if (!place.entityIds.includes(segmentId)) {
    return { correct: false, why: 'The trace shows it, but not in this segment or subsegment.' };
  }
  return { correct: true, why: 'This is where the trace shows it.' };
}

function inForm<Value>(field: string, reading: Reading<Value>): Value {
  if (reading.problem !== undefined) throw new AnswerFormError(field, reading.problem);
  return reading.value;
}

function chosenOf({ choices }: Answer, ids: readonly string[]): string[] {
  if (!Array.isArray(choices)) throw new AnswerFormError('choices', 'The answer is a choice.');
  const stranger = choices.find((choice) => !ids.includes(choice));
  if (stranger !== undefined) {
    throw new AnswerFormError(
      'choices',
      `There is no option "${stranger}". The options are ${ids.join(', ')}.`,
    );
  }
  return [...new Set(choices)];
}
