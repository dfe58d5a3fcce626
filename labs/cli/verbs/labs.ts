import type {
  CheckResult,
  EditsState,
  LabRun,
  LabSummary,
  Solution,
  StepView,
} from '../../server/contract.ts';
import { nearest, UsageError } from '../arguments.ts';
import { columns, wrapped, type Style } from '../output.ts';
import { goesOn } from '../confirm.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';
import { keptLine } from './edits.ts';

/** `01-your-first-trace` and `01` are labs; processes begin with a letter. */
export const isLab = (name: string) => /^\d/.test(name);

export const labs: Verb = {
  usage: ['', 'LAB'],
  says: 'The labs and how far you are; with a LAB, its steps',
  async run(cli, { words }) {
    const { api, style } = cli;
    if (words[0] !== undefined) {
      const run = await api<LabRun>('GET', labPath(await labId(cli, words[0])));
      return { json: run, text: describeRun(run, style) };
    }
    const all = await api<LabSummary[]>('GET', '/lab/labs');
    const rows = all.map((lab) => [
      lab.passedSteps === lab.totalSteps ? style.good('✓') : lab.started ? '◔' : '·',
      lab.id,
      lab.title,
      `${lab.minutes} min`,
      lab.level,
      `${lab.passedSteps} of ${lab.totalSteps} steps`,
      `${lab.score} points`,
    ]);
    return { json: all, text: columns(rows) };
  },
};

export async function startLab(cli: Cli, name: string, yes: boolean): Promise<Outcome> {
  const id = await labId(cli, name);
  if (!(await mayLose(cli, id, yes))) return nothingDone;
  const run = await cli.api<LabRun>('POST', `${labPath(id)}/start`);
  return { json: run, text: [describeRun(run, cli.style), keptLine(run)].filter(Boolean).join('\n\n') };
}

export async function resetLab(cli: Cli, name: string, yes: boolean): Promise<Outcome> {
  const id = await labId(cli, name);
  if (!(await mayLose(cli, id, yes))) return nothingDone;
  const run = await cli.api<LabRun>('POST', `${labPath(id)}/reset`);
  return {
    json: run,
    text: [`${run.id} is as it was before the run.`, keptLine(run)].filter(Boolean).join('\n'),
  };
}

const nothingDone: Outcome = { json: { done: false }, text: 'Nothing was changed.', failed: true };

/** Asks where a run has edits or points; they are kept in any case. */
async function mayLose(cli: Cli, id: string, yes: boolean): Promise<boolean> {
  const [run, { edited }] = await Promise.all([
    cli.api<LabRun>('GET', labPath(id)),
    cli.api<EditsState>('GET', `${labPath(id)}/edits`),
  ]);
  const passed = run.steps.filter(({ state }) => state === 'passed').length;
  const losses = [
    ...edited.map(({ file }) => `your edits of sample-app/${file}`),
    ...(passed > 0 ? [`${run.score} points for ${passed} ${passed === 1 ? 'step' : 'steps'}`] : []),
  ];
  if (losses.length === 0) return true;
  return goesOn(cli, yes, `${id}: this puts away ${losses.join(', and ')} (kept, to bring back). Go on?`);
}

export const check: Verb = {
  usage: ['LAB [STEP]'],
  says: 'Check a step; without STEP, every step that is done and not answered',
  async run(cli, { words }) {
    const [lab, step, ...more] = words;
    if (lab === undefined || more.length > 0) throw new UsageError('check: give a LAB and at most one STEP.');
    const run = await runOf(cli, lab);
    const steps = step === undefined ? run.steps.filter(({ kind }) => kind === 'do') : [stepOf(run, step)];
    const results: { step: string; result: CheckResult }[] = [];
    for (const { id } of steps) {
      results.push({
        step: id,
        result: await cli.api<CheckResult>('POST', `${labPath(run.id)}/steps/${id}/check`, {}),
      });
    }
    return {
      json: step === undefined ? results : results[0]?.result,
      text: results.map((one) => describeResult(one.step, one.result, cli.style)).join('\n'),
      failed: results.some(({ result }) => result.verdict !== 'pass'),
    };
  },
};

