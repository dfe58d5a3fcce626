/** The flags of AWS's daemon: short and long name, what they set, what `-h` says. */
const flagTable = [
  {
    short: 'a',
    long: 'resource-arn',
    kind: 'text',
    help: 'Amazon Resource Name (ARN) of the AWS resource running the daemon.',
  },
  { short: 'o', long: 'local-mode', kind: 'switch', help: "Don't check for EC2 instance metadata." },
  {
    short: 'm',
    long: 'buffer-memory',
    kind: 'number',
    help: 'Change the amount of memory in MB that buffers can use (minimum 3).',
  },
  { short: 'n', long: 'region', kind: 'text', help: 'Send segments to X-Ray service in a specific region.' },
  { short: 'b', long: 'bind', kind: 'text', help: 'Overrides default UDP address (127.0.0.1:2000).' },
  { short: 't', long: 'bind-tcp', kind: 'text', help: 'Overrides default TCP address (127.0.0.1:2000).' },
  {
    short: 'r',
    long: 'role-arn',
    kind: 'text',
    help: 'Assume the specified IAM role to upload segments to a different account.',
  },
  { short: 'c', long: 'config', kind: 'text', help: 'Load a configuration file from the specified path.' },
  { short: 'f', long: 'log-file', kind: 'text', help: 'Output logs to the specified file path.' },
  {
    short: 'l',
    long: 'log-level',
    kind: 'text',
    help: 'Log level, from most verbose to least: dev, debug, info, warn, error, prod (default).',
  },
  {
    short: 'p',
    long: 'proxy-address',
    kind: 'text',
    help: 'Proxy address through which to upload segments.',
  },
  { short: 'v', long: 'version', kind: 'switch', help: 'Show AWS X-Ray daemon version.' },
  { short: 'h', long: 'help', kind: 'switch', help: 'Show this screen' },
] as const;

/** What the flags that were given say; a flag that was not is absent. */
export type Flags = {
  [Row in (typeof flagTable)[number] as Row['long']]?: Row['kind'] extends 'switch'
    ? boolean
    : Row['kind'] extends 'number'
      ? number
      : string;
};

/**
 * Reads a command line as Go does: one or two dashes, `-b value` or `-b=value`, reading stops at the first word that
 * is no flag. Throws an Error in Go's words.
 */
export function parseFlags(words: readonly string[]): Flags {
  const flags: Record<string, string | number | boolean> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '-' || word === '--' || !word.startsWith('-')) break;
    const [, name, inline] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) throw new Error(`bad flag syntax: ${word}`);
    const flag = flagTable.find(({ short, long }) => short === name || long === name);
    if (!flag) throw new Error(`flag provided but not defined: -${name}`);

    if (flag.kind === 'switch') {
      flags[flag.long] = goBoolean(inline ?? 'true', name);
      continue;
    }
    const value = inline ?? words[++index];
    if (value === undefined) throw new Error(`flag needs an argument: -${name}`);
    flags[flag.long] = flag.kind === 'number' ? goInteger(value, name) : value;
  }
  return flags;
}

function goBoolean(text: string, flag: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new Error(`invalid boolean value "${text}" for -${flag}: parse error`);
}

/** Signs, `0x`, `0b`, `0o`, a leading 0 for octal, and underscores between digits: as Go writes numbers. */
function goInteger(text: string, flag: string): number {
  const [, sign, digits] =
    /^([+-]?)(0x[\da-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i.exec(text.replace(/(?<=\w)_(?=\w)/g, '')) ?? [];
  if (digits === undefined) throw new Error(`invalid value "${text}" for flag -${flag}: parse error`);
  const value = Number(digits.replace(/^0(?=[0-7])/, '0o'));
  if (value > Number.MAX_SAFE_INTEGER)
    throw new Error(`invalid value "${text}" for flag -${flag}: value out of range`);
  return sign === '-' ? -value : value;
}

/** What `-h` prints; a short name gets a second tab, so that the columns stand. */
export const usage = [
  'Usage: X-Ray [options]',
  ...flagTable.map(
    ({ short, long, help }) => `\t-${short}\t--${long}\t${long.length <= 4 ? '\t' : ''}${help}`,
  ),
  '',
].join('\n');
