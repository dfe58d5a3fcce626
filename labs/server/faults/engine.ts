import { randomFrom, type Fault, type Primitive } from '@xray-lab/sample-app/faults';
import type { ActiveFault, FaultDescription, LabProcess } from '../contract.ts';
import { badRequest, conflict, parse, unknownName } from '../problem.ts';
import { actsOnRequests, allowed, describeFault } from './catalogue.ts';
import { sameSeam } from './seam.ts';
import type { Leftovers } from './leftovers.ts';
import { isOnNow, type Schedule } from './schedule.ts';
import { silentProcess } from './silent-process.ts';
import type { FaultTarget } from './target.ts';

export interface FaultEngine {
  catalogue(): FaultDescription[];
  /** What is on, oldest first. A hidden fault shows that it is there and nothing else. */
  active(): ActiveFault[];
  /** The same by their own names, hidden ones too: for who switched them on, never for a page. */
  running(): RunningFault[];
  /** The parameters a fault would run with: checked, and with those that were left out. Throws what `on` throws for them. */
  parametersOf(id: string, given: Record<string, unknown>): Record<string, unknown>;
  /**
   * Switches a fault on, or changes the parameters of one that is on, and waits until it is applied or has been
   * tried. Throws a 400 that names the member, says what is allowed and leaves the running plan unchanged: for an
   * unknown fault, a parameter out of range, a fault that contradicts one that is on, and one at a stopped process. A
   * visible fault at the place of a hidden one is accepted, and the hidden one steps back until it is off.
   */
  on(id: string, wish?: FaultWish): Promise<ActiveFault>;
  /** By id, or by what a hidden one is called. Throws a 400 for an unknown fault; one that is not on is no error. */
  off(id: string): Promise<void>;
  /**
   * Everything off, hidden faults too, whatever answers at the moment: the wish is gone at once, and what does not answer
   * is put right as soon as it does. Resolves to the ids that were on, without the hidden ones.
   */
  offAll(): Promise<string[]>;
  /** Off with the hidden faults only: those of a lab run or of a live question. */
  offHidden(): Promise<void>;
  /** Begins to compare what is with what is wanted; the first round undoes what an earlier lab process left. */
  start(): void;
  /** Stops comparing, then tries once to leave every service and table as it found them. */
  close(): Promise<void>;
}

export interface RunningFault {
  id: string;
  title: string;
  parameters: Record<string, unknown>;
  hidden: boolean;
  /** Epoch seconds. */
  since: number;
  /** It acts on every request and all the time. */
  whole: boolean;
}

export interface FaultWish {
  parameters?: Record<string, unknown> | undefined;
  stopAfterSeconds?: number | undefined;
  /** Draws the parameters that are not given. */
  seed?: number | undefined;
  /** Of the requests the fault would act on, only this share. */
  share?: number | undefined;
  /** On and off by turns, instead of on all the time. */
  schedule?: { onSeconds: number; offSeconds: number; seed?: number | undefined } | undefined;
  /** Of a lab run or of a live question: its name is kept from every page until it is solved. */
  hidden?: boolean;
}

export interface FaultEngineOptions {
  faults: readonly Fault[];
  /** Everything faults act on. A primitive belongs to the first target that handles it. */
  targets: readonly FaultTarget[];
  /** Epoch seconds. */
  now(): number;
  /** Called when `active()` says something new. */
  changed?(active: ActiveFault[]): void;
  /** The processes of the lab, so that a fault at a stopped one is refused. */
  processes?(): Promise<readonly LabProcess[]>;
  /** Remembers what is in force, for a lab process that comes after one that was killed. */
  leftovers?: Leftovers;
  intervalMilliseconds?: number;
}

interface Running {
  key: string;
  /** What pages see instead of the id while the fault is hidden. */
  alias?: string;
  fault: Fault;
  parameters: Record<string, unknown>;
  primitives: readonly Primitive[];
  since: number;
  stopsAt?: number;
  drawn?: { seed: number; parameters: string[] };
  share?: number;
  schedule?: Schedule;
}

