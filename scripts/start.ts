/**
 * `npm start`: runs every process of the lab in the foreground until Ctrl-C. `npm start -- --detach` starts the same
 * program in the background and returns when the first joined trace can be read. With `--fresh-progress` the learner's
 * progress is put aside first. With `--finish-setup` what set-up has left for later, the site above all, is done behind the
 * first trace.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusals } from '../labs/cli/doctor.ts';
import { terminalText } from '../xray/terminal-text.ts';
import { finishSetup } from './finish-setup.ts';
import { firstJoinedTrace } from './first-trace.ts';
import { removeLabFile, runningLab, writeLabFile } from './lab-file.ts';
import { writeIdentities } from './supervisor/identities.ts';
import { memoryOf, memoryTaken, type Memory } from './supervisor/memory.ts';
import { keepStatePrivate } from './supervisor/private-state.ts';
import { Supervisor, START_DEADLINE_MILLISECONDS } from './supervisor/supervisor.ts';
import { supervisorServer } from './supervisor/server.ts';
import { supervisorToken } from './supervisor-token.ts';
import {
  addressOf,
  localEnvironment,
  portOf,
  processNamed,
  processTable,
  setUpFromEnvironment,
  SUPERVISOR_PORT,
  type SetUp,
} from './supervisor/table.ts';

// Whoever reads this may go away (`npm start | head`), and start.log's disk may be full: the lab runs on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MEBIBYTE = 1024 * 1024;
/** Set-up takes less than that when there was nothing to do. */
const WORTH_SAYING_SECONDS = 2;

/** The sentence of a problem the user can solve; printed without a stack. */
class StartError extends Error {}

/** When `npm start` began, epoch milliseconds: set-up wrote it down, so that the time to the first trace leaves nothing out. */
function startedAt(): number {
  if (process.env.npm_lifecycle_event !== 'start') return performance.timeOrigin;
  try {
    return Number(readFileSync(join(root, '.runtime', 'started-at'), 'utf8')) || performance.timeOrigin;
  } catch {
    return performance.timeOrigin;
  }
}

/** `--in-background` is between this program and itself, `--finish-setup` between it and package.json. */
const FLAGS = ['--detach', '--fresh-progress', '--in-background', '--finish-setup'];

function refuseUnknownFlags(): void {
  const unknown = process.argv.slice(2).find((word) => !FLAGS.includes(word));
  if (unknown === undefined) return;
  throw new StartError(
    `npm start does not know "${unknown}". It knows: -- --detach (runs in the background), -- --fresh-progress (puts your progress aside and begins anew).`,
  );
}

async function beginWithFreshProgress({ home }: SetUp): Promise<void> {
  const other = runningLab(home);
  if (other) throw new StartError(isRunning(home, other.pid));
  const { putProgressAside } = await import('../labs/server/progress/file.ts');
  const aside = putProgressAside(join(home, 'progress.sqlite'), new Date());
  say(aside === undefined ? 'There was no progress yet.' : `Your progress so far is kept as ${aside}.`);
}

const isRunning = (home: string, pid: number) =>
  `X-Ray Lab is already running from ${home} (pid ${pid}). Open it, or stop it with: npm run lab -- down`;

async function refuseWhatCannotWork(setUp: SetUp): Promise<void> {
  const other = runningLab(setUp.home);
  if (other) throw new StartError(isRunning(setUp.home, other.pid));
  const [first, ...more] = await refusals({ home: setUp.home, portOffset: setUp.portOffset });
  if (!first) return;
  // The one that stands for itself: it is a whole sentence.
  if (first.id === 'progress') throw new StartError(`${first.says}. ${first.remedy}`);
  const others = more.length > 0 ? ` (and ${more.length} more: npm run lab -- doctor)` : '';
  throw new StartError(`${first.title}: ${first.says}${others}. ${first.remedy}`);
}

