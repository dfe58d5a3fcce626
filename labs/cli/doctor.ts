import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { ownerOfPort, type PortOwner } from './port-owner.ts';

/** What the doctor says about one thing. `fail`: the lab can't start. `warn`: it can, but something will be missing. */
export interface DoctorLine {
  id: string;
  title: string;
  state: 'ok' | 'warn' | 'fail';
  says: string;
  /** What to do, when it is not ok. */
  remedy?: string;
}

export interface DoctorOptions {
  /** The root of the repository. */
  root: string;
  /** `LAB_PORT_OFFSET` */
  portOffset?: number;
  /** Where a lab that runs already would answer. */
  address?: string;
  /** `$LAB_HOME` and the shop's folder; where they are not given, nobody looks for edits. */
  home?: string;
  sampleApp?: string;
  /** Replaces how the machine is asked; for tests. */
  machine?: Partial<Machine>;
}

/** Everything the doctor asks the machine. */
export interface Machine {
  nodeVersion: string;
  platform: NodeJS.Platform;
  /** Bytes that programs can still have. */
  freeMemory(): number;
  exists(path: string): boolean;
  isFree(port: number, protocol: 'tcp' | 'udp'): Promise<boolean>;
  ownerOf(port: number, protocol: 'tcp' | 'udp'): PortOwner | undefined;
  /** What a program prints, or undefined when it is not there or fails. */
  run(command: string, ...words: string[]): Promise<string | undefined>;
  /** The files of the shop that a lab in progress lets its learner edit, and that are edited or were updated since. */
  edits(home: string, sampleApp: string): Promise<{ edited: string[]; updated: string[] }>;
  /** Process ids of the lab that runs on this address; undefined when none does. */
  runningLab(address: string): Promise<ReadonlySet<number> | undefined>;
}

const NEEDED_NODE = 24;
const GIGABYTE = 1e9;
/** All processes hold less; browser and editor want some, too. */
const COMFORTABLE_MEMORY = 1.5 * GIGABYTE;
/** Below this the start itself refuses. */
const LEAST_MEMORY = 0.95 * GIGABYTE;

/** The ports of the lab: what listens there, and how. */
export const ports: readonly { name: string; port: number; protocols: readonly ('tcp' | 'udp')[] }[] = [
  { name: 'xray-daemon', port: 2000, protocols: ['udp', 'tcp'] },
  { name: 'xray-api', port: 2001, protocols: ['tcp'] },
  { name: 'legacy-daemon', port: 2010, protocols: ['udp', 'tcp'] },
  { name: 'lab', port: 4321, protocols: ['tcp'] },
  { name: 'supervisor', port: 4322, protocols: ['tcp'] },
  { name: 'legacy-database', port: 5434, protocols: ['tcp'] },
  { name: 'dynamodb', port: 8000, protocols: ['tcp'] },
  { name: 'gateway', port: 8080, protocols: ['tcp'] },
  { name: 'auth', port: 8081, protocols: ['tcp'] },
  { name: 'order', port: 8082, protocols: ['tcp'] },
  { name: 'payment', port: 8083, protocols: ['tcp'] },
  { name: 'inventory', port: 8084, protocols: ['tcp'] },
  { name: 'notification', port: 8085, protocols: ['tcp'] },
  { name: 'inventory-2', port: 8086, protocols: ['tcp'] },
  { name: 'payment-provider', port: 8090, protocols: ['tcp'] },
  { name: 'legacy-pricing', port: 8091, protocols: ['tcp'] },
];

/** Looks at everything `npm start` needs, changes nothing, and never throws. Lines come in a fixed order. */
export async function doctor(options: DoctorOptions): Promise<DoctorLine[]> {
  const { root, portOffset = 0, address = `http://127.0.0.1:${4321 + portOffset}` } = options;
  const machine: Machine = { ...thisMachine, ...options.machine };
  const running = await machine.runningLab(address);
  const groups = await Promise.all([
    node(machine),
    npm(machine),
    memory(machine, running !== undefined),
    installed(machine, root),
    site(machine, root),
    editedFiles(machine, options),
    progress(options.home ?? join(root, '.lab')),
    ...ports.map((one) => port(machine, one, portOffset, running)),
    aws(machine),
    docker(machine),
  ]);
  return groups;
}

/** The lines without which `npm start` need not try: progress, memory and ports. Quick, because it runs no program. */
export async function refusals(
  options: Pick<DoctorOptions, 'home' | 'portOffset' | 'machine'>,
): Promise<DoctorLine[]> {
  const machine: Machine = { ...thisMachine, ...options.machine };
  const lines = await Promise.all([
    ...(options.home === undefined ? [] : [progress(options.home)]),
    memory(machine, false),
    ...ports.map((one) => port(machine, one, options.portOffset ?? 0, undefined)),
  ]);
  return lines.filter(({ state }) => state === 'fail');
}