export const answer: Verb = {
  usage: ['LAB STEP VALUE'],
  says: 'Hand in the answer to a step',
  // As somebody pastes it from a command of the AWS CLI.
  flags: { 'filter-expression': { type: 'string' } },
  async run(cli, { words, flags }) {
    const [lab, step, ...typed] = words;
    const filter = flags['filter-expression'];
    const value = filter === undefined ? typed : [...typed, String(filter)];
    if (lab === undefined || step === undefined || value.length === 0) {
      throw new UsageError('answer: give a LAB, a STEP and the VALUE.');
    }
    const run = await runOf(cli, lab);
    const { id } = stepOf(run, step);
    const body = { answer: value.join(' ') };
    const result = await cli.api<CheckResult>('POST', `${labPath(run.id)}/steps/${id}/check`, body);
    return { json: result, text: describeResult(id, result, cli.style), failed: result.verdict !== 'pass' };
  },
};

export const hint: Verb = {
  usage: ['LAB STEP'],
  says: 'The next hint for a step: idea, where to look, which field',
  async run(cli, { words }) {
    const { run, step } = await labAndStep(cli, 'hint', words);
    const after = await cli.api<LabRun>('POST', `${labPath(run.id)}/steps/${step.id}/hint`);
    const view = stepOf(after, step.id);
    const lines = view.hints.map((text, index) =>
      wrapped(`Hint ${index + 1} of ${view.hintsTotal}: ${text}`),
    );
    return { json: view, text: lines.join('\n') };
  },
};

export const skip: Verb = {
  usage: ['LAB STEP'],
  says: 'Leave a step out for now, for 0 points; checking it takes it up again',
  async run(cli, { words }) {
    const { run, step } = await labAndStep(cli, 'skip', words);
    const after = await cli.api<LabRun>('POST', `${labPath(run.id)}/steps/${step.id}/skip`);
    return { json: stepOf(after, step.id), text: describeRun(after, cli.style) };
  },
};

export const solution: Verb = {
  usage: ['LAB STEP [--yes]'],
  says: 'The solution of a step, which then gives no points',
  flags: { yes: { type: 'boolean' } },
  async run(cli, { words, flags }) {
    const { run, step } = await labAndStep(cli, 'solution', words);
    const isFree = step.state === 'passed' || step.solutionShown;
    if (!isFree && flags['yes'] !== true)
      return { json: step, text: priceOfSolution(run, step), failed: true };
    const shown = await cli.api<Solution>('POST', `${labPath(run.id)}/steps/${step.id}/solution`);
    return { json: shown, text: shown.solution };
  },
};

/** Said before the solution is shown, so that nobody loses points by looking around. */
const priceOfSolution = (run: LabRun, { id, points, hints, hintsTotal }: StepView) =>
  [
    `When the solution of "${id}" is shown, the step gives 0 of its ${points} points in this run.`,
    `Hints cost nothing (${hints.length} of ${hintsTotal} shown): \`npm run lab -- hint ${run.id} ${id}\`.`,
    `Show it all the same: \`npm run lab -- solution ${run.id} ${id} --yes\`.`,
  ].join('\n');

async function labAndStep(
  cli: Cli,
  verb: string,
  words: readonly string[],
): Promise<{ run: LabRun; step: StepView }> {
  const [lab, step, ...more] = words;
  if (lab === undefined || step === undefined || more.length > 0) {
    throw new UsageError(`${verb}: give a LAB and a STEP.`);
  }
  const run = await runOf(cli, lab);
  return { run, step: stepOf(run, step) };
}

export const labPath = (lab: string) => `/lab/labs/${encodeURIComponent(lab)}`;

