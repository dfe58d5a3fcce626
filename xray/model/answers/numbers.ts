import { quantitiesIn, type Quantity, type Sentence } from './quantities.ts';
import { quotedAnswer, type Reading } from './reading.ts';
import { unitOf, type Unit } from './units.ts';

/**
 * The number that an answer means, in the unit that was asked for. `3`, `3.0 s`, `3000 ms`, `0.05 min`, `1 min 3 s`,
 * `three seconds`, `about 3` and `3,02` are read; what could be two numbers (`2 or 3`, `2-3`, `3,000` for seconds) is
 * refused, because whoever wrote it should say which.
 *
 * @param unit of the value that is returned: `s` or another unit of time, `%` (5 for `5 %`), `share` (0.05 for
 *   `5 %`). Any other word, `services`, is what is counted: the number is whole and takes no unit. Without it the
 *   number is returned as it is.
 */
export function readNumber(answer: unknown, unit?: string): Reading<number> {
  if (typeof answer === 'number') {
    if (!Number.isFinite(answer)) return { problem: `${answer} is not a number.` };
    return fitted(answer, answer, unit);
  }
  const text = typeof answer === 'string' ? answer.trim().slice(0, 2000) : '';
  if (text === '') return { problem: 'There is no number.' };

  const sentence = quantitiesIn(text);
  const given = quotedAnswer(text);
  const [first] = sentence.quantities;
  if (!first) return { problem: `${given} is not a number.` };
  if (sentence.isBound)
    return { problem: `${given} leaves open which number it is. Give the number itself.` };
  if (sentence.isClock)
    return { problem: `${given} can be read in two ways. Write it with units: 1 min 3 s.` };

  const values: number[] = [];
  for (const quantity of sentence.quantities) {
    const read = valueOf(quantity, given, unit);
    if (read.problem !== undefined) return sentence.quantities.length > 1 ? several(sentence, given) : read;
    values.push(read.value);
  }
  const [value = Number.NaN] = values;
  if (values.length > 1 && isTimeInParts(sentence.quantities, unit) && sentence.isPlainList) {
    return fitted(
      values.reduce((sum, part) => sum + part, 0),
      text,
      unit,
    );
  }
  // "three (3)", "3 s = 3000 ms" say one thing twice.
  if (values.some((other) => Math.abs(other - value) > 1e-9 * Math.abs(value)))
    return several(sentence, given);
  return fitted(value, text, unit);
}

const several = ({ isRange }: Sentence, given: string): { problem: string } => ({
  problem: `${given} ${isRange ? 'leaves a choice of numbers' : 'has more than one number'}. Give one.`,
});

/** The number without the reason why there is none. */
export const numberIn = (answer: unknown, unit?: string): number | undefined =>
  readNumber(answer, unit).value;

/** Hours, then minutes, then seconds: each part smaller than the one before. */
function isTimeInParts(quantities: readonly Quantity[], unit: string | undefined): boolean {
  const sizes = quantities.map((quantity) => (quantity.unit?.kind === 'time' ? quantity.unit.size : 0));
  return (
    unitOf(unit)?.kind === 'time' &&
    sizes.every((size, index) => size > 0 && (index === 0 || size < (sizes[index - 1] ?? 0)))
  );
}

/** Words that may follow a number without being its unit. */
const FILLERS = new Set([
  ...['each', 'long', 'exactly', 'per', 'for', 'in', 'and', 'or', 'so', 'roughly', 'about', 'apiece', 'only'],
  ...['to', 'was', 'is', 'were', 'altogether', 'total', 'more', 'as', 'a', 'an'],
]);

function valueOf(quantity: Quantity, given: string, unit: string | undefined): Reading<number> {
  const wanted = unitOf(unit);
  const { unit: written, word } = quantity;
  if (written && unit !== undefined && written.kind !== wanted?.kind) {
    const asked = wanted ? `in ${wanted.plural}` : `of ${unit}`;
    return { problem: `${given} is in ${written.plural}, and the question asks for a number ${asked}.` };
  }
  if (word !== undefined && wanted && !FILLERS.has(word)) {
    return { problem: `${given}: "${word}" is not a unit here. Write the number in ${wanted.plural}.` };
  }
  // "3x" is three times; "3rd" and "3q" are no numbers.
  if (word !== undefined && quantity.isGlued && word !== 'x') {
    return { problem: `${given} is not a number.` };
  }
  const read = oneReading(quantity, given, written, unit !== undefined && !wanted);
  if (read.value === undefined) return read;
  const signed = quantity.isNegative ? -read.value : read.value;
  if (!wanted) return { value: signed };
  if (!written && wanted.kind === 'share') return barely(signed, given, wanted);
  return { value: rounded((signed * (written ?? wanted).size) / wanted.size) };
}

/** `3,000` is three thousand to some and three to others; the unit tells, or nobody does. */
function oneReading(
  { readings }: Quantity,
  given: string,
  written: Unit | undefined,
  isCount: boolean,
): Reading<number> {
  const { decimal, grouped, sign } = readings;
  if (decimal === undefined || grouped === undefined) {
    const value = decimal ?? grouped;
    return value === undefined || !Number.isFinite(value)
      ? { problem: `${given} is not a number.` }
      : { value };
  }
  // Traces are read to the millisecond: nobody means three decimals of one, nor of a thing that is counted.
  const isSmallUnit = isCount || (written?.kind === 'time' && written.size <= 1e-3);
  if (isSmallUnit && sign === ',') return { value: grouped };
  if (isCount && !Number.isInteger(decimal)) return { value: grouped };
  // A point before decimals is how documents write seconds.
  if (!isSmallUnit && sign === '.') return { value: decimal };
  return { problem: `${given} can be read as ${decimal} and as ${grouped}. Write ${decimal} or ${grouped}.` };
}

/** A share without a sign: 5 and 0.05 may mean the same, and only one of them is what was asked for. */
function barely(value: number, given: string, wanted: Unit): Reading<number> {
  const isPercent = wanted.size < 1;
  const isDoubtful = isPercent ? value > 0 && value < 1 : value > 1;
  if (!isDoubtful) return { value };
  const percent = rounded(isPercent ? value * 100 : value);
  return {
    problem: `${given} can be a share or per cent. Write it with the sign: ${percent} % or ${rounded(percent / 100)} %.`,
  };
}

function fitted(value: number, given: unknown, unit: string | undefined): Reading<number> {
  if (unit === undefined || unitOf(unit)?.kind === 'share') return { value };
  if (value < 0)
    return {
      problem: `${quotedAnswer(given)} is below zero, which no ${unitOf(unit) ? 'time' : 'count'} is.`,
    };
  if (!unitOf(unit) && !Number.isInteger(value)) {
    return { problem: `${quotedAnswer(given)} is not a whole number of ${unit}.` };
  }
  return { value };
}

/** 3000 ms are 3 s, and not 3.0000000000000004. */
const rounded = (value: number) => Number(value.toPrecision(12));
