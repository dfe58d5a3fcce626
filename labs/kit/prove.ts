import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { missingDeaths, refusers } from './dead-service.ts';
import { consoleBlocks, folderProblems } from './folder.ts';
import { labClient, playLearner, type PlayedLearner } from './lab-client.ts';
import type { NearMiss, Solution } from './learner.ts';
import type { Lab, Step } from './types.ts';

const labsFolder = resolve(import.meta.dirname, '..');

/** One fact about one lab, and whether it holds. */
export interface ProofLine {
  lab: string;
  fact: string;
  passed: boolean;
  /** What was seen; for a fact that does not hold, what to look at. */
  detail: string;
  seconds: number;
}

export interface ProofOptions {
  /** The catalogue, from `labs/catalogue.ts`. */
  labs: readonly Lab[];
  /** Address of a running lab: `http://127.0.0.1:4321`. */
  baseUrl: string;
  /** The shop's sources that run: a scratch copy, because labs edit them. */
  sampleApp: string;
  /** The solution is done once per seed, each time in a run of its own. Labs that edit code are done once. */
  seeds: readonly (string | number)[];
  /** Ids of labs; all without it. */
  only?: readonly string[];
  /**
   * The environment in which the commands of the texts are executed (`npm run -s lab -- env`); without it they
   * are not. They need bash and the AWS command line, and run in `repository`.
   */
  commands?: { environment: Record<string, string | undefined>; repository: string };
  /** Called as soon as a fact is known. */
  onLine?(line: ProofLine): void;
}

/**
 * Proves the labs against a running lab: a fresh run scores 0, the solution scores 100, every near miss is refused
 * by the check it names, the commands in the text run, and a reset returns to the baseline. Runs one lab after the
 * other. Never rejects because of a lab: what breaks is a line that did not pass.
 */
export async function proveLabs(options: ProofOptions): Promise<ProofLine[]> {
  const lines: ProofLine[] = [];
  const fact = recorder(lines, options.onLine);
  const { labs } = options;
  const chosen = labs.filter((lab) => !options.only || options.only.includes(lab.id));

  await fact('labs', 'every file and folder is claimed, every text is whole', async () => {
    const problems = await folderProblems(
      labsFolder,
      labs.map((lab) => lab.id),
    );
    if (problems.length > 0) throw new Error(problems.join(' '));
    return `${labs.length} labs`;
  });
  for (const lab of chosen) await proveLab(lab, options, fact);
  return lines;
}

type RecordFact = (lab: string, fact: string, prove: () => Promise<string>) => Promise<boolean>;