async function runInForeground(setUp: SetUp): Promise<void> {
  const began = startedAt();
  await refuseWhatCannotWork(setUp);

  writeIdentities(setUp.home);
  const supervisor = new Supervisor(processTable, setUp, localEnvironment(setUp));
  const server = supervisorServer(supervisor, supervisorToken(setUp.home));
  const supervisorPort = portOf({ port: SUPERVISOR_PORT }, setUp);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(supervisorPort, '127.0.0.1', resolve);
  });
  writeLabFile(setUp.home, {
    pid: process.pid,
    supervisor: `http://127.0.0.1:${supervisorPort}`,
    startedAt: began / 1000,
  });

  let ending = false;
  let finishing: ChildProcess | undefined;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    finishing?.kill();
    say(code === 0 ? '\nStopping …' : 'Stopping what had started …');
    await supervisor.stopAll();
    server.close();
    removeLabFile(setUp.home);
    if (code === 0) say('Stopped. Nothing of the lab is running any more.');
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));

  reportChanges(supervisor, setUp, began, () => ending);
  supervisor.startAll();

  try {
    await allHealthy(supervisor, setUp);
    const lab = addressOf(processNamed('lab'), setUp);
    const traceId = await firstJoinedTrace(lab, Date.now() + START_DEADLINE_MILLISECONDS);
    await summary(supervisor, setUp, traceId, began);
    process.send?.({ ready: true });
    if (process.argv.includes('--finish-setup')) finishing = finishSetup(root, say);
  } catch (error) {
    if (ending) return;
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    process.send?.({ failed: error instanceof Error ? error.message : String(error) });
    return end(1);
  }

  supervisor.restartOnSave((name, files) => {
    say(`  ↻ ${name.padEnd(17)} restarting, because ${files.join(', ')} changed`);
  });
}

/** One line for each process, when it becomes ready and whenever that changes afterwards. */
function reportChanges(supervisor: Supervisor, setUp: SetUp, began: number, isEnding: () => boolean): void {
  const last = new Map<string, string>();
  supervisor.on('change', (name) => {
    void supervisor.view(name).then((process) => {
      const now = process.state === 'running' && process.healthy ? 'ready' : process.state;
      if (isEnding() || last.get(name) === now) return;
      last.set(name, now);
      const label = name.padEnd(17);
      if (now === 'ready') {
        const memory = process.memoryBytes ? `${Math.round(process.memoryBytes / MEBIBYTE)} MB` : '';
        const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
        say(
          `  ✓ ${label} ${process.address.padEnd(28)} ${seconds.padStart(6)} ${memory.padStart(7)}   ${process.role}`,
        );
      } else if (now === 'crashed') {
        // The command that shows logs asks the lab process for them.
        const log = name === 'lab' ? logOf(setUp, name) : `npm run lab -- logs ${name}`;
        const remedy = `Its log: ${log}. Start it again: npm run lab -- start ${name}`;
        say(`  ✕ ${label} ${process.reason}.${process.returnsAt === undefined ? ` ${remedy}` : ''}`);
      } else if (now === 'running' && process.reason !== undefined) {
        say(`  ! ${label} ${process.reason}. Start it again: npm run lab -- restart ${name}`);
      } else if (now === 'stopped') {
        say(`  ○ ${label} stopped. Start it again: npm run lab -- start ${name}`);
      }
    });
  });
}

const logOf = (setUp: SetUp, name: string) =>
  relative(process.cwd(), join(setUp.home, 'logs', `${name}.log`));

