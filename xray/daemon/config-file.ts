import { existsSync, readFileSync } from 'node:fs';
import type { Node, Scalar, YAMLMap } from 'yaml';

/** Where the daemon looks, with `-c` and without. */
const searchPath = ['/etc/amazon/xray/cfg.yaml', 'cfg.yaml'];

const supportedVersions: readonly unknown[] = [1, 2];

/**
 * The keys of cfg.yaml, as paths, and what they hold, in Go's words.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-configuration.html
 */
const keys = {
  TotalBufferSizeMB: 'int',
  Concurrency: 'int',
  Region: 'string',
  Endpoint: 'string',
  'Socket.UDPAddress': 'string',
  'Socket.TCPAddress': 'string',
  'Logging.LogRotation': 'bool',
  'Logging.LogLevel': 'string',
  'Logging.LogPath': 'string',
  LocalMode: 'bool',
  ResourceARN: 'string',
  RoleARN: 'string',
  NoVerifySSL: 'bool',
  ProxyAddress: 'string',
  Version: 'int',
} as const;

/** Known to AWS's daemon by the way its settings are declared, and without effect there. */
const keysWithoutEffect = [
  'proxyserver.idleconntimeout',
  'proxyserver.maxidleconnsperhost',
  'proxyserver.maxidleconns',
];
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
type Kind = (typeof keys)[Key];
type Value<Of extends Kind> = Of extends 'int' ? number : Of extends 'bool' ? boolean : string;

/** The settings a file gives, by path. */
export type ConfigFile = { [Path in Key]?: Value<(typeof keys)[Path]> };

const seeDocumentation = 'Please refer to AWS X-Ray Documentation for more information.';
const migrate = `Use X-Ray Daemon Config Migration Script to update the config file. ${seeDocumentation}`;

/**
 * The settings in the first cfg.yaml that exists where AWS's daemon looks for one; none when there is no file. As there,
 * unknown keys are an error only in a file named with `-c`. Throws as `parseConfigFile`.
 */
export async function findConfigFile(): Promise<ConfigFile> {
  const path = searchPath.find((candidate) => existsSync(candidate));
  return path === undefined ? {} : parseConfigFile(read(path), { checksKeys: false });
}

/** The settings in the cfg.yaml named with `-c`. Throws as `parseConfigFile`. */
export async function loadConfigFile(path: string): Promise<ConfigFile> {
  return parseConfigFile(read(path), { checksKeys: true });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'no such file or directory',
      EACCES: 'permission denied',
    };
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw unusable(`read ${path}: is a directory`);
    throw unusable(`open ${path}: ${reasons[code ?? ''] ?? message}`);
  }
}

/**
 * Reads the text of a cfg.yaml. The YAML library is loaded only when there is one to read. Throws an Error that says what
 * is wrong, in the words of AWS's daemon.
 */
export async function parseConfigFile(
  text: string,
  { checksKeys }: { checksKeys: boolean },
): Promise<ConfigFile> {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  // As the library of AWS's daemon: YAML 1.1, where `yes` is true; the last of two equal keys counts, and of several
  // documents the first.
  const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, lineCounter: lines });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  const [error] = document?.errors ?? [];
  if (error)
    throw unusable(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split(/ at line |\n/)[0]}`);

  const lineOf = (node: Node | null) => lines.linePos(node?.range?.[0] ?? 0).line;
  const describe = (node: Node | null): string => {
    if (isMap(node)) return '!!map';
    if (isSeq(node)) return '!!seq';
    const { value, source } = node as Scalar;
    const shown = String(source ?? value);
    return `!!${tagOf(value)} \`${shown.length > 10 ? `${shown.slice(0, 7)}...` : shown}\``;
  };
  const mismatch = (node: Node | null, into: string) =>
    `  line ${lineOf(node)}: cannot unmarshal ${describe(node)} into ${into}`;

  const meant = (node: Node | null): Node | null =>
    document && isAlias(node) ? (node.resolve(document) ?? null) : node;
  const contents = document?.contents ?? null;
  if (contents !== null && !isMap(contents)) {
    if (isSeq(contents)) {
      const items = contents.items.map((item) => mismatch(item as Node, 'yaml.MapItem'));
      throw wrongKinds(items);
    }
    if (!(isScalar(contents) && contents.value === null))
      throw wrongKinds([mismatch(contents, checksKeys ? 'yaml.MapSlice' : 'cfg.Config')]);
  }
  const leaves = isMap(contents) ? leavesOf(contents as YAMLMap, isMap, meant) : [];
  if (checksKeys) checkKeys(leaves.map(([path]) => path));

  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [path, node] of leaves) {
    const kind: Kind | undefined = keys[path as Key];
    if (kind === undefined || node === null || (isScalar(node) && node.value === null)) continue;
    const value = isScalar(node) ? converted(node, kind) : undefined;
    if (value === undefined) problems.push(mismatch(node, kind));
    else settings[path] = value;
  }
  if (problems.length > 0) throw wrongKinds(problems);
  if (!supportedVersions.includes(settings['Version']))
    throw new Error(`Config Version Setting is not correct. ${migrate}`);
  return settings;
}

/** `Socket: { UDPAddress: x }` → `['Socket.UDPAddress', x]`; two levels, as deep as settings lie. */
function leavesOf(
  map: YAMLMap,
  isMap: (node: unknown) => node is YAMLMap,
  meant: (node: Node | null) => Node | null,
): [string, Node | null][] {
  return map.items.flatMap(({ key, value }): [string, Node | null][] => {
    const outer = meant(value as Node | null);
    if (!isMap(outer)) return [[String(key), outer]];
    return outer.items.map((inner) => [
      `${String(key)}.${String(inner.key)}`,
      meant(inner.value as Node | null),
    ]);
  });
}

/** A YAML value as Go's library takes it for a type; undefined when it does not. */
function converted({ value, source }: Scalar, kind: Kind): unknown {
  if (kind === 'string') return typeof value === 'string' ? value : String(source ?? value);
  if (kind === 'int') return typeof value === 'number' ? Math.trunc(value) : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

function tagOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'bool' : 'str';
}

function checkKeys(found: readonly string[]): void {
  for (const key of found) {
    if (!found.includes('Version')) throw new Error(`Config Version is missing. ${migrate}`);
    if (Object.hasOwn(keys, key) || keysWithoutEffect.includes(key)) continue;
    if (retiredKeys.includes(key))
      throw new Error(`${key} flag is not supported any more. ${seeDocumentation}`);
    if (renamedKeys.includes(key)) throw new Error(`${key} flag is not supported. ${migrate}`);
    throw new Error(`${key} flag is invalid. ${seeDocumentation}`);
  }
}

const unusable = (reason: string) => new Error(`Error occur when using config flag: ${reason}`);
const wrongKinds = (problems: readonly string[]) =>
  unusable(`yaml: unmarshal errors:\n${problems.join('\n')}`);