/** A fact is proven when `prove` resolves (to what was seen) and refuted when it rejects (with why). */
function recorder(lines: ProofLine[], onLine?: (line: ProofLine) => void): RecordFact {
  return async (lab, fact, prove) => {
    const began = Date.now();
    const [passed, detail] = await prove().then(
      (seen) => [true, seen] as const,
      (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
    );
    const line = { lab, fact, passed, detail, seconds: (Date.now() - began) / 1000 };
    lines.push(line);
    onLine?.(line);
    return passed;
  };
}

async function proveLab(lab: Lab, options: ProofOptions, fact: RecordFact): Promise<void> {
  const learner = await playLearner(labClient(options.baseUrl), lab, options.sampleApp);
  const material: LabMaterial = {
    ...(await load<Pick<LabMaterial, 'solution' | 'otherSolutions'>>(lab, 'solution.ts')),
    ...(await load<Pick<LabMaterial, 'nearMisses'>>(lab, 'wrong.ts')),
    text: await readFile(join(labsFolder, lab.id, 'index.mdx'), 'utf8'),
  };
  await proveMaterial(lab, material, learner, options, fact);
}

/** What a lab's folder holds besides the lab itself. */
export interface LabMaterial {
  solution: Solution;
  otherSolutions?: readonly { title: string; solution: Solution }[];
  nearMisses: readonly NearMiss[];
  /** Of `index.mdx`. */
  text: string;
}

/** Every fact about one lab, played by this learner, as `proveLabs` does with a running lab. */
export async function proveWith(
  lab: Lab,
  material: LabMaterial,
  learner: PlayedLearner,
  options: Pick<ProofOptions, 'seeds' | 'commands'>,
): Promise<ProofLine[]> {
  const lines: ProofLine[] = [];
  await proveMaterial(lab, material, learner, options, recorder(lines));
  return lines;
}

async function proveMaterial(
  lab: Lab,
  { solution, otherSolutions = [], nearMisses, text }: LabMaterial,
  learner: PlayedLearner,
  options: Pick<ProofOptions, 'seeds' | 'commands'>,
  fact: RecordFact,
): Promise<void> {
  await fact(lab.id, 'a fresh run scores 0', () => proveFresh(lab, learner));
  const given: (readonly [Step, unknown])[] = [];
  for (const seed of lab.edits.length > 0 ? options.seeds.slice(0, 1) : options.seeds) {
    await fact(lab.id, `the solution scores 100 (seed ${seed})`, async () => {
      const seen = await proveSolution(lab, learner, solution);
      for (const step of lab.steps) given.push([step, learner.answers.get(step.id)]);
      return seen;
    });
  }
  for (const other of otherSolutions) {
    await fact(lab.id, `another solution scores 100: ${other.title}`, () =>
      proveSolution(lab, learner, other.solution),
    );
  }
  await fact(lab.id, 'no hint and no text contains an answer', () => proveSilence(text, given));
  if (options.commands) {
    const { commands } = options;
    await fact(lab.id, 'the commands in the text run in order', () => proveCommands(text, learner, commands));
  }
  await fact(lab.id, 'a dead service is among the near misses of every live step', async () => {
    const missing = missingDeaths(lab, nearMisses);
    if (missing.length > 0) throw new Error(missing.join(' '));
    return `${nearMisses.filter(({ death }) => death).length} near misses`;
  });
  await proveNearMisses(lab, nearMisses, learner, fact);
  await fact(lab.id, 'a reset returns to the baseline', () => proveReset(learner));
}

const load = async <Module>(lab: Lab, file: string): Promise<Module> =>
  (await import(pathToFileURL(join(labsFolder, lab.id, file)).href)) as Module;

async function proveFresh(lab: Lab, learner: PlayedLearner): Promise<string> {
  await learner.startAgain();
  for (const step of lab.steps) {
    const { verdict, why } = await checkWithoutAnswer(learner, step);
    if (verdict === 'pass') throw new Error(`step "${step.id}" passes although nothing was done: ${why}`);
  }
  const { score } = await learner.state();
  if (score !== 0) throw new Error(`the score is ${score}`);
  return `${lab.steps.length} steps, none passes`;
}

/** The control plane refuses a missing answer with a 400, before any check is asked. */
async function checkWithoutAnswer(
  learner: PlayedLearner,
  step: Step,
): Promise<{ verdict: string; why: string }> {
  try {
    return await learner.check(step.id);
  } catch (error) {
    if (step.kind !== 'answer' || (error as { status?: number }).status !== 400) throw error;
    return { verdict: 'refused', why: (error as Error).message };
  }
}

async function proveSolution(lab: Lab, learner: PlayedLearner, solution: Solution): Promise<string> {
  await learner.startAgain();
  try {
    await solution(learner);
  } catch (error) {
    throw new Error(
      `labs/${lab.id}/solution.ts stopped: ${(error as Error).message}. ${await unpassed(learner)}`,
    );
  }
  const { score } = await learner.state();
  if (score !== 100) throw new Error(`the score is ${score}. ${await unpassed(learner)}`);
  return `score ${score}`;
}

async function unpassed(learner: PlayedLearner): Promise<string> {
  const { steps } = await learner.state();
  return steps
    .filter((step) => step.state !== 'passed')
    .map(
      (step) =>
        `"${step.id}": ${step.last ? `${step.last.verdict}, ${step.last.why} Found: ${step.last.found}.` : 'never checked'}`,
    )
    .join(' ');
}

/** Answers that say nothing alone (a small number, a choice everybody sees) are looked for in their own hints only. */
async function proveSilence(text: string, given: readonly (readonly [Step, unknown])[]): Promise<string> {
  const answers = given.filter(([, answer]) => answer !== undefined);
  for (const [step, answer] of answers) {
    const places = typeof answer === 'number' ? step.hints : [...step.hints, step.goal, text];
    const spelled =
      typeof answer === 'number' ? new RegExp(`(?<![\\w.])${answer}(?![\\w.]*\\w)`) : String(answer);
    const told = places.find((place) =>
      spelled instanceof RegExp ? spelled.test(place) : place.includes(spelled),
    );
    if (told)
      throw new Error(`step "${step.id}": the answer ${answer} can be read in "${told.slice(0, 80)}".`);
  }
  return `${answers.length} answers looked for`;
}

async function proveCommands(
  text: string,
  learner: PlayedLearner,
  { environment, repository }: NonNullable<ProofOptions['commands']>,
): Promise<string> {
  await learner.startAgain();
  const blocks = consoleBlocks(text);
  for (const block of blocks) {
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block], {
      cwd: repository,
      env: { ...process.env, ...environment },
      timeout: 60_000,
    }).catch((error: Error & { stderr?: string }) => {
      throw new Error(`this command failed: ${block}\n${error.stderr ?? error.message}`);
    });
  }
  return `${blocks.length} blocks`;
}

