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
  let start = before.length;
  for (const last of lettersBackwards(before)) {
    if (!/[\p{L}\p{N}_.:-]/u.test(last)) break;
    start -= last.length;
  }
  return start;
}

/** The characters from last to first, surrogate pairs in one piece. */
function* lettersBackwards(text: string): Generator<string> {
  for (let i = text.length - 1; i >= 0; i--) {
    const isPair = /[\uDC00-\uDFFF]/.test(text[i]!) && /[\uD800-\uDBFF]/.test(text[i - 1] ?? '');
    yield isPair ? text.slice(--i, i + 2) : text[i]!;
  }
}

function expected(text: string): readonly Expectation[] {
  try {
    return expectationsAfter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}