/** The seed of a schedule that names none. */
const USUAL_SEED = 1;

/** How long those that come last wait for the rest to be in place. */
const LAST_COME_AFTER_SECONDS = 10;

/** How long `on` and `off` wait for the services; a slower one is reported as not applied yet. */
const PATIENCE_MILLISECONDS = 1500;

/**
 * Turns the faults that are on into one plan per service and one capacity per table, and keeps both applied: it
 * compares twice a second, so that a service that restarted gets its plan back within the 3 s a fault may take.
 */
export function createFaultEngine(options: FaultEngineOptions): FaultEngine {
  const { faults, targets, now, changed = () => {}, leftovers, intervalMilliseconds = 500 } = options;
  const running = new Map<string, Running>();
  /** What they make of things outlives this process. Others, such as a service that nobody needs now, may never answer. */
  const lasting = targets.filter((target) => target.leftBehind !== undefined);
  const { first = [], last = [] } = Object.groupBy(targets, ({ comesLast }) =>
    comesLast ? 'last' : 'first',
  );
  let described: FaultDescription[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let told = '[]';
  let hiddenSoFar = 0;
  /** How often everything was switched off. */
  let stops = 0;
  /** Since when something wanted is not in force, epoch seconds. */
  let behindSince: number | undefined;

  /**
   * What is in force at this moment: a fault with a schedule comes and goes, and a hidden one steps back where a visible
   * one acts at its place (to refuse the visible one would tell where the hidden one is).
   */
  function primitives(): Primitive[] {
    const entries = [...running.values()].filter((entry) => turnOf(entry, now()) !== 'off');
    const visible = entries.filter(({ alias }) => alias === undefined).flatMap((entry) => entry.primitives);
    const hidden = entries.filter(({ alias }) => alias !== undefined).flatMap((entry) => entry.primitives);
    return [...visible, ...hidden.filter((own) => !visible.some((other) => sameSeam(own, other)))];
  }

  /**
   * Hands every target what it should run now; resolves when all were tried, or patience is over, to why that could not be
   * remembered: on a full disk faults still go off, and the leftovers name more than there is to undo.
   */
  async function reconcile(): Promise<unknown> {
    for (const [key, { stopsAt }] of running)
      if (stopsAt !== undefined && stopsAt <= now()) running.delete(key);
    const wanted = primitives();
    for (const target of targets)
      target.want(wanted.filter((primitive) => targetOf(primitive, targets) === target));
    await Promise.race([reconcileTargets(wanted), later(PATIENCE_MILLISECONDS)]);
    let trouble: unknown;
    try {
      leftovers?.keep(
        [...running.values()]
          .flatMap((entry) => entry.primitives)
          .filter((primitive) => lasting.some((target) => target.handles(primitive))),
        lasting.every((target) => target.reason() === undefined),
      );
    } catch (error) {
      trouble = error;
    }
    tell();
    return trouble;
  }

  /** @param wanted What is in force at this moment. */
  async function reconcileTargets(wanted: readonly Primitive[]): Promise<void> {
    const isBehind = (target: FaultTarget) =>
      target.reason() !== undefined && wanted.some((primitive) => targetOf(primitive, targets) === target);
    await Promise.all(first.map((target) => target.reconcile()));
    // A service that this very round has started can take its plan now.
    await Promise.all(first.filter(isBehind).map((target) => target.reconcile()));
    behindSince = first.some(isBehind) ? (behindSince ?? now()) : undefined;
    if (behindSince === undefined || now() - behindSince > LAST_COME_AFTER_SECONDS)
      await Promise.all(last.map((target) => target.reconcile()));
  }

  function tell(): void {
    const active = list();
    const text = JSON.stringify(active);
    if (text === told) return;
    told = text;
    changed(active);
  }

  async function loop(): Promise<void> {
    await reconcile();
    if (!closed) timer = setTimeout(loop, intervalMilliseconds);
  }

  const list = () => [...running.values()].map((entry) => view(entry, targets, now()));

  function known(id: string): Fault {
    const fault = faults.find((candidate) => candidate.id === id);
    if (!fault)
      throw unknownName(
        'fault',
        id,
        faults.map((candidate) => candidate.id),
      );
    return fault;
  }

  return {
    catalogue: () => (described ??= faults.map(describeFault)),
    active: list,
    running: () =>
      [...running.values()].map(({ fault, parameters, alias, since, share, schedule }) => ({
        id: fault.id,
        title: fault.title,
        parameters,
        hidden: alias !== undefined,
        since,
        whole: share === undefined && schedule === undefined,
      })),
    parametersOf: (id, given) => checkedParameters(known(id), given),

    async on(id, wish = {}) {
      const fault = known(id);
      const { seed, share, stopAfterSeconds, schedule, hidden = false } = wish;
      const drawn = seed === undefined ? {} : (fault.draw?.(randomFrom(seed)) ?? {});
      const parameters = checkedParameters(fault, { ...drawn, ...wish.parameters });
      const drawnOnes = Object.keys(drawn).filter((name) => wish.parameters?.[name] === undefined);
      const key = hidden ? `hidden ${id}` : id;
      const wanted = withShare(fault, fault.primitives(parameters), share);
      const others = () =>
        [...running.values()].filter((entry) => entry.key !== key && (entry.alias !== undefined) === hidden);
      refuseContradiction(fault, wanted, others());
      // A learner who stopped a process may start a lab; its hidden fault waits, and a refusal would name its place.
      const stopsBefore = stops;
      if (!hidden && options.processes) refuseSilence(fault, wanted, await options.processes());
      // Another one may have come meanwhile, or somebody who wanted none.
      if (stops !== stopsBefore)
        throw conflict(
          `All faults were switched off while "${id}" was being looked at.`,
          'Switch it on again.',
        );
      refuseContradiction(fault, wanted, others());

      const since = now();
      const entry: Running = {
        key,
        fault,
        parameters,
        primitives: wanted,
        since,
        ...(hidden && { alias: `hidden-${++hiddenSoFar}` }),
        ...(stopAfterSeconds !== undefined && { stopsAt: since + stopAfterSeconds }),
        ...(seed !== undefined && drawnOnes.length > 0 && { drawn: { seed, parameters: drawnOnes } }),
        ...(share !== undefined && { share }),
        ...(schedule && { schedule: { ...schedule, seed: schedule.seed ?? seed ?? USUAL_SEED } }),
      };
      const before = running.get(key);
      running.set(key, entry);
      const trouble = await reconcile();
      if (trouble !== undefined) {
        // Nobody would undo it if this process were killed.
        if (before) running.set(key, before);
        else running.delete(key);
        await reconcile();
        throw trouble;
      }
      return view(entry, targets, now());
    },

    async off(id) {
      const isAlias = [...running.values()].some(({ alias }) => alias === id);
      if (!isAlias) known(id);
      // Not a hidden one by its name: whoever tries all names would see which one it is.
      for (const [key, { alias }] of running) if (alias === id || key === id) running.delete(key);
      await reconcile();
    },

    async offAll() {
      const ids = [...running.values()]
        .filter(({ alias }) => alias === undefined)
        .map((entry) => entry.fault.id);
      stops++;
      running.clear();
      await reconcile();
      return ids;
    },

    async offHidden() {
      for (const [key, { alias }] of running) if (alias !== undefined) running.delete(key);
      await reconcile();
    },

    start() {
      const before = leftovers?.read();
      if (before)
        for (const target of targets)
          target.leftBehind?.(
            before.primitives.filter((primitive) => targetOf(primitive, targets) === target),
            before.at,
          );
      void loop();
    },

    async close() {
      closed = true;
      clearTimeout(timer);
      const dirty = running.size > 0;
      running.clear();
      if (dirty) await reconcile();
    },
  };
}

function checkedParameters(fault: Fault, parameters: Record<string, unknown>): Record<string, unknown> {
  try {
    return parse(fault.parameters.strict(), parameters, 'parameters') as Record<string, unknown>;
  } catch (error) {
    const { problem } = error as { problem?: { field?: string; remedy?: string } };
    const remedy =
      problem?.field === undefined ? undefined : allowed(fault, problem.field.split('.')[1] ?? '');
    if (problem && remedy !== undefined) problem.remedy = remedy;
    throw error;
  }
}

/** Less of every primitive that acts on requests. */
function withShare(
  fault: Fault,
  primitives: readonly Primitive[],
  share: number | undefined,
): readonly Primitive[] {
  if (share === undefined) return primitives;
  if (!primitives.some(actsOnRequests))
    throw badRequest(
      'share',
      `"${fault.id}" does not act on requests, so there is no share of them.`,
      'Leave it out.',
    );
  return primitives.map((primitive) =>
    actsOnRequests(primitive) ? { ...primitive, share: primitive.share * share } : primitive,
  );
}

/** A fault at a process that does not run would be on and show nothing. */
function refuseSilence(fault: Fault, wanted: readonly Primitive[], processes: readonly LabProcess[]): void {
  const silent = silentProcess(wanted, processes);
  if (!silent) return;
  const state = silent.state === 'crashed' ? 'has crashed' : 'is stopped';
  throw badRequest(
    'id',
    `"${fault.id}" acts on ${silent.name}, which ${state}.`,
    `Run \`npm run lab -- start ${silent.name}\` first.`,
  );
}

/** Two faults at one seam would overrule each other, and neither would show its signature. */
function refuseContradiction(fault: Fault, wanted: readonly Primitive[], others: readonly Running[]): void {
  for (const other of others) {
    if (!wanted.some((a) => other.primitives.some((b) => sameSeam(a, b)))) continue;
    throw badRequest(
      'id',
      `"${fault.id}" acts at the same place as "${other.fault.id}", which is on.`,
      `Run \`npm run lab -- fault off ${other.alias ?? other.fault.id}\` first.`,
    );
  }
}

/** Whose turn it is at this moment (epoch seconds), for a fault that comes and goes. */
const turnOf = ({ schedule, since }: Running, at: number) =>
  schedule && (isOnNow(schedule, at - since) ? 'on' : 'off');

function view(entry: Running, targets: readonly FaultTarget[], at: number): ActiveFault {
  const { alias, fault, parameters, primitives, since, stopsAt, drawn, share, schedule } = entry;
  const turn = turnOf(entry, at);
  const reason = primitives
    .map((primitive) => reasonFor(primitive, targets))
    .find((why) => why !== undefined);
  return {
    ...(alias !== undefined
      ? { id: alias, title: 'A fault of the running lab or quiz', parameters: {} }
      : {
          id: fault.id,
          title: fault.title,
          parameters,
          ...(drawn && { drawn }),
          ...(share !== undefined && { share }),
          ...(schedule && { schedule }),
          ...(turn && { turn }),
        }),
    since,
    ...(stopsAt !== undefined && { stopsAt }),
    applied: reason === undefined,
    // A hidden fault's reason would name the service it acts on.
    ...(reason !== undefined && { reason: alias ? 'Not every service has taken it yet.' : reason }),
  };
}

const targetOf = (primitive: Primitive, targets: readonly FaultTarget[]) =>
  targets.find((target) => target.handles(primitive));

function reasonFor(primitive: Primitive, targets: readonly FaultTarget[]): string | undefined {
  const target = targetOf(primitive, targets);
  return target ? target.reason() : `Nothing here can do this: ${JSON.stringify(primitive)}.`;
}

const later = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());
