import { readFilter } from './filters.ts';
import { readSegmentId, readTraceId } from './ids.ts';
import { readNumber } from './numbers.ts';
import { quotedAnswer, type Reading } from './reading.ts';
import { unitOf } from './units.ts';

/** What form an answer takes: drawn by the page, described by the command line, read by `readAnswer`. */
export interface AnswerForm {
  type: 'value' | 'number' | 'choice' | 'trace-id' | 'segment-id' | 'filter';
  label: string;
  choices?: readonly string[];
  /** Of a number: a unit (`s`, `%`), or what is counted (`services`). */
  unit?: string;
}

/**
 * An answer as it is meant: a number in the form's unit, a trace id, a segment id, one of the choices as the form spells it, a
 * filter expression without the shell around it. The only judge of an answer's form, for pages, server and checks;
 * reading what it returned gives the same again.
 */
export function readAnswer(form: AnswerForm, answer: unknown): Reading<string | number> {
  switch (form.type) {
    case 'number':
      return readNumber(answer, form.unit);
    case 'trace-id':
      return readTraceId(answer);
    case 'segment-id':
      return readSegmentId(answer);
    case 'filter':
      return readFilter(answer);
    case 'choice':
      return readChoice(form.choices ?? [], answer);
    case 'value':
      return readText(answer);
  }
}

/** One of the choices, as somebody may type it: no arrow keys, no capitals, no care for spaces and quotes. */
function readChoice(choices: readonly string[], answer: unknown): Reading<string> {
  const given = textIn(answer);
  if (given === undefined) return { problem: 'Choose one.' };
  const value = choices.find((choice) => typed(choice) === typed(given));
  return value === undefined
    ? { problem: `${quotedAnswer(answer)} is not one of: ${choices.join(' · ')}.` }
    : { value };
}

const typed = (text: string) => text.toLowerCase().replaceAll('→', '->').replaceAll(/\s+/g, '');

function readText(answer: unknown): Reading<string> {
  const value = textIn(typeof answer === 'number' ? String(answer) : answer);
  return value === undefined ? { problem: 'There is no answer.' } : { value };
}

/** A line of text without the quotes and spaces around it. */
export function textIn(answer: unknown): string | undefined {
  if (typeof answer !== 'string') return undefined;
  const text = answer
    .trim()
    .replace(/^["'`](.*)["'`]$/s, '$1')
    .trim();
  return text === '' ? undefined : text;
}

/** What a form takes, in a sentence under its field; undefined where the label says it all. */
export function takes({ type, unit }: AnswerForm): string | undefined {
  if (type === 'trace-id') return '1-, eight hex digits, -, 24 hex digits';
  if (type === 'segment-id') return '16 hex digits';
  if (type === 'filter') return 'the expression, or a command that contains it';
  if (type !== 'number' || unit === undefined) return undefined;
  const known = unitOf(unit);
  if (!known) return `a whole number of ${unit}`;
  return known.kind === 'time'
    ? `in ${known.plural}; another unit if you write it, such as 250 ms`
    : `in ${known.plural}`;
}
