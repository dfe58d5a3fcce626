/** English words for numbers, as answers use them. */

const SMALL = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven'],
  ...['twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const units = new Map<string, number>([
  ...SMALL.map((word, value) => [word, value] as const),
  ...TENS.map((word, tens) => [word, tens * 10] as const).filter(([word]) => word !== ''),
  ['none', 0],
  ['once', 1],
  ['twice', 2],
  ['thrice', 3],
  ['fourty', 40],
]);
const scales = new Map<string, number>([
  ['dozen', 12],
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1_000_000],
]);

/** `dozen`, `hundred` …, which multiply what stands before them, digits or words. */
export const scaleOf = (word: string | undefined): number | undefined =>
  scales.get((word ?? '').replace(/s$/, ''));

export interface SpokenNumber {
  value: number;
  /** How many of the words belong to it. */
  length: number;
}

/**
 * The number that a list of words begins with: `twenty one`, `two hundred and five`, `a dozen`, `half a dozen`,
 * `three point five`, `one and a half`. Undefined when it begins with something else; `a` alone is no number.
 * @param words lower case; a hyphen inside a number is a word `-`.
 */
export function spokenNumber(words: readonly string[]): SpokenNumber | undefined {
  let at = 0;
  let total = 0;
  let part: number | undefined;
  // The size of the last word, so that "twenty one" is one number and "one twenty" is two.
  let room = Infinity;

  if (words[0] === 'half') return halfOf(words);
  if ((words[0] === 'a' || words[0] === 'an') && scaleOf(words[1]) !== undefined) {
    part = 1;
    room = 1;
    at = 1;
  }
  for (;;) {
    const skipped =
      words[at] === '-' || (words[at] === 'and' && part !== undefined && part % 100 === 0) ? 1 : 0;
    const word = words[at + skipped] ?? '';
    const scale = scaleOf(word);
    const unit = units.get(word);
    if (scale !== undefined && part !== undefined && !(skipped && words[at] === 'and')) {
      part *= scale;
      if (scale >= 1000) {
        total += part;
        part = 0;
      }
      room = scale === 12 ? 0 : scale;
    } else if (unit !== undefined && unit < room && (part === undefined || (unit > 0 && fits(part, unit)))) {
      part = (part ?? 0) + unit;
      room = unit >= 20 ? 10 : 1;
    } else break;
    at += skipped + 1;
  }
  if (part === undefined) return undefined;
  return withFraction({ value: total + part, length: at }, words);
}

/** Tens take ones, hundreds take both. */
const fits = (part: number, unit: number) => (unit < 10 ? part % 10 === 0 : part % 100 === 0);

/** `half a dozen`, `half a`, `half`. */
function halfOf(words: readonly string[]): SpokenNumber {
  const article = words[1] === 'a' || words[1] === 'an' ? 1 : 0;
  const scale = scaleOf(words[1 + article]);
  return { value: 0.5 * (scale ?? 1), length: 1 + article + (scale === undefined ? 0 : 1) };
}

/** `… and a half`, `… point two five`. */
export function withFraction(spoken: SpokenNumber, words: readonly string[]): SpokenNumber {
  const rest = words.slice(spoken.length);
  if (rest[0] === 'and' && rest[1] === 'a' && rest[2] === 'half') {
    return { value: spoken.value + 0.5, length: spoken.length + 3 };
  }
  if (rest[0] !== 'point') return spoken;
  let digits = '';
  for (const word of rest.slice(1)) {
    const digit = units.get(word);
    if (digit === undefined || digit > 9 || word === 'none') break;
    digits += String(digit);
  }
  if (digits === '') return spoken;
  return { value: Number(`${spoken.value}.${digits}`), length: spoken.length + 1 + digits.length };
}
