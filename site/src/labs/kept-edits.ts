import type { EditsState, KeptEdits, LabRun } from '@xray-lab/labs/server/contract';
import { standing } from './checker.ts';

const count = (number: number, one: string, more: string) => `${number} ${number === 1 ? one : more}`;
const lineCount = (number: number) => count(number, 'line', 'lines');

/** What a start from the beginning takes from the learner, a sentence each. Empty when there is nothing to lose. */
export function losses(run: LabRun, { edited }: Pick<EditsState, 'edited'>): string[] {
  const { passed } = standing(run);
  return [
    ...edited.map(
      ({ file, added, removed }) =>
        `\`sample-app/${file}\` is put back as it was. Your edit: ${lineCount(added)} added, ${removed} removed.`,
    ),
    ...(passed > 0
      ? [
          `${count(run.score, 'point', 'points')} for ${count(passed, 'step', 'steps')} that passed: the new run begins with 0.`,
        ]
      : []),
  ];
}

const causes: Record<KeptEdits['why'], string> = {
  'started-again': 'started anew',
  reset: 'started again',
  'put-away': 'put away',
  'brought-back': 'replaced by kept edits',
};

/** A kept set in one line: `Dec 1, 09:30 · provider.ts · 55 points, 4 steps`. */
export function setLine({ at, files, score, passedSteps, why }: KeptEdits, locale?: string): string {
  const when = new Date(at * 1000).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const names = files.map((file) => file.split('/').at(-1)).join(', ') || 'no edits';
  const points =
    passedSteps > 0 ? [`${count(score, 'point', 'points')}, ${count(passedSteps, 'step', 'steps')}`] : [];
  return [when, names, ...points, causes[why]].join(' · ');
}

/** What bringing a set back does to the present run. */
export function bringsBack({ files, passedSteps }: KeptEdits): string {
  const parts = [
    ...(files.length > 0 ? ['your edits are made in the files as they are now'] : []),
    ...(passedSteps > 0
      ? [`${count(passedSteps, 'step that passed counts', 'steps that passed count')} again`]
      : []),
  ];
  const sentence = parts.join(', and ');
  return `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}.`;
}
