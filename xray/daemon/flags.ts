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
  { short: 'h', long: 'help', kind: 'switch', help: 'Show this screen.' },
] as const;

type FlagName = (typeof flagTable)[number]['long'];

/** Texts of the flags that were given; switches are `true`. */
export type Flags = Partial<Record<FlagName, string | true>>;

/**
 * Reads a command line as Go does: one or two dashes, `-b value` or `-b=value`, reading stops at the first word that
 * is no flag. Throws an Error in Go's words.
 */
export function parseFlags(words: readonly string[]): Flags {
  const flags: Flags = {};
  for (let index = 0; index < words.length; index++) {
    const [, name, inline] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(words[index]!) ?? [];
    if (name === undefined) break;
    const flag = flagTable.find(({ short, long }) => short === name || long === name);
    if (!flag) throw new Error(`flag provided but not defined: -${name}`);

    if (flag.kind === 'switch') {
      if (inline !== 'false') flags[flag.long] = true;
      continue;
    }
    const value = inline ?? words[++index];
    if (value === undefined) throw new Error(`flag needs an argument: -${name}`);
    if (flag.kind === 'number' && !/^\d+$/.test(value)) {
      throw new Error(`invalid value "${value}" for flag -${name}: parse error`);
    }
    flags[flag.long] = value;
  }
  return flags;
}

/** What `-h` prints. */
export const usage = [
  'Usage: X-Ray [options]',
  ...flagTable.map(({ short, long, help }) => `\t-${short}\t--${long}\t${help}`),
  '',
].join('\n');
