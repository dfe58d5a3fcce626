/** How learners spell the same thing. A check judges the answer, not the spelling. */

/**
 * A trace id out of whatever was pasted: with quotes or spaces around it, in capitals, as the header
 * `Root=1-…;Sampled=1`, as a console address, or as the 32 digits that OpenTelemetry writes.
 * @returns `1-<8 hex>-<24 hex>`, or undefined when there is none in it.
 */
export function traceIdIn(answer: unknown): string | undefined {
  if (typeof answer !== 'string') return undefined;
  const text = answer.trim().toLowerCase();
  const found = /(?<![0-9a-f])1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-f])/.exec(text);
  if (found) return `1-${found[1]}-${found[2]}`;
  const w3c = /^"?([0-9a-f]{8})([0-9a-f]{24})"?$/.exec(text);
  return w3c ? `1-${w3c[1]}-${w3c[2]}` : undefined;
}

/** A segment or subsegment id: 16 hex digits somewhere in the text. */
export function entityIdIn(answer: unknown): string | undefined {
  if (typeof answer !== 'string') return undefined;
  return /(?<![0-9a-f-])([0-9a-f]{16})(?![0-9a-f])/.exec(answer.trim().toLowerCase())?.[1];
}

/** `3`, `"3"`, `3.0 s`, `3,02` and `about 3` are all a number; `three` to `ten` are, too. */
export function numberIn(answer: unknown): number | undefined {
  if (typeof answer === 'number') return Number.isFinite(answer) ? answer : undefined;
  if (typeof answer !== 'string') return undefined;
  const digits = /-?\d+(?:[.,]\d+)?/.exec(answer);
  if (digits) return Number(digits[0].replace(',', '.'));
  const word = WORDS.indexOf(answer.trim().toLowerCase());
  return word === -1 ? undefined : word;
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

const WORDS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