/** Near misses that change nothing share one run, because some runs take a while to show their trouble. */
async function proveNearMisses(
  lab: Lab,
  nearMisses: readonly NearMiss[],
  learner: PlayedLearner,
  fact: RecordFact,
): Promise<void> {
  await learner.startAgain();
  for (const miss of [...nearMisses].sort((a, b) => Number(a.ownRun ?? false) - Number(b.ownRun ?? false))) {
    const steps = refusers(miss);
    const names = steps.map((step) => `"${step}"`).join(' and ');
    await fact(lab.id, `${names} ${steps.length > 1 ? 'refuse' : 'refuses'} who ${miss.title}`, async () => {
      if (miss.ownRun) await learner.startAgain();
      const answer = await miss.attempt(learner);
      const reasons: string[] = [];
      for (const step of steps) reasons.push(await refusal(learner, miss, step, answer));
      return reasons.join(' ');
    });
  }
}

async function refusal(
  learner: PlayedLearner,
  miss: NearMiss,
  step: string,
  answer: unknown,
): Promise<string> {
  const { verdict, why, remedy } =
    answer === undefined ? await learner.check(step) : await learner.answer(step, answer);
  const { verdict: wanted = 'fail', because } = miss;
  if (verdict !== wanted) throw new Error(`the check of "${step}" says ${verdict} and not ${wanted}: ${why}`);
  if (!because.test(why)) throw new Error(`"${step}" refused it for another reason: ${why}`);
  if (wanted === 'cannot-tell' && !remedy)
    throw new Error(`"${step}" can't tell and names no command: ${why}`);
  return why;
}

async function proveReset(learner: PlayedLearner): Promise<string> {
  await learner.reset();
  const { started, score } = await learner.state();
  if (started || score !== 0)
    throw new Error(`after the reset the run is ${started ? 'started' : 'not started'} with score ${score}`);
  const left = await learner.activeFaults();
  if (left.length > 0) throw new Error(`after the reset these faults are still on: ${left.join(', ')}`);
  const changed = await learner.changedFiles();
  if (changed.length > 0)
    throw new Error(`after the reset these files are still changed: ${changed.join(', ')}`);
  return 'no run, no fault, no changed file';
}
