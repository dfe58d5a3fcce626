import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabProcess, ProcessCrash } from '@xray-lab/labs/server/contract';
import { inWords, lastWordsIn } from './crash.ts';
import {
  daemonHealth,
  healthInWords,
  httpHealth,
  postgresHealth,
  WORD_VARIABLE,
  type Health,
} from './health.ts';
import { LogFile } from './log-file.ts';
import { memoryOf, memoryTaken, type Memory } from './memory.ts';
import { killedForMemory, memoryKills } from './out-of-memory.ts';
import { changedBetween, shopSources, type Look, type SourceVersion } from './sources.ts';
import {
  addressOf,
  nameInRepository,
  portOf,
  programOf,
  type ProcessDefinition,
  type SetUp,
} from './table.ts';
import { watchSources } from './watch.ts';

/** A process that has not answered its health check by then is reported, and left to go on trying. */
export const START_DEADLINE_MILLISECONDS = 30_000;
/** Between asking a process to stop and stopping it for good. */
const STOP_DEADLINE_MILLISECONDS = 5_000;
const POLL_WHILE_STARTING_MILLISECONDS = 60;
const POLL_MILLISECONDS = 2_000;

/** An error with its stack, a cause and theirs are shorter. */
const LAST_LINES = 200;

/** For so long what was read of a process's memory will do: the system goes through all its pages for it, about 2 ms. */
const MEMORY_KEEPS_MILLISECONDS = 1_000;

/** Before a process that comes back is started again, the first time and each time after that; then it stays down. */
const COMES_BACK_AFTER_MILLISECONDS = [500, 1_000, 2_000, 4_000, 8_000];
/** One that was healthy for so long has recovered: the next end of it is a first one. */
const RECOVERED_AFTER_MILLISECONDS = 60_000;

/** Node flags for processes that live long: a small young generation. */
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
/** Of no use to a process that answers a few requests a second: it would optimise code that is seldom hot (10 MB). */
const NODE_FLAGS_UNHURRIED = [...NODE_FLAGS, '--no-opt', '--optimize-for-size'];

/** What Node runs a process with. */
export const nodeFlagsOf = ({ hurried, nodeFlags = [] }: ProcessDefinition): string[] => [
  ...(hurried ? NODE_FLAGS : NODE_FLAGS_UNHURRIED),
  ...nodeFlags,
];

/**
 * One process: started, watched, stopped. It is not restarted behind the learner's back, unless the lab can't do without it;
 * a crash is said.
 */
class Supervised {
  readonly definition: ProcessDefinition;
  readonly log: LogFile;
  state: LabProcess['state'] = 'stopped';
  healthy = false;
  restarts = 0;
  startedAt: number | undefined;
  reason: string | undefined;
  /** Of the start before, while nothing was started since. */
  private crash: ProcessCrash | undefined;
  /** What the system had ended for want of memory when this start began. */
  private memoryKillsBefore = 0;
  child: ChildProcess | undefined;
  /** By which it is known when it answers: of this start. */
  private word = '';
  /** Where in the log this start began. */
  private logStart = 0;
  private readonly setUp: SetUp;
  private readonly environment: Record<string, string>;
  /** Variables of the present deployment, over those of the set-up. */
  private deployed: Readonly<Record<string, string>> = {};
  private readonly changed: () => void;
  private readonly comesBackAfter: readonly number[];
  /** How often it was started again since it was last well for long. */
  private returns = 0;
  private hasEverBeenHealthy = false;
  /** When this start became healthy, epoch milliseconds. */
  private healthySince: number | undefined;
  private lastMemory: { pid: number; at: number; read: Promise<Memory | undefined> } | undefined;
  private returning: { at: number; timer: NodeJS.Timeout } | undefined;
  private restarting: Promise<void> | undefined;
  /** Since the last restart began. */
  private stopAsked = false;
  private readonly look: () => Look;
  /** Its sources as they were just before its last start; undefined where it is not of the shop. */
  private startedWith: SourceVersion | undefined;

