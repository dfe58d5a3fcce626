/** Cuts a filter expression into tokens. */
import { FilterSyntaxError } from './filter-syntax-error.ts';

export type TokenKind = 'word' | 'text' | 'number' | 'sign' | 'json' | 'end';

export interface Token {
  kind: TokenKind;
  /** As written; for quoted text, what is inside the quotes. */
  value: string;
  /** Offset of the first character, from 0. */
  position: number;
  length: number;
}

/** Longer signs first, so that `<=` is not read as `<`. */
const signs = ['!=', '<=', '>=', '=', '<', '>', '!', '(', ')', '{', '}', '[', ']', ',', ':'];

const blank = /\s*/y;
/** Annotation keys may hold dots and, when an AWS service wrote them, colons. */
const annotationWord = /annotation\.[\p{L}\p{N}_.:]*/iuy;
const word = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const number = /-?(\d+(\.\d+)?|\.\d+)(?![\p{L}\p{N}_.])/uy;
/** A word that begins with a digit, e.g. an annotation key in brackets, or a number gone wrong. */
const wordAfterDigits = /-?[\p{L}\p{N}_.-]+/uy;

/**
 * The tokens of an expression, the last one being `end`.
 * @throws FilterSyntaxError at a character that means nothing, and at a quote that is never closed
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = skipBlank(text, 0);
  while (position < text.length) {
    const token = tokenAt(text, position);
    tokens.push(token);
    position = skipBlank(text, position + token.length);
  }
  tokens.push({ kind: 'end', value: '', position: text.length, length: 0 });
  return tokens;
}

function tokenAt(text: string, position: number): Token {
  const first = text[position]!;
  if (first === '"') return quoted(text, position);
  if (first === '#') return json(text, position);
  const sign = signs.find((candidate) => text.startsWith(candidate, position));
  if (sign !== undefined) return { kind: 'sign', value: sign, position, length: sign.length };

  const found =
    matchAt(annotationWord, 'word', text, position) ??
    matchAt(word, 'word', text, position) ??
    matchAt(number, 'number', text, position) ??
    matchAt(wordAfterDigits, 'word', text, position);
  if (found !== undefined) return found;
  throw unreadable(text, position);
}

function matchAt(pattern: RegExp, kind: TokenKind, text: string, position: number): Token | undefined {
  pattern.lastIndex = position;
  const value = pattern.exec(text)?.[0];
  return value ? { kind, value, position, length: value.length } : undefined;
}

/** Text in double quotes; `\"` and `\\` stand for the quote and the backslash. */
function quoted(text: string, position: number): Token {
  let value = '';
  for (let i = position + 1; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') return { kind: 'text', value, position, length: i + 1 - position };
    if (character === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) value += text[++i]!;
    else value += character;
  }
  throw new FilterSyntaxError(
    `At character ${position + 1}: this quote is never closed. Put " at the end of the text.`,
    { position, length: text.length - position, expected: ['"'] },
  );
}

/** `#` and a JSON array, up to the bracket that closes it. The value is the JSON without the `#`. */
function json(text: string, position: number): Token {
  const start = skipBlank(text, position + 1);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') i = endOfJsonText(text, i);
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    else if (depth === 0) break;
    // Past the end, a quote was never closed, and so neither is the array.
    if (depth <= 0 && i < text.length) {
      return { kind: 'json', value: text.slice(start, i + 1), position, length: i + 1 - position };
    }
  }
  throw new FilterSyntaxError(
    `At character ${position + 1}: this JSON array is never closed. Write #[ … ].`,
    {
      position,
      length: text.length - position,
      expected: [']'],
    },
  );
}

function endOfJsonText(text: string, quote: number): number {
  for (let i = quote + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

function unreadable(text: string, position: number): FilterSyntaxError {
  const character = String.fromCodePoint(text.codePointAt(position)!);
  const repair =
    character === "'"
      ? 'Put text in double quotes.'
      : character === '&' || character === '|'
        ? `Write ${character === '&' ? 'AND' : 'OR'}.`
        : 'If it belongs to a text, put that in double quotes.';
  return new FilterSyntaxError(`At character ${position + 1}: ${character} means nothing here. ${repair}`, {
    position,
    length: character.length,
    expected: [],
  });
}

function skipBlank(text: string, position: number): number {
  blank.lastIndex = position;
  blank.exec(text);
  return blank.lastIndex;
}
