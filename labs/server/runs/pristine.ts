import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conflict } from '../problem.ts';

/** The shop's files as they were before a learner edited them. */
export interface Pristine {
  /** Keeps a copy of each file, unless one is kept already. */
  keep(files: readonly string[]): Promise<void>;
  /** Writes the kept copies back and forgets them. Resolves to the files that had been changed. */
  restore(files: readonly string[]): Promise<string[]>;
  /** `restore` for every file of which a copy is kept. */
  restoreAll(): Promise<string[]>;
}

/**
 * Copies are taken when a lab starts and kept until it is reset, by path and not by lab: a second lab that edits the
 * same file finds the copy of the first and can't take an edited file for the original. Between labs no copies are
 * kept, so an update of the project is never undone by a reset.
 *
 * @param folder Where the copies are: `$LAB_HOME/pristine`.
 * @param sampleApp The folder the files' paths count from.
 * @param write Handed in by tests; root may write everything.
 */
export function pristineFiles(folder: string, sampleApp: string, write = writeFile): Pristine {
  async function restoreOne(file: string): Promise<boolean> {
    const kept = await readOrUndefined(join(folder, file));
    if (kept === undefined) return false;

    const present = await readOrUndefined(join(sampleApp, file));
    const changed = present === undefined || !kept.equals(present);
    if (changed) {
      await mkdir(dirname(join(sampleApp, file)), { recursive: true });
      await write(join(sampleApp, file), kept).catch(refuseUnwritable(file));
    }
    await rm(join(folder, file));
    return changed;
  }

  async function restore(files: readonly string[]): Promise<string[]> {
    const restored: string[] = [];
    for (const file of files) if (await restoreOne(file)) restored.push(file);
    return restored;
  }

  return {
    async keep(files) {
      for (const file of files) {
        if ((await readOrUndefined(join(folder, file))) !== undefined) continue;
        await cp(join(sampleApp, file), join(folder, file));
      }
    },
    restore,
    async restoreAll() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
      return restore(files);
    },
  };
}

/** In a container the shop's folder is the learner's own, which its user need not be allowed to write. */
const refuseUnwritable = (file: string) => (error: NodeJS.ErrnoException) => {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error;
  throw conflict(
    `The lab is not allowed to write sample-app/${file}, so it can't put back what you edited.`,
    `Put it back with \`git checkout sample-app/${file}\`, then reset again.`,
  );
};

async function readOrUndefined(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