const runOf = async (cli: Cli, lab: string) => cli.api<LabRun>('GET', labPath(await labId(cli, lab)));

/** A lab by its id or by its beginning: `01`. */
export async function labId({ api }: Cli, typed: string): Promise<string> {
  const ids = (await api<LabSummary[]>('GET', '/lab/labs')).map(({ id }) => id);
  const begun = ids.filter((id) => id === typed || id.startsWith(typed));
  if (begun.length === 1 && begun[0] !== undefined) return begun[0];
  throw unknown('lab', typed, ids);
}

/** A step by its id or by its number in the lab. */
function stepOf({ steps }: LabRun, typed: string): StepView {
  const step =
    steps.find(({ id }) => id === typed) ?? (/^\d+$/.test(typed) ? steps[Number(typed) - 1] : undefined);
  if (step) return step;
  throw unknown(
    'step',
    typed,
    steps.map(({ id }) => id),
  );
}

function unknown(what: string, typed: string, existing: readonly string[]): UsageError {
  const meant = nearest(typed, existing);
  const said = meant === undefined ? `There is: ${existing.join(', ')}.` : `Did you mean "${meant}"?`;
  return new UsageError(`There is no ${what} "${typed}". ${said}`);
}

const marks = { waiting: '·', passed: '✓', 'not-yet': '✕', 'could-not-check': '?', skipped: '–' } as const;

function describeRun(run: LabRun, style: Style): string {
  const head = `${run.title} · ${run.score} of ${run.steps.reduce((sum, { points }) => sum + points, 0)} points`;
  const steps = run.steps.map((step, index) => {
    const mark = step.state === 'passed' ? style.good(marks.passed) : marks[step.state];
    const form = step.answerForm ? [wrapped(answerLine(run.id, step), '       ')] : [];
    return [
      `${mark} ${String(index + 1).padStart(2)}  ${style.strong(step.id)}  ${step.title} (${pointsOf(step)})`,
      wrapped(step.goal, '       '),
      ...form,
    ].join('\n');
  });
  const next = run.started ? [] : ['', `Start it with \`npm run lab -- start ${run.id}\`.`];
  return [style.strong(head), ...conditionLines(run, style), '', ...steps, ...next].join('\n');
}

/** That nothing is judged at the moment, and the command that helps. */
function conditionLines({ conditions }: LabRun, style: Style): string[] {
  if (conditions?.says === undefined) return [];
  const command = conditions.remedy === undefined ? [] : [`  ${conditions.remedy}`];
  return [style.careful(wrapped(conditions.says)), ...command];
}

/** `20 points`, or why there are none. */
const pointsOf = ({ points, state, solutionShown }: StepView) => {
  if (solutionShown) return `0 of ${points} points: its solution was shown`;
  return state === 'skipped' ? `0 of ${points} points: skipped` : `${points} points`;
};

function answerLine(lab: string, { id, answerForm }: StepView): string {
  const { label = '', takes, choices } = answerForm ?? {};
  const what = [label, takes, choices && `one of: ${choices.join(' · ')}`].filter(Boolean).join(', ');
  return `Answer: ${what}. \`npm run lab -- answer ${lab} ${id} VALUE\``;
}

const words = { pass: 'Passed', fail: 'Not yet', 'cannot-tell': 'Could not check' } as const;

function describeResult(step: string, result: CheckResult, style: Style): string {
  const colour = { pass: style.good, fail: style.bad, 'cannot-tell': style.careful }[result.verdict];
  const rows = [
    ['  looked for', result.lookedFor],
    ['  found', result.found],
    ...(result.traceIds.length === 0 ? [] : [['  traces', result.traceIds.join(' ')]]),
    ...(result.remedy === undefined ? [] : [['  try', result.remedy]]),
  ];
  return `${colour(words[result.verdict])} · ${step} · ${result.why}\n${columns(rows)}`;
}
