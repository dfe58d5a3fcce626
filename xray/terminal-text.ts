/**
 * Text from elsewhere (a datagram, an argument, a log) as it may be shown on a terminal. Control characters move the cursor, recolour,
 * retitle and even type; others turn the direction of a line around. They are shown as what they are: `\x1b`, `\u202e`.
 */

/** C0 but tab and line feed, DEL, C1, line and paragraph separators, and what changes the direction of text. */
const invisible = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (character: string): string => {
  const named = names[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
};

const names: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t' };
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

/** Lines stay lines, tabs stay tabs; all else that a terminal would act on is shown. */
export const terminalText = (text: string): string => text.replace(invisible, escaped);

/** The same for text that belongs on one line: a line feed in it is shown too. */
export const terminalLine = (text: string): string => terminalText(text).replace(/\n/g, escaped);

/** JSON whose texts say the same and hold no such character; `JSON.stringify` leaves all but C0 as they are. */
export const terminalJson = (json: string): string =>
  json.replace(invisible, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
