/**
 * Whether a text fits a pattern with IAM's wildcards, `*` for any text and `?` for one letter. Not a regular expression, which
 * some texts keep busy for minutes: this takes at most as many steps as the two lengths multiplied.
 */
export function fitsWildcards(pattern: string, text: string): boolean {
  let [at, reached] = [0, 0];
  // Where to go on when what follows the last `*` does not fit: the star takes one character more.
  let [star, taken] = [-1, 0];
  while (reached < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      [star, taken] = [at, reached];
      at++;
    } else if (wanted === '?' || wanted === text[reached]) {
      at++;
      reached++;
    } else if (star >= 0) {
      taken++;
      [at, reached] = [star + 1, taken];
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
