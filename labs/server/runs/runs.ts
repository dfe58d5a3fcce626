import { randomBytes } from 'node:crypto';
import type { CheckContext, Lab, Step } from '@xray-lab/labs/kit';
import { runCheck } from '@xray-lab/labs/kit';
import { readAnswer, takes, textIn } from '@xray-lab/xray/model';
import type {
  CheckResult,
  EditsState,
  KeptEdits,
  KeptEditsDetail,
  LabProcess,
  LabRun,
  LabSummary,
  ProgressStep,
  RunConditions,
  Solution,
  StepState,
  StepView,
} from '../contract.ts';
import type { FaultEngine } from '../faults/engine.ts';
import { badRequest, conflict, notFound } from '../problem.ts';
import type { ProgressStore } from '../progress/store.ts';
import type { TrafficControl } from '../traffic.ts';
import { conditionsOf } from './conditions.ts';
import type { LabEdits, PutAway } from './edits.ts';

/** The labs as this learner stands in them. */
export interface LabRuns {
  list(): LabSummary[];
  /** Each of these throws a 404 for a lab or a step that does not exist. */
  view(lab: string): LabRun;
  /** A new run: new nonce, steps forgotten, edited files put away, the lab's faults and traffic on. */
  start(lab: string): Promise<LabRun>;
  /** Back to before the run: faults off, edited files put away, steps forgotten. */
  reset(lab: string): Promise<LabRun>;
  /** What the learner edited, and what was put away. */
  edits(lab: string): Promise<EditsState>;
  keptEdits(lab: string, time: string): Promise<KeptEditsDetail>;
  /** Keeps the edits and puts the originals back; the run goes on. */
  putAway(lab: string): Promise<LabRun>;
  /** The kept edits and the steps that had passed with them, into the present run, or a new one where there is none. */
  bringBack(lab: string, time: string): Promise<LabRun>;
  /** A 409 when the lab was not started, a 400 when the answer has not the form the step asks for. */
  check(lab: string, step: string, answer?: string | number): Promise<CheckResult>;
  /** Costs nothing. */
  hint(lab: string, step: string): LabRun;
  /** Leaves a step out for now: 0 points, marked, and the next one is looked at. A 409 when the lab was not started. */
  skip(lab: string, step: string): LabRun;
  /** A step that has not passed gives no points in this run from then on. A 409 when the lab was not started. */
  solution(lab: string, step: string): Solution;
  /** The run whose nonce requests carry: the lab that was started last and not reset. */
  active(): ActiveRun | undefined;
  /** Looks at the active run's current step, if it is one to do, as new traces have come. */
  recheck(): Promise<void>;
  /** Switches the active run's faults and traffic on again, after the lab itself was restarted. */
  resume(): Promise<void>;
  /** Tells every lab's view, after what is stored of them was replaced. */
  announce(): void;
  /** The lab's own faults on again and no other, and requests carry its mark; a 409 while a live question uses the shop. */
  restoreConditions(lab: string): Promise<LabRun>;
  /** Called when other faults are on: tells of the active run, a moment later, if its conditions are new. */
  faultsChanged(): void;
  /** Tells nothing more. */
  close(): void;
  /** Resets every lab. */
  forget(): Promise<{ labs: string[]; files: string[]; kept: KeptEdits[] }>;
}

export interface ActiveRun {
  lab: string;
  nonce: string;
  startedAt: number;
  /** When the learner last did something with it. */
  touchedAt: number;
}

export interface LabRunsOptions {
  labs: readonly Lab[];
  store: ProgressStore;
  engine: FaultEngine;
  traffic: TrafficControl;
  edits: LabEdits;
  xray: CheckContext['xray'];
  telemetry?: CheckContext['telemetry'];
  processes(): Promise<LabProcess[]>;
  /** Resolves when every service runs the code that is on disk. */
  presentCode(): Promise<unknown>;
  /** Epoch seconds. */
  now(): number;
  /** Called when a run's view is new. */
  changed?(run: LabRun): void;
  nonce?(): string;
  /** A live question switches off and on; what lasts no longer than that is not told. */
  settleMilliseconds?: number;
}

/** What is stored of one lab. */
export interface StoredRun {
  startedAt?: number;
  nonce?: string;
  steps: ProgressStep[];
}

