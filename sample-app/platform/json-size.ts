/** Lists and objects inside each other, and values, of the largest JSON that is read here. */
export const jsonLimits = { depth: 100, values: 20_000 } as const;

/**
 * What is too much about a JSON text, as a sentence's end; undefined when nothing is. Asked before JSON.parse, because a few
 * megabytes can hold a million values, which keep a service busy for seconds.
 */
export function tooMuchIn(text: string): string | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // A text: on to its end.
        at = endOfText(text, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        if (++depth > jsonLimits.depth) return `nests deeper than ${jsonLimits.depth} levels`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // A comma: one more of a list or an object.
        values++;
    }
    if (values > jsonLimits.values) return `holds more than ${jsonLimits.values} values`;
  }
  return undefined;
}

/** The place of the closing quote, or the text's end. */
function endOfText(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === 0x22) return at;
    if (sign === 0x5c) at++;
  }
  return text.length;
}