  constructor(
    definition: ProcessDefinition,
    setUp: SetUp,
    environment: Record<string, string>,
    changed: () => void,
    comesBackAfter: readonly number[],
    look: () => Look,
  ) {
    this.definition = definition;
    this.reason = definition.optional ? 'not needed yet' : 'not started yet';
    this.setUp = setUp;
    this.environment = environment;
    this.changed = changed;
    this.comesBackAfter = definition.comesBack ? comesBackAfter : [];
    this.look = look;
    this.log = new LogFile(join(setUp.home, 'logs', `${definition.name}.log`));
  }

  /** Because somebody wants it; from then on it may come back as often as at first. */
  start(look?: Look): void {
    if (this.child) return;
    this.stayAway();
    this.returns = 0;
    this.launch(look);
  }

  private launch(look = this.look()): void {
    const { definition, setUp } = this;
    // Before it reads any of them: what is saved from now on counts as changed.
    this.startedWith = look.get(definition.name);
    this.word = randomBytes(16).toString('hex');
    const descriptor = this.log.open();
    this.logStart = this.log.size();
    const preload = new URL('./end-with-parent.mjs', import.meta.url).href;
    const flags = nodeFlagsOf(definition);
    const child = spawn(process.execPath, [...flags, '--import', preload, programOf(definition, setUp)], {
      cwd: setUp.root,
      // Its own process group, so that Ctrl-C reaches the supervisor alone and the order of stopping is ours.
      detached: true,
      stdio: ['ignore', descriptor, descriptor, 'ipc'],
      env: {
        ...process.env,
        // As in scripts/runtime.mjs: modules are compiled once, ever.
        NODE_COMPILE_CACHE: join(setUp.root, '.runtime', 'compile-cache'),
        // glibc gives every thread an arena of its own, which a small process never gives back.
        MALLOC_ARENA_MAX: '1',
        ...this.environment,
        ...this.expanded(definition.variables ?? {}),
        ...this.expanded(this.deployed),
        [WORD_VARIABLE]: this.word,
        HOST: setUp.host,
        PORT: String(portOf(definition, setUp)),
      },
    });
    closeSync(descriptor);
    child.channel?.unref();

    this.child = child;
    this.state = 'starting';
    this.healthy = false;
    this.healthySince = undefined;
    this.reason = undefined;
    this.crash = undefined;
    this.startedAt = Date.now() / 1000;
    this.memoryKillsBefore = memoryKills() ?? 0;
    child.on('error', (error) => this.ended(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) =>
      this.ended(signal ? `ended by ${signal}` : `ended with exit code ${code}`),
    );
    this.changed();
    void this.untilHealthy(child);
  }