/** The profile that runs while no lab asks for another. */
export const usualTraffic = 'calm';

export function createLabRuns(options: LabRunsOptions): LabRuns {
  const {
    labs,
    store,
    engine,
    traffic,
    edits,
    xray,
    telemetry,
    processes,
    presentCode,
    now,
    changed = () => {},
    settleMilliseconds = 1000,
  } = options;
  const newNonce = options.nonce ?? (() => `r-${randomBytes(5).toString('hex')}`);
  let rechecking = false;
  /** The lab process has just started: the faults of a run in progress come back with `resume`. */
  let isReturning = store.get('setting', 'active-lab') !== undefined;
  /** Faults are being switched, which nobody needs to hear of half done. */
  let isSwitching = false;
  let toldConditions: string | undefined;
  let telling: NodeJS.Timeout | undefined;
  let isClosed = false;

  function labOf(id: string): Lab {
    const lab = labs.find((candidate) => candidate.id === id);
    if (!lab)
      throw notFound(
        'lab',
        id,
        labs.map((candidate) => candidate.id),
      );
    return lab;
  }

  function stepOf(lab: Lab, id: string): Step {
    const step = lab.steps.find((candidate) => candidate.id === id);
    if (!step)
      throw notFound(
        `step of ${lab.id}`,
        id,
        lab.steps.map((candidate) => candidate.id),
      );
    return step;
  }

  const stored = (lab: Lab) => (store.get('lab', lab.id) as StoredRun | undefined) ?? { steps: [] };

  function startedRun(lab: Lab): StoredRun & { nonce: string; startedAt: number } {
    const { nonce, startedAt, steps } = stored(lab);
    if (nonce === undefined || startedAt === undefined) {
      throw conflict(`The lab ${lab.id} has not been started.`, `Run \`npm run lab -- start ${lab.id}\`.`);
    }
    return { nonce, startedAt, steps };
  }

  /** Changes what is stored of one step and returns its new view. */
  function change(lab: Lab, step: Step, edit: (progress: ProgressStep) => ProgressStep): StepView {
    const run = stored(lab);
    const before = run.steps.find(({ id }) => id === step.id) ?? fresh(step);
    const after = edit(before);
    store.put('lab', lab.id, { ...run, steps: [...run.steps.filter(({ id }) => id !== step.id), after] });
    changed(view(lab));
    return stepView(step, after);
  }

  function view(lab: Lab): LabRun {
    const { nonce, startedAt, steps } = stored(lab);
    return {
      id: lab.id,
      title: lab.title,
      started: nonce !== undefined,
      ...(startedAt !== undefined && { startedAt }),
      ...(nonce !== undefined && { nonce, conditions: shown(conditions(lab)) }),
      score: scoreOf(lab, steps),
      steps: lab.steps.map((step) => stepView(step, steps.find(({ id }) => id === step.id) ?? fresh(step))),
    };
  }

  function conditions(lab: Lab) {
    const active = activeLab();
    return conditionsOf({
      lab: lab.id,
      wanted: lab.faults.map(({ id, parameters }) => ({
        id,
        parameters: engine.parametersOf(id, parameters),
      })),
      running: engine.running(),
      isActive: active?.id === lab.id,
      otherLab: active?.title,
      isReturning,
    });
  }

  const activeLab = () => labs.find(({ id }) => id === store.get('setting', 'active-lab'));

  function touch(): void {
    store.put('setting', 'touched-at', now());
  }

  /** A page of the lab that was active before learns that requests do not count for it any more. */
  function tellBoth(lab: Lab, before: Lab | undefined): void {
    if (before && before.id !== lab.id) changed(view(before));
    tell(lab);
  }

  function tell(lab: Lab): void {
    toldConditions = inOneText(lab);
    changed(view(lab));
  }

  const inOneText = (lab: Lab) => `${lab.id} ${JSON.stringify(shown(conditions(lab)))}`;

  async function judge(lab: Lab, step: Step, answer?: string | number): Promise<CheckResult | undefined> {
    const run = startedRun(lab);
    const result = await runCheck(step, {
      xray,
      ...(telemetry && { telemetry }),
      run: { nonce: run.nonce, startedAt: run.startedAt },
      ...(answer !== undefined && { answer }),
      now,
      processes,
      lab,
      conditions: () => conditions(lab),
    });
    // A run that was started again or reset meanwhile is not judged by the traces of the one before.
    return stored(lab).nonce === run.nonce ? result : undefined;
  }

  function tellConditions(): void {
    telling = undefined;
    const lab = activeLab();
    if (lab && !isSwitching && inOneText(lab) !== toldConditions) tell(lab);
  }

  async function switchOn(lab: Lab): Promise<void> {
    isReturning = false;
    isSwitching = true;
    try {
      await engine.offAll();
      for (const { id, parameters } of lab.faults) await engine.on(id, { parameters, hidden: true });
    } finally {
      isSwitching = false;
    }
  }

  /** When a run can't be remembered, the shop is as the one that is remembered needs it. */
  async function orElseAsBefore(remember: () => void): Promise<void> {
    try {
      remember();
    } catch (error) {
      const before = activeLab();
      if (before) await switchOn(before);
      else await engine.offAll();
      traffic.setProfile(before?.traffic ?? usualTraffic);
      throw error;
    }
  }

  /** What a learner would lose goes aside first, the points of the run with it. */
  async function putAway(lab: Lab, why: KeptEdits['why']): Promise<PutAway> {
    const { steps } = stored(lab);
    return edits.putAway(lab, why, { score: scoreOf(lab, steps), steps });
  }

  /** The view with what was put away on the way to it. */
  const viewAfter = (lab: Lab, { kept, left }: PutAway): LabRun => ({
    ...view(lab),
    ...(kept && { putAway: kept }),
    ...(left.length > 0 && { left }),
  });

  async function start(lab: Lab): Promise<PutAway> {
    const before = activeLab();
    const away = await putAway(lab, 'started-again');
    await edits.begin(lab);
    await presentCode();
    // The nonce comes last: every request that carries it has met the lab's faults.
    await switchOn(lab);
    traffic.setProfile(lab.traffic);
    await orElseAsBefore(() =>
      store.together(() => {
        store.put('lab', lab.id, { nonce: newNonce(), startedAt: now(), steps: [] } satisfies StoredRun);
        store.put('setting', 'active-lab', lab.id);
        touch();
      }),
    );
    tellBoth(lab, before);
    return away;
  }

  async function reset(lab: Lab): Promise<PutAway> {
    if (activeLab()?.id === lab.id) {
      store.remove('setting', 'active-lab');
      isReturning = false;
      await engine.offAll();
      traffic.setProfile(usualTraffic);
    }
    const away = await putAway(lab, 'reset');
    await presentCode();
    store.remove('lab', lab.id);
    changed(view(lab));
    return away;
  }

  return {
    list: () => labs.map((lab) => summary(lab, stored(lab), activeLab() === lab)),
    view: (id) => view(labOf(id)),

    async start(id) {
      const lab = labOf(id);
      return viewAfter(lab, await start(lab));
    },

    async reset(id) {
      const lab = labOf(id);
      return viewAfter(lab, await reset(lab));
    },

    edits: async (id) => edits.state(labOf(id)),
    keptEdits: async (id, time) => edits.detail(labOf(id), time),

    async putAway(id) {
      const lab = labOf(id);
      // Its points stay with the run.
      const away = await edits.putAway(lab, 'put-away', { score: 0, steps: [] });
      if (view(lab).started) await edits.begin(lab);
      await presentCode();
      return viewAfter(lab, away);
    },

    async bringBack(id, time) {
      const lab = labOf(id);
      await edits.detail(lab, time);
      if (!view(lab).started) await start(lab);
      const { steps } = stored(lab);
      const set = await edits.bringBack(lab, time, { score: scoreOf(lab, steps), steps });
      await presentCode();
      const run = stored(lab);
      store.put('lab', lab.id, { ...run, steps: withPassed(lab, run.steps, set.steps) });
      changed(view(lab));
      return view(lab);
    },

    async check(id, stepId, answer) {
      const lab = labOf(id);
      const step = stepOf(lab, stepId);
      startedRun(lab);
      const given = step.kind === 'answer' ? inItsForm(step, answer) : undefined;
      touch();
      const result = await judge(lab, step, given);
      if (!result)
        throw conflict(`The lab ${lab.id} was started again during the check.`, 'Check once more.');
      change(lab, step, (progress) => judged(progress, result, 1));
      return result;
    },

    hint(id, stepId) {
      const lab = labOf(id);
      const step = stepOf(lab, stepId);
      touch();
      change(lab, step, (progress) => ({
        ...progress,
        hintsShown: Math.min(progress.hintsShown + 1, step.hints.length),
      }));
      return view(lab);
    },

    skip(id, stepId) {
      const lab = labOf(id);
      const step = stepOf(lab, stepId);
      startedRun(lab);
      touch();
      change(lab, step, (progress) =>
        progress.state === 'passed' ? progress : { ...progress, state: 'skipped' },
      );
      return view(lab);
    },

    solution(id, stepId) {
      const lab = labOf(id);
      const step = stepOf(lab, stepId);
      startedRun(lab);
      touch();
      return {
        solution: step.solution,
        // Who has passed by themselves may compare, and keeps the points.
        step: change(lab, step, (progress) => ({
          ...progress,
          solutionShown: progress.solutionShown || progress.state !== 'passed',
        })),
      };
    },

    active() {
      const lab = activeLab();
      if (!lab) return undefined;
      const { nonce, startedAt } = stored(lab);
      if (nonce === undefined || startedAt === undefined) return undefined;
      const touchedAt = (store.get('setting', 'touched-at') as number | undefined) ?? startedAt;
      return { lab: lab.id, nonce, startedAt, touchedAt };
    },

    async recheck() {
      const lab = activeLab();
      if (!lab || rechecking) return;
      rechecking = true;
      try {
        for (;;) {
          const { started, steps } = view(lab);
          const current = steps.find(({ state }) => state !== 'passed' && state !== 'skipped');
          // What happens without the lab's fault, or under another one, is nobody's answer.
          if (conditions(lab).state !== 'as-wanted') return;
          if (!started || current?.kind !== 'do') return;
          const step = stepOf(lab, current.id);
          const result = await judge(lab, step);
          // What could not be told without being asked is not worth a word.
          if (!result || result.verdict === 'cannot-tell') return;
          // Nobody has tried yet, so there is nothing to call wrong.
          if (result.verdict === 'fail' && current.attempts === 0) return;
          change(lab, step, (progress) => judged(progress, result, 0));
          if (result.verdict !== 'pass') return;
        }
      } finally {
        rechecking = false;
      }
    },

    async resume() {
      const lab = activeLab();
      if (!lab) return;
      await switchOn(lab);
      traffic.setProfile(lab.traffic);
      tell(lab);
    },

    async restoreConditions(id) {
      const lab = labOf(id);
      startedRun(lab);
      const before = activeLab();
      const { state, says = '' } = conditions(lab);
      if (state === 'borrowed') throw conflict(says, 'Wait until it is done.');
      await switchOn(lab);
      if (state === 'elsewhere') traffic.setProfile(lab.traffic);
      await orElseAsBefore(() =>
        store.together(() => {
          store.put('setting', 'active-lab', lab.id);
          touch();
        }),
      );
      tellBoth(lab, before);
      return view(lab);
    },

    faultsChanged() {
      if (!isClosed) telling ??= setTimeout(tellConditions, settleMilliseconds).unref();
    },

    close() {
      isClosed = true;
      clearTimeout(telling);
    },

    announce() {
      for (const lab of labs) changed(view(lab));
    },

    async forget() {
      const known = labs.filter((lab) => store.get('lab', lab.id) !== undefined);
      const away: PutAway[] = [];
      for (const lab of known) away.push(await reset(lab));
      // A copy may be kept of a file without its lab being known: progress was taken in from a file.
      for (const lab of labs) away.push(await putAway(lab, 'reset'));
      const others = { id: 'other', edits: await edits.remembered() };
      away.push(await edits.putAway(others, 'reset', { score: 0, steps: [] }));
      store.clear('lab');
      await presentCode();
      return {
        labs: known.map(({ id }) => id),
        files: away.flatMap(({ files }) => files),
        kept: away.flatMap(({ kept }) => kept ?? []),
      };
    },
  };
}

