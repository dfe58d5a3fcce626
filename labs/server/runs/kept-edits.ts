import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeptEdits } from '../contract.ts';
import { notFound } from '../problem.ts';

/** So many sets of edits are kept of one lab, and of all labs together so many bytes; then the oldest go. */
export const MOST_OF_A_LAB = 20;
export const MOST_BYTES = 20 * 1024 * 1024;

/** One file of a set. */
export interface KeptFile {
  file: string;
  /** What the learner wrote. */
  text: string;
  /** What it was written into. */
  base: string;
}

/** A set of edits with what is in it. */
export interface KeptSet extends KeptEdits {
  /** The steps that had passed, as the run had stored them. */
  steps: unknown[];
}

/** What to keep; its time is the moment at which it is kept. */
export interface ToKeep extends Pick<KeptSet, 'lab' | 'why' | 'score' | 'passedSteps' | 'steps'> {
  files: readonly KeptFile[];
}

/** The edits that were put away, in folders that a person can read, too. */
export interface KeptEditsStore {
  /** Durable when it resolves. Afterwards the oldest sets beyond the limits are removed, never this one. */
  keep(set: ToKeep): Promise<KeptSet>;
  /** Newest first; of all labs when none is named. */
  list(lab?: string): Promise<KeptSet[]>;
  /** `latest`, a time or how one begins. Throws a 404 that lists the times. */
  find(lab: string, time: string): Promise<KeptSet>;
  files(set: KeptSet): Promise<KeptFile[]>;
  /** Removes every set but the newest of each lab. Resolves to those removed, with the bytes they took. */
  removeOld(): Promise<{ set: KeptSet; bytes: number }[]>;
}

const ABOUT = 'kept.json';
/** Beside the learner's files, so that these have the place in the folder that they have in the shop. */
const BASES = '.original';

/**
 * @param folder `$LAB_HOME/edits`; a set is `LAB/TIME/` in it.
 * @param now Epoch seconds.
 */
export function keptEdits(folder: string, now: () => number): KeptEditsStore {
  const folderOf = ({ lab, time }: Pick<KeptEdits, 'lab' | 'time'>) => join(folder, lab, time);

  async function read(lab: string, time: string): Promise<KeptSet[]> {
    try {
      return [JSON.parse(await readFile(join(folder, lab, time, ABOUT), 'utf8')) as KeptSet];
    } catch {
      // Not one of ours, or one that was not written to its end.
      return [];
    }
  }

  async function list(lab?: string): Promise<KeptSet[]> {
    const labs = lab === undefined ? await foldersIn(folder) : [lab];
    const sets: KeptSet[] = [];
    for (const one of labs) {
      for (const time of await foldersIn(join(folder, one))) sets.push(...(await read(one, time)));
    }
    return sets.sort((a, b) => b.at - a.at || b.time.localeCompare(a.time, undefined, { numeric: true }));
  }

  async function free(lab: string, at: number): Promise<string> {
    const taken = new Set(await foldersIn(join(folder, lab)));
    const time = timeOf(at);
    for (let place = 1; ; place++) {
      const name = place === 1 ? time : `${time}-${place}`;
      if (!taken.has(name)) return name;
    }
  }

  /** Never one of `spared`. */
  async function removeBeyondLimits(spared: KeptSet): Promise<void> {
    const perLab = new Map<string, number>();
    let bytes = 0;
    for (const set of await list()) {
      const place = (perLab.get(set.lab) ?? 0) + 1;
      perLab.set(set.lab, place);
      bytes += await bytesIn(folderOf(set));
      const isSpared = set.lab === spared.lab && set.time === spared.time;
      if (!isSpared && (place > MOST_OF_A_LAB || bytes > MOST_BYTES)) {
        await rm(folderOf(set), { recursive: true });
      }
    }
  }

  return {
    async keep({ files, ...about }) {
      const at = now();
      const time = await free(about.lab, at);
      const set: KeptSet = { ...about, at, time, files: files.map(({ file }) => file) };
      // Written aside and renamed: a set is there as a whole or not at all.
      const aside = join(folder, about.lab, `.${time}`);
      await rm(aside, { recursive: true, force: true });
      for (const { file, text, base } of files) {
        for (const [path, content] of [
          [join(aside, file), text],
          [join(aside, BASES, file), base],
        ] as const) {
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, content, { flush: true });
        }
      }
      await mkdir(aside, { recursive: true });
      await writeFile(join(aside, ABOUT), `${JSON.stringify(set, undefined, 2)}\n`, { flush: true });
      await rename(aside, folderOf(set));
      await removeBeyondLimits(set);
      return set;
    },
    list,
    async find(lab, time) {
      const sets = await list(lab);
      const found =
        time === 'latest'
          ? sets[0]
          : (sets.find((set) => set.time === time) ??
            onlyOne(sets.filter((set) => set.time.startsWith(time))));
      if (found) return found;
      throw notFound(
        `set of kept edits of ${lab}`,
        time,
        sets.map((set) => set.time),
      );
    },
    async files(set) {
      const folderOfSet = folderOf(set);
      return Promise.all(
        set.files.map(async (file) => ({
          file,
          text: await readFile(join(folderOfSet, file), 'utf8'),
          base: await readFile(join(folderOfSet, BASES, file), 'utf8'),
        })),
      );
    },
    async removeOld() {
      const removed: { set: KeptSet; bytes: number }[] = [];
      const seen = new Set<string>();
      for (const set of await list()) {
        const isNewest = !seen.has(set.lab);
        seen.add(set.lab);
        if (isNewest) continue;
        removed.push({ set, bytes: await bytesIn(folderOf(set)) });
        await rm(folderOf(set), { recursive: true });
      }
      return removed;
    },
  };
}

/** A moment as the name of a folder, on every system: `2026-12-01T09-30-05Z`. */
export const timeOf = (at: number) =>
  new Date(at * 1000)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');

const onlyOne = <Item>(items: Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined);

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}

/** What a folder's files take, in bytes. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
