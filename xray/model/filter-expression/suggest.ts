/** What the filter bar offers while an expression is being written. */
import { FilterSyntaxError } from './filter-syntax-error.ts';
import { tokenize } from './lexer.ts';
import { type Expectation, expectationsAfter } from './parser.ts';

export interface Suggestion extends Expectation {
  /** Where the text it replaces begins; it ends at the caret. */
  from: number;
}

/**
 * What could stand at the caret, as the parser sees it, narrowed to what has been typed of it. Text after the caret
 * is ignored. Empty where the text before the caret is already wrong, and inside quotes, unless a known value fits.
 * @param caret offset into the text, from 0
 */
export function suggestions(text: string, caret: number): Suggestion[] {
  const before = text.slice(0, caret);
  const from = startOfTyped(before);
  const typed = before.slice(from).toLowerCase();
  const seen = new Set<string>();
  return expected(before.slice(0, from))
    .filter((expectation) => expectation.text.toLowerCase().startsWith(typed))
    .filter(({ text: offered }) => !seen.has(offered) && seen.add(offered))
    .map((expectation) => ({ ...expectation, from }))
    .sort((a, b) => rank(a) - rank(b));
}

/** What continues the term at hand comes before what would begin another one. */
const rank = ({ type, text }: Expectation): number =>
  type === 'operator' || type === 'value' ? 0 : text === 'AND' || text === 'OR' || text === '{' ? 1 : 2;

/** A word, or text whose quote is still open, is being typed when it reaches up to the caret. */
function startOfTyped(before: string): number {
  try {
    tokenize(before);
  } catch (error) {
    if (error instanceof FilterSyntaxError && before[error.position] === '"') return error.position;
  }
  return before.length - (/[\p{L}\p{N}_.:-]*$/u.exec(before)?.[0].length ?? 0);
}

function expected(text: string): readonly Expectation[] {
  try {
    return expectationsAfter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}
