import { existsSync, readFileSync } from 'node:fs';

/** Where the daemon looks when `-c` is not given. */
const searchPath = ['/etc/amazon/xray/cfg.yaml', 'cfg.yaml'];

/**
 * The keys of cfg.yaml, as paths, and what they hold.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-configuration.html
 */
const keys = {
  TotalBufferSizeMB: 'number',
  Concurrency: 'number',
  Region: 'string',
  Endpoint: 'string',
  'Socket.UDPAddress': 'string',
  'Socket.TCPAddress': 'string',
  'Logging.LogRotation': 'boolean',
  'Logging.LogLevel': 'string',
  'Logging.LogPath': 'string',
  LocalMode: 'boolean',
  ResourceARN: 'string',
  RoleARN: 'string',
  NoVerifySSL: 'boolean',
  ProxyAddress: 'string',
  Version: 'number',
} as const;

const retiredKeys = [
  'Profile.CPU',
  'Profile.Memory',
  'Socket.BufferSizeKB',
  'Logging.LogFormat',
  'Processor.BatchProcessorQueueSize',
];
const renamedKeys = [
  'LogRotation',
  'Processor.Region',
  'Processor.Endpoint',
  'Processor.Routine',
  'MemoryLimit',
];

type Key = keyof typeof keys;
type Value<Kind> = Kind extends 'number' ? number : Kind extends 'boolean' ? boolean : string;

/** The settings a file gives, by path. */
export type ConfigFile = { [Path in Key]?: Value<(typeof keys)[Path]> };

const seeDocumentation = 'Please refer to AWS X-Ray Documentation for more information.';
const migrate = `Use X-Ray Daemon Config Migration Script to update the config file. ${seeDocumentation}`;

/**
 * The settings in cfg.yaml: in the file named, else in the first that exists of those AWS's daemon looks for; none
 * when there is no file. Throws an Error that says which key is wrong, in the words of AWS's daemon where it has some.
 */
export async function loadConfigFile(path: string | undefined): Promise<ConfigFile> {
  const found = path ?? searchPath.find((candidate) => existsSync(candidate));
  if (found === undefined) return {};
  let text: string;
  try {
    text = readFileSync(found, 'utf8');
  } catch (error) {
    throw new Error(`Cannot read the config file ${found}: ${(error as Error).message}.`);
  }
  return parseConfigFile(text);
}

/** Reads the text of a cfg.yaml. The YAML library is loaded only when there is one to read. */
export async function parseConfigFile(text: string): Promise<ConfigFile> {
  const { parse } = await import('yaml');
  const settings = new Map(leaves(parse(text)));
  checkKeys([...settings.keys()]);

  const version = settings.get('Version');
  if (version === undefined || version === null) throw new Error(`Config Version is missing. ${migrate}`);
  if (version !== 1 && version !== 2) throw new Error(`Config Version Setting is not correct. ${migrate}`);

  const given = [...settings].filter(([, value]) => value !== null);
  for (const [key, value] of given) {
    const kind = keys[key as Key];
    if (typeof value !== kind) throw new Error(`${key} in the config file must be a ${kind}.`);
  }
  return Object.fromEntries(given);
}

/** `{ Socket: { UDPAddress: 'x' } }` → `[['Socket.UDPAddress', 'x']]`. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isBranch) return path ? [[path, value]] : [];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path ? `${path}.${key}` : key));
}

function checkKeys(found: readonly string[]): void {
  // `Socket:` with nothing below it is a section without settings.
  const isSection = (key: string) => Object.keys(keys).some((known) => known.startsWith(`${key}.`));
  for (const key of found) {
    if (Object.hasOwn(keys, key) || isSection(key)) continue;
    if (retiredKeys.includes(key))
      throw new Error(`${key} flag is not supported any more. ${seeDocumentation}`);
    if (renamedKeys.includes(key)) throw new Error(`${key} flag is not supported. ${migrate}`);
    throw new Error(`${key} flag is invalid. ${seeDocumentation}`);
  }
}
