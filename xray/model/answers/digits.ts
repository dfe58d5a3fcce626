/** A number as digits with points, commas, apostrophes or underscores, and a power of ten: `3`, `3,02`, `1'234`, `3e3`. */
export const digitsPattern = /\d+(?:[.,'’_]\d+)*(?:e[+-]?\d+)?|[.,]\d+/iu;

/** What digits may mean: a fraction (`3,02`), thousands in groups (`3,000,000`), or, as `3,000`, either. */
export interface DigitReadings {
  /** The sign before the last digits is a decimal one; also a number without any sign. */
  decimal?: number;
  /** The signs keep groups of three apart. */
  grouped?: number;
  /** The sign that could be either. */
  sign?: '.' | ',';
}

/** Both are absent where the signs follow no custom: `1,23,4`. */
export function readingsOf(digits: string): DigitReadings {
  const [, mantissa = '', power = ''] = /^([^e]*)(e.*)?$/i.exec(digits) ?? [];
  const signs = mantissa.replace(/\d/g, '');
  const scaled = (text: string) => Number(`${text}${power}`);
  if (signs === '') return { decimal: scaled(mantissa) };

  const last = signs.at(-1) as string;
  const isDecimalSign = last === '.' || last === ',';
  const at = mantissa.lastIndexOf(last);
  const whole = mantissa.slice(0, at);
  const fraction = mantissa.slice(at + 1);
  const before = signs.slice(0, -1);
  const grouped = isGrouped(mantissa) ? scaled(bare(mantissa)) : undefined;
  // Before a decimal sign only another sign may stand, and only between groups.
  const decimal =
    isDecimalSign && !before.includes(last) && (before === '' || isGrouped(whole))
      ? scaled(`${bare(whole) || '0'}.${fraction}`)
      : undefined;
  return {
    ...(decimal !== undefined && { decimal }),
    ...(grouped !== undefined && { grouped }),
    ...(isDecimalSign && { sign: last as '.' | ',' }),
  };
}

const bare = (text: string) => text.replace(/\D/g, '');

/** One to three digits, then groups of three, all with the same sign between them. */
const isGrouped = (text: string) => /^[1-9]\d{0,2}(?:([.,'’_])\d{3})(?:\1\d{3})*$/.test(text);

/** `3 000` as one number: French and SI custom, with any kind of space. */
export const withoutSpacesInNumbers = (text: string): string =>
  text.replace(/(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)/g, (digits) =>
    digits.replace(/\s/g, ''),
  );