async function allHealthy(supervisor: Supervisor, setUp: SetUp): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MILLISECONDS;
  for (;;) {
    const needed = await supervisor.viewNeeded();
    const dead = needed.find(({ state }) => state === 'crashed');
    if (dead) {
      throw new StartError(
        `${dead.name} ${dead.reason}. Its log: ${logOf(setUp, dead.name)}. To look at the machine: npm run lab -- doctor`,
      );
    }
    if (needed.every(({ healthy }) => healthy)) return;
    if (Date.now() > deadline) {
      const notReady = needed.filter(({ healthy }) => !healthy);
      const late = notReady.map(({ name }) => name);
      const said = notReady.flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []));
      const why = said.length > 0 ? ` (${said.join('; ')})` : '';
      const seconds = START_DEADLINE_MILLISECONDS / 1000;
      throw new StartError(
        `${late.join(', ')} did not become ready within ${seconds} s${why}. Its log: ${logOf(setUp, late[0]!)}. To look at the machine: npm run lab -- doctor`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Says nothing of what is in the trace: the first lab asks that. */
async function summary(supervisor: Supervisor, setUp: SetUp, traceId: string, began: number) {
  const seconds = (Date.now() - began) / 1000;
  const setUpSeconds = (performance.timeOrigin - began) / 1000;
  const processes = await supervisor.viewAll();
  const address = (name: string) => addressOf(processNamed(name), setUp);
  const offset = setUp.portOffset ? `LAB_PORT_OFFSET=${setUp.portOffset} ` : '';
  say(`
X-Ray Lab is ready.

  Site, labs, console    ${address('lab')}
  Shop                   ${address('gateway')}   (POST /checkout)
  X-Ray API              ${address('xray-api')}
  X-Ray daemon           127.0.0.1:${portOf(processNamed('xray-daemon'), setUp)} (UDP and TCP)

  First joined trace     ${seconds.toFixed(1)} s after npm start: ${traceId}${setUpSeconds > WORTH_SAYING_SECONDS ? ` (${setUpSeconds.toFixed(1)} s of it was set-up)` : ''}
  Memory                 ${await memoryLine([process.pid, ...processes.flatMap(({ pid }) => pid ?? [])])}

Next: open ${address('lab')} and start the first lab, or in another terminal:
  ${offset}npm run -s lab -- send
  aws xray batch-get-traces --trace-ids ${traceId} \\
    --endpoint-url ${address('xray-api')} --region us-east-1 --no-sign-request
${process.send ? 'Stop it with: npm run lab -- down' : 'Ctrl-C stops everything.'}`);
}

/** What the processes take from the machine; and what is read in `ps`, where Node's program counts for each of them. */
async function memoryLine(pids: readonly number[]): Promise<string> {
  const memories = (await Promise.all(pids.map(memoryOf))).filter((memory) => memory !== undefined);
  const sum = (pick: (memory: Memory) => number) =>
    `${Math.round(memories.reduce((bytes, memory) => bytes + pick(memory), 0) / MEBIBYTE)} MB`;
  const [taken, resident] = [sum(memoryTaken), sum((memory) => memory.resident)];
  const shared = taken === resident ? '' : ` (${resident} with what they share counted in each)`;
  return `${taken}, ${pids.length} processes${shared}`;
}

/** Starts this program again in the background and waits for its word that the first trace is there. */
async function detach(setUp: SetUp): Promise<void> {
  await refuseWhatCannotWork(setUp);
  const logPath = join(setUp.home, 'logs', 'start.log');
  mkdirSync(dirname(logPath), { recursive: true });
  rmSync(logPath, { force: true });
  const log = openSync(logPath, 'a');
  const child = fork(
    fileURLToPath(import.meta.url),
    ['--in-background', ...(process.argv.includes('--finish-setup') ? ['--finish-setup'] : [])],
    {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: process.execArgv,
    },
  );
  closeSync(log);
  const outcome = await new Promise<{ ready?: true; failed?: string }>((resolve) => {
    child.once('message', (message) => resolve(message as { ready?: true; failed?: string }));
    child.once('exit', (code) => resolve({ failed: `it ended with exit code ${code}` }));
  });
  process.stdout.write(existsSync(logPath) ? terminalText(readFileSync(logPath, 'utf8')) : '');
  if (!outcome.ready) {
    await new Promise((resolve) =>
      child.exitCode === null ? child.once('exit', resolve) : resolve(undefined),
    );
    process.exit(1);
  }
  child.disconnect();
  child.unref();
}

const say = (line: string) => process.stdout.write(`${terminalText(line)}\n`);

try {
  const setUp = setUpFromEnvironment(root, process.env);
  keepStatePrivate(setUp.home);
  refuseUnknownFlags();
  if (process.argv.includes('--fresh-progress')) await beginWithFreshProgress(setUp);
  if (process.argv.includes('--detach')) await detach(setUp);
  else await runInForeground(setUp);
} catch (error) {
  const known = error instanceof StartError || (error instanceof Error && error.message.startsWith('LAB_'));
  if (!known) throw error;
  process.stderr.write(`${terminalText((error as Error).message)}\n`);
  process.exit(1);
}