async function node({ nodeVersion }: Machine): Promise<DoctorLine> {
  const line = { id: 'node', title: 'Node' };
  if (numbersIn(nodeVersion)[0]! >= NEEDED_NODE) return { ...line, state: 'ok', says: nodeVersion };
  return {
    ...line,
    state: 'fail',
    says: `${nodeVersion}; the lab runs on Node ${NEEDED_NODE}`,
    remedy: 'Run `npm start`, which brings the right one, or install Node 24.',
  };
}

async function npm(machine: Machine): Promise<DoctorLine> {
  const version = (await machine.run('npm', '--version'))?.trim();
  const line = { id: 'npm', title: 'npm' };
  if (version === undefined) {
    return {
      ...line,
      state: 'fail',
      says: 'not found',
      remedy: 'Install Node from nodejs.org; npm comes with it.',
    };
  }
  if (numbersIn(version)[0]! >= 8) return { ...line, state: 'ok', says: version };
  return { ...line, state: 'warn', says: `${version} is old`, remedy: 'Run `npm install -g npm`.' };
}

async function memory(machine: Machine, labRuns: boolean): Promise<DoctorLine> {
  const free = machine.freeMemory();
  const line = { id: 'memory', title: 'Free memory', says: `${(free / GIGABYTE).toFixed(1)} GB` };
  if (labRuns || free >= COMFORTABLE_MEMORY) return { ...line, state: 'ok' };
  const remedy = 'Close something large; the lab is comfortable with 1.5 GB.';
  // Only Linux counts what the system could give back as free; elsewhere the figure is no reason to refuse.
  const mayBeEnough = free >= LEAST_MEMORY || machine.platform !== 'linux';
  return { ...line, state: mayBeEnough ? 'warn' : 'fail', remedy };
}

async function installed({ exists }: Machine, root: string): Promise<DoctorLine> {
  const line = { id: 'dependencies', title: 'Dependencies' };
  const there = exists(join(root, 'node_modules', '.package-lock.json'));
  if (there) return { ...line, state: 'ok', says: 'installed' };
  return { ...line, state: 'fail', says: 'not installed', remedy: 'Run `npm start`, which installs them.' };
}

async function site({ exists }: Machine, root: string): Promise<DoctorLine> {
  const line = { id: 'site', title: 'Site' };
  if (exists(join(root, 'site', 'dist', 'index.html'))) return { ...line, state: 'ok', says: 'built' };
  return { ...line, state: 'warn', says: 'not built', remedy: 'Run `npm start`, which builds it.' };
}

async function editedFiles(
  machine: Machine,
  { root, home = join(root, '.lab'), sampleApp = join(root, 'sample-app') }: DoctorOptions,
): Promise<DoctorLine> {
  const line = { id: 'edits', title: 'Your edits' };
  const { edited, updated } = await machine.edits(home, sampleApp);
  const named = (files: string[]) => files.map((file) => `sample-app/${file}`).join(', ');
  if (updated.length > 0) {
    return {
      ...line,
      state: 'warn',
      says: `X-Ray Lab was updated in the middle of a lab, and with it ${named(updated)}`,
      remedy:
        'While the lab runs: `npm run lab -- edits away LAB`, then `npm run lab -- edits back LAB latest` makes yours in the new file.',
    };
  }
  // `git pull` refuses to touch a file that is edited.
  if (edited.length === 0) return { ...line, state: 'ok', says: 'none' };
  const says = `${named(edited)}; before an update: \`npm run lab -- edits away LAB\``;
  return { ...line, state: 'ok', says };
}

/** Damage that nobody sees until an answer is lost. */
async function progress(home: string): Promise<DoctorLine> {
  const line = { id: 'progress', title: 'Your progress' };
  const path = join(home, 'progress.sqlite');
  if (!existsSync(path)) return { ...line, state: 'ok', says: 'none yet' };
  const { lookAtProgress } = await import('../server/progress/file.ts');
  const trouble = lookAtProgress(path);
  if (trouble === undefined) return { ...line, state: 'ok', says: 'whole' };
  return { ...line, state: 'fail', says: trouble.message.replace(/\.$/, ''), remedy: trouble.remedy };
}

async function port(
  machine: Machine,
  { name, port: standard, protocols }: (typeof ports)[number],
  portOffset: number,
  running: ReadonlySet<number> | undefined,
): Promise<DoctorLine> {
  const number = standard + portOffset;
  const line = { id: `port-${standard}`, title: `Port ${number} (${name})` };
  for (const protocol of protocols) {
    if (await machine.isFree(number, protocol)) continue;
    const owner = machine.ownerOf(number, protocol);
    // Where the system does not tell whose a port is, a lab that answers is taken at its word.
    if (running && (owner === undefined || running.has(owner.pid) || name === 'supervisor')) {
      return { ...line, state: 'ok', says: 'used by the lab that is running' };
    }
    const by = owner === undefined ? 'another program' : `process ${owner.pid} (${owner.command})`;
    const remedy = `Stop that program, or move every port: LAB_PORT_OFFSET=${portOffset + 1000} npm start`;
    return { ...line, state: 'fail', says: `${protocol.toUpperCase()} is taken by ${by}`, remedy };
  }
  return { ...line, state: 'ok', says: 'free' };
}

