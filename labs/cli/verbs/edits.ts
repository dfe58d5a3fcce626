import type { EditsState, KeptEdits, KeptEditsDetail, LabRun, LabSummary } from '../../server/contract.ts';
import { UsageError } from '../arguments.ts';
import { columns } from '../output.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';
import { labId, labPath } from './labs.ts';

/** Edits of the shop that a learner made: what they are, what was put away, and how to have it back. */
export const edits: Verb = {
  usage: [
    'list [LAB]',
    'show LAB TIME        TIME is as list prints it, its beginning, or latest',
    'away LAB             keep the edits and put the originals back; the run goes on',
    'back LAB TIME        make kept edits again, and count the steps that had passed',
  ],
  says: 'Your edits of the shop: list, show, put away, bring back',
  async run(cli, { words: [what = 'list', lab, time, ...more] }) {
    const actions: Record<string, (() => Promise<Outcome>) | undefined> = {
      list: () => list(cli, lab),
      show: () => show(cli, named('LAB', lab), named('TIME', time)),
      away: () => away(cli, named('LAB', lab)),
      back: () => back(cli, named('LAB', lab), named('TIME', time)),
    };
    const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
    if (!action || more.length > 0 || (time !== undefined && (what === 'list' || what === 'away'))) {
      throw new UsageError('edits: use list [LAB], show LAB TIME, away LAB or back LAB TIME.');
    }
    return action();
  },
};

function named(what: string, word: string | undefined): string {
  if (word === undefined)
    throw new UsageError(`edits: ${what} is missing. \`edits list\` shows what there is.`);
  return word;
}

const stateOf = ({ api }: Cli, id: string) => api<EditsState>('GET', `${labPath(id)}/edits`);

async function list(cli: Cli, lab: string | undefined): Promise<Outcome> {
  const ids =
    lab === undefined
      ? (await cli.api<LabSummary[]>('GET', '/lab/labs')).map(({ id }) => id)
      : [await labId(cli, lab)];
  const states = await Promise.all(ids.map(async (id) => ({ lab: id, ...(await stateOf(cli, id)) })));
  const told = states.filter(({ edited, updated, kept }) => edited.length + updated.length + kept.length > 0);
  const text = told.map((state) => describe(state, cli)).join('\n\n');
  return {
    json: lab === undefined ? states : states[0],
    text: text === '' ? 'Nothing is edited, and nothing is kept.' : text,
  };
}

function describe({ lab, edited, updated, kept }: EditsState & { lab: string }, { style }: Cli): string {
  return [
    style.strong(lab),
    ...edited.map(
      ({ file, added, removed }) =>
        `  edited   sample-app/${file}  ${style.good(`+${added}`)} ${style.bad(`−${removed}`)}`,
    ),
    ...updated.map((file) => `  ${style.careful('updated')}  sample-app/${file}  ${remedyForUpdate(lab)}`),
    ...(kept.length === 0
      ? []
      : [
          columns(
            kept.map(({ time, files, score, passedSteps, why }) => [
              '  kept   ',
              time,
              files.join(', ') || 'no edits',
              `${score} points, ${passedSteps} steps`,
              why,
            ]),
          ),
        ]),
  ].join('\n');
}

const remedyForUpdate = (lab: string) =>
  `with the project, since the lab began: \`edits away ${lab}\`, then \`edits back ${lab} latest\``;

async function show(cli: Cli, lab: string, time: string): Promise<Outcome> {
  const id = await labId(cli, lab);
  const kept = await cli.api<KeptEditsDetail>('GET', `${labPath(id)}/edits/${encodeURIComponent(time)}`);
  const text = kept.patches.map(({ patch }) => patch.trimEnd()).join('\n');
  return { json: kept, text: text === '' ? 'No file was edited; only its points were kept.' : text };
}

async function away(cli: Cli, lab: string): Promise<Outcome> {
  const run = await cli.api<LabRun>('POST', `${labPath(await labId(cli, lab))}/edits/away`);
  return { json: run, text: keptLine(run) ?? 'Nothing is edited.' };
}

async function back(cli: Cli, lab: string, time: string): Promise<Outcome> {
  const id = await labId(cli, lab);
  const run = await cli.api<LabRun>('POST', `${labPath(id)}/edits/${encodeURIComponent(time)}/back`);
  return { json: run, text: `The kept edits are back. ${run.id} stands at ${run.score} points.` };
}

/** Where a start or a reset has put what it took; undefined when there was nothing to keep. */
export function keptLine({ putAway, left = [] }: Pick<LabRun, 'putAway' | 'left'>): string | undefined {
  const lines = [
    ...(putAway ? [keptSentence(putAway)] : []),
    ...left.map(
      (file) =>
        `sample-app/${file} stays as it is: X-Ray Lab was updated since the lab began, and what is yours in it can't be told.`,
    ),
  ];
  return lines.length === 0 ? undefined : lines.join('\n');
}

export function keptSentence({ lab, time, files, score, passedSteps }: KeptEdits): string {
  const what = [
    ...(files.length > 0 ? [files.map((file) => `your sample-app/${file}`).join(', ')] : []),
    ...(passedSteps > 0
      ? [`${score} points for ${passedSteps} ${passedSteps === 1 ? 'step' : 'steps'}`]
      : []),
  ].join(', and ');
  return `Kept: ${what}. \`npm run lab -- edits back ${lab} ${time}\` brings it back.`;
}