  /** With the set-up's own variable of that name in the place of each `${NAME}`. */
  private expanded(variables: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        value.replace(/\$\{(\w+)\}/g, (_, other: string) => this.environment[other] ?? ''),
      ]),
    );
  }

  private async untilHealthy(child: ChildProcess): Promise<void> {
    while (this.child === child && !this.healthy) {
      await this.probe();
      await sleep(POLL_WHILE_STARTING_MILLISECONDS);
    }
  }

  async probe(): Promise<void> {
    const child = this.child;
    if (!child) return;
    const port = portOf(this.definition, this.setUp);
    const host = this.setUp.host === '0.0.0.0' ? '127.0.0.1' : this.setUp.host;
    const health = await this.ask(host, port);
    if (this.child !== child || this.state === 'stopped') return;
    const healthy = health === 'answers';
    // One that starts has no answer yet; but somebody else's is worth a word.
    const isWorthAWord = this.healthySince !== undefined || health === 'another';
    const reason = isWorthAWord ? healthInWords(health, port) : undefined;
    if (healthy === this.healthy && reason === this.reason) return;
    this.healthy = healthy;
    this.reason = reason;
    if (healthy) {
      this.state = 'running';
      this.hasEverBeenHealthy = true;
      this.healthySince ??= Date.now();
    }
    this.changed();
  }

  private ask(host: string, port: number): Promise<Health> {
    const { health } = this.definition;
    if (health === 'http') return httpHealth(host, port, this.word);
    return health === 'daemon' ? daemonHealth(host, port, this.word) : postgresHealth(host, port);
  }

  private ended(how: string): void {
    if (!this.child) return;
    const wanted = this.state === 'stopped';
    this.child = undefined;
    this.healthy = false;
    if (!wanted) {
      this.state = 'crashed';
      this.crash = { at: Date.now() / 1000, how, ...this.lastWords(how) };
      this.reason = inWords(this.crash);
      this.comeBack();
    }
    this.changed();
  }

  /** Starts it again after a while, unless it never ran well, or has been started again too often. */
  private comeBack(): void {
    // What can't even start is told to who starts it.
    if (this.comesBackAfter.length === 0 || !this.hasEverBeenHealthy) return;
    const healthyFor = this.healthySince === undefined ? 0 : Date.now() - this.healthySince;
    if (healthyFor > RECOVERED_AFTER_MILLISECONDS) this.returns = 0;
    const pause = this.comesBackAfter[this.returns];
    if (pause === undefined) {
      this.reason += ` (it was started again ${this.returns} times)`;
      return;
    }
    this.reason += ` (it is started again in ${pause / 1000} s)`;
    const timer = setTimeout(() => {
      this.returning = undefined;
      this.returns += 1;
      this.restarts += 1;
      this.launch();
    }, pause);
    this.returning = { at: Date.now() + pause, timer };
  }

  private stayAway(): void {
    clearTimeout(this.returning?.timer);
    this.returning = undefined;
  }

  private lastWords(how: string): Partial<ProcessCrash> {
    // Who is killed for good has none; what stands last in the log was about something else.
    if (how.endsWith('SIGKILL'))
      return (memoryKills() ?? 0) > this.memoryKillsBefore ? { message: killedForMemory() } : {};
    const read = (path: string) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    };
    const places = { nameOf: (path: string) => nameInRepository(path, this.setUp), read };
    return lastWordsIn(this.log.tail(LAST_LINES, this.logStart), places) ?? {};
  }

  /** Also in the middle of a restart, which then ends here. */
  stop(): Promise<void> {
    this.stopAsked = true;
    return this.halt();
  }

  private async halt(): Promise<void> {
    this.stayAway();
    const child = this.child;
    this.state = 'stopped';
    this.crash = undefined;
    this.reason = 'stopped on request';
    if (!child) return this.changed();
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MILLISECONDS);
    await gone;
    clearTimeout(forced);
  }

  /** Gives it these variables besides its own from its next start on, in place of any given earlier. */
  deploy(variables: Readonly<Record<string, string>>): void {
    this.deployed = variables;
  }

  /** Who asks for it while it is under way gets that one: it starts with what is on disk and deployed when it starts. */
  restart(): Promise<void> {
    this.restarting ??= this.stopAndStart().finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  private async stopAndStart(): Promise<void> {
    this.stopAsked = false;
    await this.halt();
    if (this.stopAsked) return;
    this.restarts += 1;
    this.start();
  }

  /**
   * The sources without whose changes it runs, or crashed: it was started before they were saved. None for one that is
   * stopped or is being restarted.
   */
  changedSources(look: Look): string[] {
    const present = look.get(this.definition.name);
    if (!present || !this.startedWith || this.restarting || this.state === 'stopped') return [];
    return changedBetween(this.startedWith, present);
  }

  /** Undefined also while it starts, when everybody asks again and again whether it is there. */
  private memory(): Promise<Memory | undefined> | undefined {
    const pid = this.child?.pid;
    if (pid === undefined || this.state !== 'running') return undefined;
    const isFresh =
      this.lastMemory?.pid === pid && Date.now() - this.lastMemory.at < MEMORY_KEEPS_MILLISECONDS;
    if (!isFresh) this.lastMemory = { pid, at: Date.now(), read: memoryOf(pid) };
    return this.lastMemory?.read;
  }

  async view(look = this.look()): Promise<LabProcess> {
    const stale = this.changedSources(look);
    const pid = this.child?.pid;
    const memory = await this.memory();
    const isRestarting = this.restarting !== undefined && !this.stopAsked && this.state === 'stopped';
    return {
      name: this.definition.name,
      role: this.definition.role,
      state: isRestarting ? 'starting' : this.state,
      healthy: this.healthy,
      address: addressOf(this.definition, this.setUp),
      restarts: this.restarts,
      ...(this.definition.optional && { optional: true }),
      ...(this.definition.needs && { needs: [...this.definition.needs] }),
      ...(pid && { pid }),
      ...(this.startedAt && this.child && { startedAt: this.startedAt }),
      ...(memory && { memoryBytes: memoryTaken(memory) }),
      ...(this.reason && !isRestarting && { reason: this.reason }),
      ...(this.crash && { crash: this.crash }),
      ...(stale.length > 0 && { stale }),
      ...(this.returning && { returnsAt: this.returning.at / 1000 }),
    };
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Runs processes of the lab: all of them under `npm start`, one in a container. Emits `change` with the name of a
 * process whose state or health changed.
 */
export class Supervisor extends EventEmitter<{ change: [name: string] }> {
  private readonly processes: Map<string, Supervised>;
  private readonly timer: NodeJS.Timeout;

  private readonly look: () => Look;
  private stopWatching: (() => void) | undefined;

  /** @param comesBackAfter Milliseconds before a process that comes back is started again, the first time and so on. */
  constructor(
    definitions: readonly ProcessDefinition[],
    setUp: SetUp,
    environment: Record<string, string>,
    comesBackAfter: readonly number[] = COMES_BACK_AFTER_MILLISECONDS,
  ) {
    super();
    const shop = definitions.filter((definition) => definition.shop).map(({ name }) => name);
    this.look = shopSources(setUp.sampleApp, shop);
    this.processes = new Map(
      definitions.map((definition) => [
        definition.name,
        new Supervised(
          definition,
          setUp,
          environment,
          () => this.emit('change', definition.name),
          comesBackAfter,
          this.look,
        ),
      ]),
    );
    this.timer = setInterval(() => {
      for (const process of this.processes.values()) {
        void process.probe();
        process.log.rotate();
      }
    }, POLL_MILLISECONDS);
  }

  get names(): string[] {
    return [...this.processes.keys()];
  }

  has(name: string): boolean {
    return this.processes.has(name);
  }

  private named(name: string): Supervised {
    const process = this.processes.get(name);
    if (!process) throw new Error(`There is no process "${name}". There are: ${this.names.join(', ')}.`);
    return process;
  }

  startAll(): void {
    const look = this.look();
    for (const process of this.processes.values()) if (!process.definition.optional) process.start(look);
  }

  start(name: string): void {
    this.named(name).start();
  }

  /** Gives a process these variables besides its own from its next start on, in place of any given earlier. */
  deploy(name: string, variables: Readonly<Record<string, string>>): void {
    this.named(name).deploy(variables);
  }

  stop(name: string): Promise<void> {
    return this.named(name).stop();
  }

  restart(name: string): Promise<void> {
    return this.named(name).restart();
  }

  /**
   * From now on restarts each process of the shop whose sources were saved since its start, a crashed one too, and leaves
   * one alone that was stopped on purpose.
   * @param restarts Called before each restart.
   */
  restartOnSave(restarts: (name: string, files: readonly string[]) => void = () => {}): void {
    this.stopWatching ??= watchSources({
      look: this.look,
      changedSources: (name, look) => this.named(name).changedSources(look),
      restart: (name, files) => {
        restarts(name, files);
        void this.restart(name);
      },
    });
  }

  view(name: string): Promise<LabProcess> {
    return this.named(name).view();
  }

  viewAll(): Promise<LabProcess[]> {
    const look = this.look();
    return Promise.all([...this.processes.values()].map((process) => process.view(look)));
  }

  /** The processes that `startAll` starts: the optional ones run only when something asks for them. */
  async viewNeeded(): Promise<LabProcess[]> {
    return (await this.viewAll()).filter(({ optional }) => !optional);
  }

  log(name: string, lines: number): string[] {
    return this.named(name).log.tail(lines);
  }

  /** Stops everything: callers before the called, the daemon and the API last, so that no segment is lost. */
  async stopAll(): Promise<void> {
    clearInterval(this.timer);
    this.stopWatching?.();
    const names = this.names.toReversed();
    const late = new Set(['legacy-daemon', 'xray-daemon', 'xray-api']);
    await Promise.all(names.filter((name) => !late.has(name)).map((name) => this.stop(name)));
    for (const name of names.filter((name) => late.has(name))) await this.stop(name);
  }
}