/** The steps with those that had passed in kept edits, except where they have passed now. What is kept is read from a file. */
function withPassed(lab: Lab, present: ProgressStep[], kept: readonly unknown[]): ProgressStep[] {
  const had = lab.steps.flatMap((step) => {
    const found = (kept as Partial<ProgressStep>[]).find(
      ({ id, state }) => id === step.id && state === 'passed',
    );
    const isPassed = passed(present, step);
    return found && !isPassed ? [{ ...fresh(step), ...found }] : [];
  });
  return [...present.filter(({ id }) => !had.some((step) => step.id === id)), ...had];
}

const shown = ({ since: _, ...conditions }: ReturnType<typeof conditionsOf>): RunConditions => conditions;

const fresh = (step: Step): ProgressStep => ({
  id: step.id,
  state: 'waiting',
  attempts: 0,
  hintsShown: 0,
  solutionShown: false,
});

/** A step stays passed; what could not be checked costs no attempt. */
function judged(progress: ProgressStep, result: CheckResult, attempt: number): ProgressStep {
  const attempts = progress.attempts + (result.verdict === 'cannot-tell' ? 0 : attempt);
  if (progress.state === 'passed' && result.verdict !== 'pass') return { ...progress, attempts };
  return { ...progress, attempts, state: stateAfter[result.verdict], last: result };
}

