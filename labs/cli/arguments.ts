import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** The command line was wrong: exit code 2, and this sentence. */
export class UsageError extends Error {}

/** What follows a verb. */
export interface Arguments {
  words: string[];
  flags: Record<string, string | boolean | (string | boolean)[] | undefined>;
}

/**
 * Reads what follows a verb. `--json` and `--help` exist on every verb. A negative number is a word, not a flag.
 *
 * @param pairs a flag that takes NAME=VALUE: flags that are not known are read as such pairs, `--share 0.5` as
 *   `--param share=0.5`.
 * @throws UsageError naming the flag that is unknown or lacks its value.
 */
export function readArguments(
  verb: string,
  rest: readonly string[],
  flags: ParseArgsOptionsConfig = {},
  pairs?: string,
): Arguments {
  const written = rest.map((word) => (/^-\d/.test(word) ? ` ${word}` : word));
  const numbers = pairs === undefined ? written : asPairs(written, { ...flags, json: {}, help: {} }, pairs);
  try {
    const { values, positionals } = parseArgs({
      args: numbers,
      options: { ...flags, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    return { words: positionals.map((word) => word.trim()), flags: values };
  } catch (error) {
    const [sentence = 'The flags are wrong.'] = (error as Error).message.split('. ');
    throw new UsageError(`${verb}: ${sentence.replace(/\.$/, '')}.`);
  }
}

/** Names may be written as elsewhere on a command line: `--jitter-milliseconds` is `jitterMilliseconds`. */
function asPairs(words: readonly string[], known: object, pairs: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, name, given] = /^--([a-z][\w-]*)(?:=(.*))?$/is.exec(word) ?? [];
    if (name === undefined || name in known) {
      found.push(word);
      continue;
    }
    const value = given ?? words[at + 1];
    if (value === undefined || (given === undefined && value.startsWith('--')))
      throw new UsageError(`--${name}: give it a value.`);
    if (given === undefined) at++;
    const member = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    found.push(`--${pairs}`, `${member}=${value}`);
  }
  return found;
}

/** A whole number given to a flag. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`--${flag}: "${text}" is not a whole number from ${least} to ${most}.`);
  }
  return number;
}

/**
 * `--param share=0.5 --param route=/charges`: numbers, true and false are read as such, the rest is text.
 *
 * @throws UsageError when a pair has no name or no `=`.
 */
export function readParameters(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`--param: "${pair}" is not NAME=VALUE.`);
      return [pair.slice(0, equals), valueOf(pair.slice(equals + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * The candidate that was probably meant: at most two letters away, or begun with what was typed.
 *
 * @example nearest('statsu', ['status', 'send']) // 'status'
 */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  const begun = candidates.find((candidate) => typed.length > 1 && candidate.startsWith(typed));
  if (begun !== undefined) return begun;
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(typed, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.min(2, best.candidate.length - 1) ? best.candidate : undefined;
}

/** How many letters must be changed, added, left out or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++) {
    const cells = [row];
    rows.push(cells);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      cells[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + same,
        swapped ? at(row - 2, column - 2) + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}
