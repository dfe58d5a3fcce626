import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lab } from '@xray-lab/labs/kit';
import type { EditsState, KeptEdits, KeptEditsDetail, ProgressStep } from '../contract.ts';
import { conflict } from '../problem.ts';
import { keptEdits, type KeptEditsStore, type KeptFile, type KeptSet } from './kept-edits.ts';
import { countLines, madeIn, nearestBase, patchOf } from './merge.ts';
import { isEdited, pristineFiles, type EditableFile, type Pristine, type Restored } from './pristine.ts';
import { gitUpstream, type Upstream } from './upstream.ts';

/** A learner's edits of the shop: what they are, putting them away, bringing them back. */
export interface LabEdits {
  /** Remembers the originals of the files that a lab lets a learner edit. */
  begin(lab: Lab): Promise<void>;
  state(lab: Lab): Promise<EditsState>;
  /** Keeps what would be lost, then puts the originals back. Without anything to lose nothing is kept. */
  putAway(lab: Editable, why: KeptEdits['why'], run: RunSoFar): Promise<PutAway>;
  /** The files whose originals are remembered. */
  remembered(): Promise<string[]>;
  detail(lab: Lab, time: string): Promise<KeptEditsDetail>;
  /**
   * Makes the edits of a set in the files as they are now, the originals of which are kept first. Throws a 409, and changes
   * nothing, where a file is another one at those places. Resolves to the set.
   */
  bringBack(lab: Lab, time: string, run: RunSoFar): Promise<KeptSet>;
}

export type Editable = Pick<Lab, 'id' | 'edits'>;

/** What a run has come to. */
export interface RunSoFar {
  score: number;
  steps: readonly ProgressStep[];
}

export interface PutAway extends Restored {
  kept?: KeptEdits;
}

export interface LabEditsOptions {
  pristine: Pristine;
  store: KeptEditsStore;
  /** The folder the files' paths count from. */
  sampleApp: string;
  /** `$LAB_HOME/edits`, as a person finds it. */
  folder: string;
}

/** The edits of the shop's files that this lab remembers in its home. */
export function editsIn(
  { home, sampleApp }: { home: string; sampleApp: string },
  now: () => number,
  upstream: Upstream = gitUpstream(sampleApp),
): LabEdits {
  const folder = join(home, 'edits');
  return labEdits({
    pristine: pristineFiles(join(home, 'pristine'), sampleApp, upstream),
    store: keptEdits(folder, now),
    sampleApp,
    folder,
  });
}

export function labEdits({ pristine, store, sampleApp, folder }: LabEditsOptions): LabEdits {
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: a second click must not find files half put back. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  }

  async function putAway(lab: Editable, why: KeptEdits['why'], run: RunSoFar): Promise<PutAway> {
    const passed = run.steps.filter(({ state }) => state === 'passed');
    let kept: KeptEdits | undefined;
    const keep = async (edited: EditableFile[]) => {
      const files = edited.flatMap(asKeptFile);
      if (files.length === 0 && passed.length === 0) return;
      const { score } = run;
      kept = asView(
        await store.keep({ lab: lab.id, why, score, passedSteps: passed.length, steps: passed, files }),
      );
    };
    const restored = await pristine.restore(lab.edits, keep);
    // No file was edited, so nobody was asked to keep one; what was passed is kept all the same.
    if (kept === undefined && restored.files.length + restored.left.length === 0) await keep([]);
    return { ...restored, ...(kept && { kept }) };
  }

  return {
    begin: (lab) => inTurn(() => pristine.keep(lab.edits)),
    async state(lab) {
      const files = await pristine.look(lab.edits);
      return {
        edited: files.filter(isEdited).map(({ file, atStart, present, original }) => ({
          file,
          ...countLines((original ?? atStart).toString(), present?.toString() ?? ''),
        })),
        updated: files.filter(({ updated }) => updated).map(({ file }) => file),
        kept: (await store.list(lab.id)).map(asView),
      };
    },
    putAway: (lab, why, run) => inTurn(() => putAway(lab, why, run)),
    remembered: () => pristine.kept(),
    async detail(lab, time) {
      const set = await store.find(lab.id, time);
      const files = await store.files(set);
      return {
        ...asView(set),
        patches: files.map(({ file, base, text }) => ({ file, patch: patchOf(file, base, text) })),
      };
    },
    bringBack: (lab, time, run) => inTurn(() => bringBack(lab, time, run)),
  };

  async function bringBack(lab: Lab, time: string, run: RunSoFar): Promise<KeptSet> {
    const set = await store.find(lab.id, time);
    const files = (await store.files(set)).filter(({ file }) => lab.edits.includes(file));
    await pristine.keep(files.map(({ file }) => file));
    const originals = new Map((await pristine.look(lab.edits)).map((one) => [one.file, one]));
    const texts = files.map(({ file, base, text }) => {
      const { original, present } = originals.get(file) ?? {};
      // Where nobody knows the original, the present text is the best there is.
      const merged = madeIn((original ?? present ?? Buffer.from(base)).toString(), base, text);
      if (merged === undefined) throw doesNotFit(set, file);
      return { file, merged };
    });

    const isThere = texts.every(({ file, merged }) => originals.get(file)?.present?.toString() === merged);
    if (!isThere) {
      await putAway(lab, 'brought-back', { ...run, steps: [] });
      await pristine.keep(lab.edits);
      for (const { file, merged } of texts) {
        await mkdir(dirname(join(sampleApp, file)), { recursive: true });
        await writeFile(join(sampleApp, file), merged);
      }
    }
    return set;
  }

  function doesNotFit({ lab, time }: KeptSet, file: string) {
    return conflict(
      `sample-app/${file} was changed since, at the places that you had edited. Nothing was brought back.`,
      `Yours is in ${join(folder, lab, time, file)}: copy what you need from there.`,
    );
  }
}

/** One that was deleted leaves nothing to keep, and neither does one that only the project changed. */
function asKeptFile({ file, present, atStart, original }: EditableFile): KeptFile[] {
  if (present === undefined || present.equals(atStart)) return [];
  const text = present.toString();
  const base = nearestBase(text, [atStart.toString(), (original ?? atStart).toString()]);
  return [{ file, text, base }];
}

/** Without what only the lab itself needs. */
function asView({ lab, time, at, why, files, score, passedSteps }: KeptSet): KeptEdits {
  return { lab, time, at, why, files, score, passedSteps };
}
