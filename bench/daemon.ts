/**
 * Our daemon beside AWS's own: the same sender, the same sink, the same settings, in turn. How many segments a second
 * without losing one, what 100,000 of them cost in CPU time, and what memory is resident then.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memoryOf } from '../scripts/supervisor/memory.ts';
import { freePort } from '../xray/contract/free-port.ts';
import type { Bench, Row } from './bench.ts';
import type { Order, Sent } from './daemon-sender.ts';
import { interleaved, median, megabytes, ratio, RUNS, thousands, usageOf } from './measure.ts';
import { inTemporaryFolder } from './programs.ts';

/** The cost is measured on so many segments, at a rate that both daemons keep up with easily. */
const COST_SEGMENTS = 30_000;
const COST_RATE = 10_000;

/** Sent before, so that compilers and buffer pools have done their first work. */
const WARM_UP_SEGMENTS = 10_000;

/**
 * The search for the highest rate: from here, each step so much higher, each so long, until segments are lost twice at
 * the same rate. Once may be the machine's doing. All runs of both daemons take about four minutes.
 */
const FIRST_RATE = 6250;
const RATE_STEP = 1.25;
const STEP_SECONDS = 0.8;
const MOST_STEPS = 13;
const ATTEMPTS_PER_STEP = 2;

/** Whole batches, so that none waits for the daemon's one-second tick. */
const BATCH = 50;

/** Longer than any daemon holds a batch that it will still send. */
const LOSS_MILLISECONDS = 2000;

/** Memory for buffers, the same for both: `-m`. */
const BUFFER_MEGABYTES = '100';

interface Measured {
  /** Segments a second, the highest rate without loss. */
  rate: number;
  /** CPU seconds per 100,000 segments. */
  cpuSeconds: number;
  /** Resident after those. */
  residentBytes: number;
}

/** Rejects with an Error that says what to set where AWS's daemon is not there. */
export async function benchDaemon(): Promise<Bench> {
  const official = process.env['OFFICIAL_XRAY_DAEMON'];
  if (!official || !existsSync(official)) {
    throw new Error(
      'The peer, AWS’s own daemon, is not there. Put the path of its program into OFFICIAL_XRAY_DAEMON: ' +
        'https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html says where it is downloaded.',
    );
  }
  const { ours, peer } = await interleaved(
    RUNS,
    () => measure(process.execPath, [...LAB_FLAGS, OUR_PROGRAM]),
    () => measure(official, []),
  );
  const row = (
    what: string,
    pick: (measured: Measured) => number,
    show: (value: number) => string,
    keeps: (factor: number) => boolean,
    budget: string,
  ): Row => {
    const [mine, theirs] = [median(ours.map(pick)), median(peer.map(pick))];
    return {
      what,
      ours: show(mine),
      peer: show(theirs),
      ratio: ratio(mine, theirs),
      budget,
      kept: keeps(mine / theirs),
    };
  };
  const notWorse = (factor: number) => factor <= 1;
  return {
    name: `daemon: UDP to PutTraceSegments, medians of ${RUNS} interleaved runs`,
    peer: 'AWS’s own daemon 3.6.6 (Go), same sender, same sink, same settings',
    rows: [
      row(
        'segments/s without loss',
        ({ rate }) => rate,
        thousands,
        (factor) => factor >= 1,
        'ratio ≥ 1.0',
      ),
      row(
        'CPU seconds per 100,000 segments',
        ({ cpuSeconds }) => cpuSeconds,
        (value) => value.toFixed(2),
        notWorse,
        'ratio ≤ 1.0',
      ),
      row('resident memory', ({ residentBytes }) => residentBytes, megabytes, notWorse, 'ratio ≤ 1.0'),
    ],
    raw: { ours, peer },
    notes: [
      'A rate is what the sender really sent: on a busy machine its own limit may come before a daemon’s.',
      'The socket buffer is part of the rate: ours asks the system for 4 MB, AWS’s daemon takes the default.',
      'CPU time is user and system of the daemon’s process, at 10,000 segments a second; memory is resident after it.',
    ],
  };
}

const OUR_PROGRAM = fileURLToPath(new URL('../xray/daemon/main.ts', import.meta.url));