/** The first versions that know AWS_ENDPOINT_URL, by major version. */
const leastAws: Readonly<Record<number, string>> = { 1: '1.29.0', 2: '2.13.0' };

async function aws(machine: Machine): Promise<DoctorLine> {
  const line = { id: 'aws', title: 'AWS CLI' };
  const remedy = 'Only needed to follow along with `aws xray …`: pip install awscli, at least 1.29 or 2.13.';
  const version = /aws-cli\/(\S+)/.exec((await machine.run('aws', '--version')) ?? '')?.[1];
  if (version === undefined) return { ...line, state: 'warn', says: 'not found', remedy };
  const least = leastAws[numbersIn(version)[0]!];
  if (least === undefined || isAtLeast(version, least)) return { ...line, state: 'ok', says: version };
  return { ...line, state: 'warn', says: `${version} does not know AWS_ENDPOINT_URL`, remedy };
}

async function docker(machine: Machine): Promise<DoctorLine> {
  const line = { id: 'docker', title: 'Docker' };
  const [engine, v2, v1] = await Promise.all([
    machine.run('docker', 'version', '--format', '{{.Server.Version}}'),
    machine.run('docker', 'compose', 'version', '--short'),
    machine.run('docker-compose', 'version', '--short'),
  ]);
  const remedy = 'Only needed for `docker compose up`; `npm start` does without.';
  if (engine === undefined) return { ...line, state: 'warn', says: 'no engine answers', remedy };
  const compose = (v2 ?? v1)?.trim().replace(/^v/, '');
  if (compose === undefined)
    return { ...line, state: 'warn', says: `${engine.trim()}, without compose`, remedy };
  const says = `${engine.trim()}, compose ${compose}`;
  if (isAtLeast(compose, '1.29.0')) return { ...line, state: 'ok', says };
  return { ...line, state: 'warn', says: `${says} is older than 1.29`, remedy };
}

const numbersIn = (version: string) =>
  [0, ...(version.match(/\d+/g) ?? []).map(Number)].slice(1).concat(0, 0, 0);

/** @example isAtLeast('1.45.55', '1.29.0') // true */
export function isAtLeast(version: string, least: string): boolean {
  const [have, need] = [numbersIn(version), numbersIn(least)];
  for (let place = 0; place < 3; place++) {
    if (have[place] !== need[place]) return (have[place] ?? 0) > (need[place] ?? 0);
  }
  return true;
}

const thisMachine: Machine = {
  nodeVersion: process.version,
  platform: process.platform,
  // Elsewhere than on Linux this leaves out what the system could give back, so it is the careful figure.
  freeMemory: () => process.availableMemory?.() || freemem(),
  exists: existsSync,
  isFree: (port, protocol) => (protocol === 'udp' ? isFreeUdp(port) : isFreeTcp(port)),
  ownerOf: ownerOfPort,
  run: (command, ...words) =>
    new Promise((resolve) => {
      execFile(command, words, { timeout: 8000 }, (error, stdout, stderr) =>
        // The AWS CLI 1 of old printed its version to standard error.
        resolve(error ? undefined : stdout.trim() === '' ? stderr : stdout),
      );
    }),
  async edits(home, sampleApp) {
    // Only the doctor's own verb needs them, and not each start, which asks the doctor about ports.
    const [{ isEdited, pristineFiles }, { gitUpstream }] = await Promise.all([
      import('../server/runs/pristine.ts'),
      import('../server/runs/upstream.ts'),
    ]);
    const pristine = pristineFiles(join(home, 'pristine'), sampleApp, gitUpstream(sampleApp));
    const files = await pristine.look(await pristine.kept());
    const names = (of: typeof files) => of.map(({ file }) => file);
    return { edited: names(files.filter(isEdited)), updated: names(files.filter(({ updated }) => updated)) };
  },
  runningLab: (address) =>
    new Promise((resolve) => {
      const call = get(`${address}/lab/processes`, { timeout: 1000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(pidsIn(Buffer.concat(chunks).toString())));
        response.on('error', () => resolve(undefined));
      });
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(undefined));
    }),
};

function pidsIn(text: string): ReadonlySet<number> | undefined {
  try {
    const processes = JSON.parse(text) as { name?: string; pid?: number }[];
    if (!Array.isArray(processes)) return undefined;
    return new Set(processes.flatMap(({ pid }) => pid ?? []));
  } catch {
    return undefined;
  }
}

function isFreeTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isFreeUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
