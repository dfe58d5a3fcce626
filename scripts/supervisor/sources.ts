import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** The text of each source file, as a hash, by its path relative to the shop's folder, with `/`. */
export type SourceVersion = ReadonlyMap<string, string>;

/** The sources of each process, all as they were at one moment. */
export type Look = ReadonlyMap<string, SourceVersion>;

/**
 * A file system may give two saves within one tick of its clock the same time. The coarsest that a shop may lie on (FAT,
 * some network disks) has ticks of two seconds.
 */
const CLOCK_TICK_MILLISECONDS = 2_000;

/**
 * Which shop processes a source file concerns: a service's own folder that service, `platform/` all of them, and a file
 * beside the folders, which anybody may import, everything.
 * @param file relative to the shop's folder, with `/`.
 */
export function concerned(file: string, shopProcesses: readonly string[]): string[] {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts')) return [];
  const [folder, name] = file.split('/');
  // A replica runs the same program: inventory-2 that of inventory.
  if (folder === 'services' && name)
    return shopProcesses.filter((process) => process === name || process.replace(/-\d+$/, '') === name);
  if (folder === 'dynamodb') return shopProcesses.filter((process) => process === 'dynamodb');
  if (name === undefined) return [...shopProcesses];
  if (folder === 'platform' || folder === 'faults')
    return shopProcesses.filter((process) => process !== 'dynamodb');
  return [];
}

/**
 * A function that looks at the shop's sources. It reads folders and files anew each time, by their paths. So it does not matter how an editor saved (into the file,
 * by another file renamed over it, by way of a new folder), and no notification of the operating system is needed, which
 * bind mounts and network disks do not give. A file whose time, size and inode are as before is not read again.
 *
 * @param processes Those of the shop whose sources are looked at.
 * @param now Epoch milliseconds, for tests.
 * @param stat What the file system says of a file, for tests: a coarse clock can't be made there, as the time of a file's last
 * change (`ctime`) is set by the system.
 */
export function shopSources(
  sampleApp: string,
  processes: readonly string[],
  now: () => number = Date.now,
  stat: (path: string) => Stamp = statSync,
): () => Look {
  let known = new Map<string, SeenFile>();

  function seen(file: string): SeenFile | undefined {
    try {
      const path = join(sampleApp, file);
      const found = stat(path);
      const stamp = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
      const before = known.get(file);
      if (before?.settled && before.stamp === stamp) return before;
      // Decided before the file is read: what is written meanwhile has a time that is not settled.
      const settled = isSettled(found, now());
      return { stamp, settled, hash: createHash('sha1').update(readFileSync(path)).digest('base64') };
    } catch {
      // Gone since the look into its folder, or not to be read: as if it were not there.
      return undefined;
    }
  }

  return () => {
    const look = new Map(processes.map((name) => [name, new Map<string, string>()]));
    const present = new Map<string, SeenFile>();
    for (const [file, names] of sourceFiles(sampleApp, processes)) {
      const found = seen(file);
      if (found === undefined) continue;
      present.set(file, found);
      for (const name of names) look.get(name)?.set(file, found.hash);
    }
    known = present;
    return look;
  };
}

/** By which a file that was written again is told. */
type Stamp = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

interface SeenFile {
  stamp: string;
  /** Its stamp tells whether it was written again. */
  settled: boolean;
  hash: string;
}

/** Each source file with the processes that it concerns. */
function* sourceFiles(
  sampleApp: string,
  processes: readonly string[],
  folder = '',
): Generator<[file: string, processes: string[]]> {
  for (const entry of entriesOf(join(sampleApp, folder))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(sampleApp, file)))) {
      if (mayConcern(file, processes)) yield* sourceFiles(sampleApp, processes, file);
      continue;
    }
    const names = concerned(file, processes);
    if (names.length > 0) yield [file, names];
  }
}

/** The files that are not the same in both, or in one of them only. */
export function changedBetween(before: SourceVersion, after: SourceVersion): string[] {
  const files = new Set([...before.keys(), ...after.keys()]);
  return [...files].filter((file) => before.get(file) !== after.get(file)).sort();
}

const isSettled = ({ mtimeMs, ctimeMs }: Stamp, now: number) =>
  now - Math.max(mtimeMs, ctimeMs) > CLOCK_TICK_MILLISECONDS;

/** Whether a source of theirs may be in this folder: the folders of other services are not looked into. */
const mayConcern = (folder: string, processes: readonly string[]) =>
  folder === 'services' || concerned(`${folder}/any.ts`, processes).length > 0;

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