const stateAfter = {
  pass: 'passed',
  fail: 'not-yet',
  'cannot-tell': 'could-not-check',
} as const satisfies Record<CheckResult['verdict'], StepState>;

function stepView(step: Step, progress: ProgressStep): StepView {
  return {
    id: step.id,
    title: step.title,
    goal: step.goal,
    kind: step.kind,
    ...(step.answer && { answerForm: answerForm(step.answer) }),
    points: step.points,
    earned: earned(step, progress),
    state: progress.state,
    attempts: progress.attempts,
    ...(progress.last && { last: progress.last }),
    hints: step.hints.slice(0, progress.hintsShown),
    hintsTotal: step.hints.length,
    solutionShown: progress.solutionShown,
  };
}

function answerForm(form: NonNullable<Step['answer']>): NonNullable<StepView['answerForm']> {
  const says = takes(form);
  return { ...form, ...(says !== undefined && { takes: says }) };
}

function summary(lab: Lab, run: StoredRun, active: boolean): LabSummary {
  const started = run.nonce !== undefined;
  const current = lab.steps.find((step) => !passed(run.steps, step));
  return {
    id: lab.id,
    title: lab.title,
    summary: lab.summary,
    minutes: lab.minutes,
    level: lab.level,
    maps: { c02: [...lab.maps.c02], c03: [...lab.maps.c03] },
    href: `/labs/${lab.id}/`,
    started,
    active: active && started,
    score: scoreOf(lab, run.steps),
    points: lab.steps.reduce((sum, { points }) => sum + points, 0),
    passedSteps: lab.steps.filter((step) => passed(run.steps, step)).length,
    totalSteps: lab.steps.length,
    ...(started && current && { currentStep: current.title }),
  };
}

const scoreOf = (lab: Lab, steps: readonly ProgressStep[]) =>
  lab.steps.reduce(
    (sum, step) =>
      sum +
      earned(
        step,
        steps.find(({ id }) => id === step.id),
      ),
    0,
  );

/** The points of a step that has passed, none when its solution was shown before. */
const earned = ({ points }: Step, progress: ProgressStep | undefined) =>
  progress?.state === 'passed' && !progress.solutionShown ? points : 0;

const passed = (steps: readonly ProgressStep[], { id }: Step) =>
  steps.some((progress) => progress.id === id && progress.state === 'passed');

/** What the answer means, when it has the form the step asks for. */
function inItsForm(step: Step, answer: string | number | undefined): string | number {
  if (answer === undefined || textIn(String(answer)) === undefined) {
    throw badRequest(
      'answer',
      `The step "${step.id}" asks for an answer: ${step.answer?.label ?? 'a value'}.`,
    );
  }
  const reading = readAnswer(step.answer ?? { type: 'value', label: '' }, answer);
  if (reading.problem !== undefined) throw badRequest('answer', reading.problem);
  return reading.value;
}
