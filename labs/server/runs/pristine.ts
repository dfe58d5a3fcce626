import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conflict } from '../problem.ts';
import type { Upstream } from './upstream.ts';

/** The shop's files as they were before a learner edited them. */
export interface Pristine {
  /** Keeps a copy of each file, unless one is kept already. */
  keep(files: readonly string[]): Promise<void>;
  /** How each of these files of which a copy is kept stands now. */
  look(files: readonly string[]): Promise<EditableFile[]>;
  /**
   * Writes the originals back and forgets the copies. Before it writes anything, `putAway` is handed what would be lost.
   * A file whose original nobody knows stays as it is.
   */
  restore(files: readonly string[], putAway?: (edited: EditableFile[]) => Promise<void>): Promise<Restored>;
  /** The files of which a copy is kept. */
  kept(): Promise<string[]>;
}

/** A file that a lab lets a learner edit, while copies are kept. */
export interface EditableFile {
  file: string;
  /** As it was when the lab began. */
  atStart: Buffer;
  /** Undefined when it was deleted. */
  present: Buffer | undefined;
  /**
   * What a reset puts back: as at the start, or as the project has it where the project was updated since. Undefined when
   * it was updated and nobody can tell what the file is like in the new version.
   */
  original: Buffer | undefined;
  /** The project was updated since the lab began, and the file with it. */
  updated: boolean;
}

export interface Restored {
  /** They had been changed. */
  files: string[];
  /** They stay as they are: the project was updated, and what is a learner's in them can't be told. */
  left: string[];
}

/** What is remembered of the project when a copy is taken. */
interface Origin {
  version: string;
  /** Of the project's own text; absent where nobody could tell. */
  hash?: string;
}

/**
 * Copies are taken when a lab starts and kept until it is reset, by path and not by lab: a second lab that edits the
 * same file finds the copy of the first and can't take an edited file for the original. A project that was updated meanwhile
 * is noticed by what it has for the file itself, so that a reset never puts old code over new.
 *
 * @param folder Where the copies are: `$LAB_HOME/pristine`.
 * @param sampleApp The folder the files' paths count from.
 * @param write Handed in by tests; root may write everything.
 */
export function pristineFiles(
  folder: string,
  sampleApp: string,
  upstream: Upstream,
  write = writeFile,
): Pristine {
  const originsPath = `${folder}.json`;

  async function origins(): Promise<Record<string, Origin>> {
    const text = await readOrUndefined(originsPath);
    if (text === undefined) return {};
    try {
      return JSON.parse(text.toString()) as Record<string, Origin>;
    } catch {
      // Half written. Without it the copies themselves are compared with the project.
      return {};
    }
  }

  async function remember(change: (origins: Record<string, Origin>) => void): Promise<void> {
    const all = await origins();
    change(all);
    if (Object.keys(all).length > 0) await writeFile(originsPath, JSON.stringify(all));
    else await rm(originsPath, { force: true });
  }

  async function lookAt(file: string, origin: Origin | undefined): Promise<EditableFile | undefined> {
    const atStart = await readOrUndefined(join(folder, file));
    if (atStart === undefined) return undefined;
    const present = await readOrUndefined(join(sampleApp, file));
    const project = await upstream.read(file);
    if (project === undefined) {
      const updated = origin !== undefined && origin.version !== upstream.version;
      return { file, atStart, present, original: updated ? undefined : atStart, updated };
    }
    const updated = origin?.hash === undefined ? !project.equals(atStart) : hashOf(project) !== origin.hash;
    return { file, atStart, present, original: updated ? project : atStart, updated };
  }

  async function look(files: readonly string[]): Promise<EditableFile[]> {
    const known = await origins();
    const found = await Promise.all(files.map((file) => lookAt(file, known[file])));
    return found.filter((one) => one !== undefined);
  }

  return {
    async keep(files) {
      for (const file of files) {
        if ((await readOrUndefined(join(folder, file))) !== undefined) continue;
        await cp(join(sampleApp, file), join(folder, file));
        const project = await upstream.read(file);
        const origin = { version: upstream.version, ...(project && { hash: hashOf(project) }) };
        await remember((all) => (all[file] = origin));
      }
    },
    look,
    async restore(files, putAway) {
      const all = await look(files);
      const edited = all.filter(isEdited);
      if (edited.length > 0) await putAway?.(edited);

      for (const { file, original } of edited) {
        if (original === undefined) continue;
        await mkdir(dirname(join(sampleApp, file)), { recursive: true });
        await write(join(sampleApp, file), original).catch(refuseUnwritable(file));
      }
      for (const { file } of all) await rm(join(folder, file), { force: true });
      await remember((known) => all.forEach(({ file }) => delete known[file]));
      const names = (some: EditableFile[]) => some.map(({ file }) => file);
      return {
        files: names(edited.filter(({ original }) => original !== undefined)),
        left: names(edited.filter(({ original }) => original === undefined)),
      };
    },
    async kept() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    },
  };
}

/** Whether the file holds something that would be lost: it is neither as at the start nor as in the project. */
export function isEdited({ present, original, atStart }: EditableFile): boolean {
  return !(original ?? atStart).equals(present ?? Buffer.alloc(0)) || present === undefined;
}

const hashOf = (text: Buffer) => createHash('sha1').update(text).digest('base64');

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
