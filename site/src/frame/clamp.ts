/** Texts come from documents: one may hold 64 KB in a single member, and a panel is some hundred pixels wide. */

/** Up to this many characters a text is shown whole. */
export const usualLength = 300;
const mostLines = 12;

/**
 * The beginning of a text that is too long to be shown at once, or undefined for one that is not. Never cut inside a
 * character, and only where that leaves out enough to be worth a button.
 * @param limit in UTF-16 units
 */
export function beginningOf(text: string, limit = usualLength): string | undefined {
  const end = Math.min(lengthFor(text, limit), endOfLine(text, mostLines));
  return end < text.length ? text.slice(0, end) : undefined;
}

/** A text in at most so many characters, with an ellipsis where it was cut; for places that have the whole one elsewhere. */
export function shortened(text: string, limit = usualLength): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, wholeCharacters(text, limit - 1))}…`;
}

const lengthFor = (text: string, limit: number) =>
  text.length <= limit * 1.25 ? text.length : wholeCharacters(text, limit);

/** The second half of a pair stays with its first. */
const wholeCharacters = (text: string, end: number) =>
  /[\uD800-\uDBFF]/.test(text[end - 1] ?? '') ? end - 1 : end;

function endOfLine(text: string, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return text.length;
  }
  return at;
}
