/**
 * The words of a command line with the shell's quoting undone, as bash would hand them on: `'…'`, `"…"` with
 * backslashes, `$'…'`, line ends after a backslash. `$(…)` stays as it is written. A quote that is never closed
 * reaches to the end.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^(?:\s|\\\r?\n)+/.exec(rest)?.[0];
    if (blank) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += blank.length;
      continue;
    }
    const [written, meant] = pieceOf(rest);
    word = (word ?? '') + meant;
    at += written.length;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What stands next, as written and as meant: something in quotes, an escape, `$(…)` or one character. */
export function pieceOf(rest: string): readonly [string, string] {
  const single = /^'([^']*)(?:'|$)/s.exec(rest);
  if (single) return [single[0], single[1] ?? ''];
  // PowerShell escapes with a backtick; in bash one inside double quotes would run a command, which no answer means.
  const double = /^"((?:[^"\\`]|[\\`].)*)(?:"|$)/s.exec(rest);
  if (double) return [double[0], (double[1] ?? '').replace(/\\\r?\n/g, '').replace(/[\\`](["\\$`])/g, '$1')];
  const ansi = /^\$'((?:[^'\\]|\\.)*)(?:'|$)/s.exec(rest);
  if (ansi) return [ansi[0], (ansi[1] ?? '').replace(/\\(.)/gs, '$1')];
  const command = rest.startsWith('$(') ? substitution(rest) : undefined;
  if (command) return [command, command];
  if (rest.startsWith('\\') && rest.length > 1) return [rest.slice(0, 2), rest.slice(1, 2)];
  return [rest.slice(0, 1), rest.slice(0, 1)];
}

/** From `$(` to the parenthesis that closes it. */
function substitution(rest: string): string {
  let depth = 0;
  for (let at = 1; at < rest.length; at += 1) {
    if (rest[at] === '(') depth += 1;
    if (rest[at] === ')') depth -= 1;
    if (depth === 0) return rest.slice(0, at + 1);
  }
  return rest;
}
