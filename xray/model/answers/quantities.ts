import { digitsPattern, readingsOf, withoutSpacesInNumbers, type DigitReadings } from './digits.ts';
import { scaleOf, spokenNumber, withFraction } from './number-words.ts';
import { unitOf, type Unit } from './units.ts';

/** One number in a text, with what stands around it. */
export interface Quantity {
  readings: DigitReadings;
  isNegative: boolean;
  /** The unit that follows at once. */
  unit?: Unit;
  /** The word that follows at once, when it is no unit. */
  word?: string;
  /** That word is glued to the digits: `3rd`. */
  isGlued?: boolean;
}

export interface Sentence {
  quantities: Quantity[];
  /** What stands between two quantities says that the answer is one of them, or lies between them. */
  isRange: boolean;
  /** `more than 3`, `< 3`, `not 3`: something that leaves open which number. */
  isBound: boolean;
  /** `1:03` */
  isClock: boolean;
  /** Only `and`, a comma or nothing stands between the quantities: `1 min and 3 s`. */
  isPlainList: boolean;
}

interface Token {
  kind: 'digits' | 'word' | 'sign';
  text: string;
  start: number;
  end: number;
}

const VULGAR: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };

const BOUND_WORDS = new Set([
  ...['more', 'less', 'fewer', 'over', 'under', 'least', 'most', 'above', 'below', 'maximum', 'minimum'],
  ...['max', 'up', 'not', 'exceeds', 'beyond'],
]);
const RANGE_WORDS = new Set(['to', 'till', 'until', 'between', 'through', 'or', 'versus', 'vs']);

/** Every number of a text, by digits or in words, with its unit. Reads no meaning into the words around. */
export function quantitiesIn(text: string): Sentence {
  const tokens = tokensOf(withoutSpacesInNumbers(text.toLowerCase()));
  const found: Sentence = {
    quantities: [],
    isRange: false,
    isBound: false,
    isClock: false,
    isPlainList: true,
  };
  let at = 0;
  let isNegative = false;
  let isApart = false;
  while (at < tokens.length) {
    const number = numberAt(tokens, at);
    if (number) {
      found.isPlainList &&= !isApart;
      found.quantities.push({ ...number.quantity, isNegative });
      isNegative = false;
      isApart = false;
      at += number.length;
      continue;
    }
    const token = tokens[at] as Token;
    const afterNumber = found.quantities.length > 0;
    const beforeNumber = numberAt(tokens, at + 1) !== undefined;
    if (RANGE_WORDS.has(token.text) || ['..', '…', '±', '|'].includes(token.text)) found.isRange = true;
    else if (token.text === '-' && afterNumber && beforeNumber) found.isRange = true;
    else if (['-', 'minus', 'negative'].includes(token.text) && beforeNumber) isNegative = true;
    else if (isBound(token) && (beforeNumber || numberAt(tokens, at + 2))) found.isBound = true;
    else if (token.text === ':' && afterNumber && beforeNumber) found.isClock = true;
    isApart ||= afterNumber && token.text !== 'and' && token.text !== ',';
    at += 1;
  }
  return found;
}

/** `more than 3`, `at least 3`, `< 3`: a word or sign before a number. */
const isBound = ({ text }: Token) => BOUND_WORDS.has(text) || /^[<>≤≥]$/.test(text);

function tokensOf(text: string): Token[] {
  const pattern = new RegExp(
    `(?<digits>${digitsPattern.source})|(?<word>[\\p{L}]+|%)|(?<sign>\\.\\.+|[½¼¾]|[^\\s"'\`])`,
    'giu',
  );
  return [...text.matchAll(pattern)].map(({ 0: matched, index, groups = {} }) => ({
    kind: groups.digits !== undefined ? 'digits' : groups.word !== undefined ? 'word' : 'sign',
    text: groups.sign ? sign(matched) : matched,
    start: index,
    end: index + matched.length,
  }));
}

/** Dashes of every length are one sign. */
const sign = (text: string) => text.replace(/^[−–—‐‑‒﹣－]$/u, '-').replace(/^\.\.+$/, '..');

/** The number that begins at a token, and how many tokens it takes. */
function numberAt(
  tokens: readonly Token[],
  at: number,
): { quantity: Omit<Quantity, 'isNegative'>; length: number } | undefined {
  const first = tokens[at];
  if (!first) return undefined;
  const words = tokens.slice(at, at + 16).map((token) => token.text);
  const number = first.kind === 'digits' ? byDigits(tokens, at, words) : inWords(words);
  if (!number) return undefined;

  // "3-second": the hyphen joins number and unit.
  const hyphen = words[number.length] === '-' && tokens[at + number.length + 1]?.kind === 'word' ? 1 : 0;
  const next = tokens[at + number.length + hyphen];
  const two = `${next?.text} ${tokens[at + number.length + hyphen + 1]?.text}`;
  const unit = two === 'per cent' ? unitOf('percent') : next?.kind === 'word' ? unitOf(next.text) : undefined;
  const taken = unit ? hyphen + (two === 'per cent' ? 2 : 1) : 0;
  const follows = !unit && !hyphen && next?.kind === 'word' ? next : undefined;
  return {
    quantity: {
      readings: number.readings,
      ...(unit && { unit }),
      ...(follows && { word: follows.text, isGlued: follows.start === tokens[at + number.length - 1]?.end }),
    },
    length: number.length + taken,
  };
}

interface FoundNumber {
  readings: DigitReadings;
  length: number;
}

function byDigits(tokens: readonly Token[], at: number, words: readonly string[]): FoundNumber {
  const readings = readingsOf(tokens[at]?.text ?? '');
  const vulgar = VULGAR[words[1] ?? ''];
  if (vulgar !== undefined && readings.decimal !== undefined) {
    return { readings: { decimal: readings.decimal + vulgar }, length: 2 };
  }
  const scale = scaleOf(words[1]);
  if (scale !== undefined && readings.decimal !== undefined) {
    return { readings: { decimal: readings.decimal * scale }, length: 2 };
  }
  if (words[1] === 'and' && words[3] === 'half' && readings.decimal !== undefined) {
    const { value, length } = withFraction({ value: readings.decimal, length: 1 }, words);
    return { readings: { decimal: value }, length };
  }
  return { readings, length: 1 };
}

function inWords(words: readonly string[]): FoundNumber | undefined {
  const vulgar = VULGAR[words[0] ?? ''];
  if (vulgar !== undefined) return { readings: { decimal: vulgar }, length: 1 };
  const spoken = spokenNumber(words);
  if (spoken) return { readings: { decimal: spoken.value }, length: spoken.length };
  // "a second", "an hour": the article counts, because a unit follows.
  const isArticle = words[0] === 'a' || words[0] === 'an';
  return isArticle && unitOf(words[1]) ? { readings: { decimal: 1 }, length: 1 } : undefined;
}