/** As the lab's supervisor runs it. */
const LAB_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];

function measure(program: string, args: readonly string[]): Promise<Measured> {
  return inTemporaryFolder(async (folder) => {
    const sink = child('./daemon-sink.ts');
    const sender = child('./daemon-sender.ts');
    const [{ port: sinkPort }] = (await once(sink, 'message')) as [{ port: number }];
    const port = await freePort();
    const daemon = startDaemon(program, args, folder, `http://127.0.0.1:${sinkPort}`, port);
    try {
      await daemonListens(daemon, port);
      const delivers = async (order: Order) => {
        const before = await segmentsIn(sink);
        const sent = await ask<Sent>(sender, order);
        return { sent, arrived: await settled(sink, before, sent.segments) };
      };
      await delivers({ port, rate: COST_RATE, segments: WARM_UP_SEGMENTS });

      const before = usageOf(daemon.pid!).cpuSeconds;
      const { arrived } = await delivers({ port, rate: COST_RATE, segments: COST_SEGMENTS });
      const cpuSeconds = ((usageOf(daemon.pid!).cpuSeconds - before) * 100_000) / arrived;
      const residentBytes = (await memoryOf(daemon.pid!))!.resident;

      /** Segments a second that were really sent, when all of them arrived. */
      const keptUp = async (asked: number): Promise<number | undefined> => {
        const segments = Math.round((asked * STEP_SECONDS) / BATCH) * BATCH;
        for (let attempt = 0; attempt < ATTEMPTS_PER_STEP; attempt++) {
          const { sent, arrived } = await delivers({ port, rate: asked, segments });
          if (arrived >= segments) return sent.segments / sent.seconds;
        }
        return undefined;
      };
      let rate = 0;
      for (let step = 0; step < MOST_STEPS; step++) {
        const reached = await keptUp(FIRST_RATE * RATE_STEP ** step);
        if (reached === undefined) break;
        // Above what the sender itself can do, a higher step is no higher rate.
        rate = Math.max(rate, reached);
      }
      return { rate, cpuSeconds, residentBytes };
    } finally {
      for (const process of [daemon, sink, sender]) {
        process.kill('SIGKILL');
        await once(process, 'close');
      }
    }
  });
}

function startDaemon(
  program: string,
  args: readonly string[],
  folder: string,
  endpoint: string,
  port: number,
): ChildProcess {
  const config = join(folder, 'cfg.yaml');
  writeFileSync(config, `Version: 2\nEndpoint: "${endpoint}"\n`);
  const address = `127.0.0.1:${port}`;
  return spawn(
    program,
    [...args, '-o', '-n', 'us-east-1', '-m', BUFFER_MEGABYTES, '-c', config, '-b', address, '-t', address],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        // As in the lab: modules are compiled once, ever; one arena of memory for all threads.
        NODE_COMPILE_CACHE: fileURLToPath(new URL('../.runtime/compile-cache', import.meta.url)),
        MALLOC_ARENA_MAX: '1',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

const child = (path: string): ChildProcess =>
  fork(fileURLToPath(new URL(path, import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });

/** One question by IPC, one answer. */
async function ask<Answer>(process: ChildProcess, question: object): Promise<Answer> {
  process.send(question);
  const [answer] = (await once(process, 'message')) as [Answer];
  return answer;
}

const segmentsIn = async (sink: ChildProcess) => (await ask<{ segments: number }>(sink, {})).segments;

/** How many of the `expected` segments arrived: waits for all of them, or until no more are to come. */
async function settled(sink: ChildProcess, before: number, expected: number): Promise<number> {
  let arrived = 0;
  for (let since = performance.now(); performance.now() - since < LOSS_MILLISECONDS; await sleep(20)) {
    const now = (await segmentsIn(sink)) - before;
    if (now >= expected) return now;
    if (now > arrived) since = performance.now();
    arrived = now;
  }
  return arrived;
}

/** The proxy port is opened last by both daemons. */
async function daemonListens(daemon: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
    if (daemon.exitCode !== null) throw new Error('The daemon ended at its start.');
    const answered = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
  throw new Error(`No daemon answers on port ${port} after ten seconds.`);
}
