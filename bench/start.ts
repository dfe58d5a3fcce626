/**
 * How long until the first joined trace after `npm start`, and what memory the lab holds. (How fast faults take effect is
 * what `npm run faults:prove` measures.)
 * The peer is the least that could be called the same: as many bare Express processes, started the same way and asked
 * until all of them answer.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpHealth } from '../scripts/supervisor/health.ts';
import { portOffsets } from '../scripts/supervisor/port-offsets.ts';
import { processTable } from '../scripts/supervisor/table.ts';
import { root } from '../tests/imports.ts';
import { startStack, type Stack } from '../tests/stack.ts';
import type { Bench } from './bench.ts';
import { holdingOf } from './holding.ts';

const RUNS = 3;
/** The optional ones run only when something asks for them. */
const PROCESSES = processTable.filter(({ optional }) => !optional).length;
/** Where the peer's processes listen, above the lab's. */
const PEER_PORT = portOffsets.bench + 7000;
const MEBIBYTE = 1024 * 1024;
const BUDGET = { firstTraceSeconds: 10, mebibytes: 1024 };

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

interface Measured {
  seconds: number;
  /** Mebibytes, as in `Holding`. */
  taken: number;
  resident: number;
}

/** Bare Express processes, as many as the lab has. */
async function peer(): Promise<Measured> {
  const folder = mkdtempSync(join(root, '.lab', 'bench-'));
  const program = join(folder, 'bare.mjs');
  writeFileSync(
    program,
    `import express from 'express';\nexpress().get('/health', (_, r) => r.send('ok')).listen(+process.env.PORT, '127.0.0.1');\n`,
  );
  const children: ChildProcess[] = [];
  try {
    const began = performance.now();
    for (let index = 0; index < PROCESSES; index += 1) {
      children.push(
        spawn(process.execPath, [program], {
          env: { ...process.env, PORT: String(PEER_PORT + index) },
          stdio: 'ignore',
        }),
      );
    }
    for (let index = 0; index < PROCESSES; index += 1) {
      while ((await httpHealth('127.0.0.1', PEER_PORT + index)) !== 'answers') await sleep(20);
    }
    const seconds = (performance.now() - began) / 1000;
    const { taken, resident } = await holdingOf(children.map(({ pid }) => pid!));
    return { seconds, taken: taken / MEBIBYTE, resident: resident / MEBIBYTE };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function printed(stack: Stack): Measured {
  return {
    seconds: Number(/First joined trace\s+([\d.]+) s/.exec(stack.output)?.[1]),
    taken: Number(/Memory\s+(\d+) MB/.exec(stack.output)?.[1]),
    resident: Number(/\((\d+) MB with what they share/.exec(stack.output)?.[1]),
  };
}

export async function benchStart(): Promise<Bench> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const stack = await startStack('bench', 'own');
    ours.push(printed(stack));
    await stack.stop();
    theirs.push(await peer());
  }
  const of = (side: Measured[], what: keyof Measured) => median(side.map((each) => each[what]));
  const seconds = of(ours, 'seconds');
  const memory = (what: 'taken' | 'resident') => ({
    ours: `${Math.round(of(ours, what))} MB`,
    peer: `${Math.round(of(theirs, what))} MB`,
    ratio: (of(ours, what) / of(theirs, what)).toFixed(1),
  });
  return {
    name: `start (medians of ${RUNS} interleaved runs)`,
    peer: `${PROCESSES} bare Express processes until all answer`,
    rows: [
      {
        what: 'first joined trace',
        ours: `${seconds.toFixed(1)} s`,
        peer: `${of(theirs, 'seconds').toFixed(1)} s`,
        ratio: (seconds / of(theirs, 'seconds')).toFixed(1),
        budget: `≤ ${BUDGET.firstTraceSeconds} s`,
        kept: seconds <= BUDGET.firstTraceSeconds,
      },
      {
        what: 'memory',
        ...memory('taken'),
        budget: `≤ ${BUDGET.mebibytes} MB`,
        kept: of(ours, 'taken') <= BUDGET.mebibytes,
      },
      {
        what: 'the same, with what processes share counted in each',
        ...memory('resident'),
        budget: `≤ ${BUDGET.mebibytes} MB`,
        kept: of(ours, 'resident') <= BUDGET.mebibytes,
      },
    ],
    raw: { ours, theirs },
    notes: [
      'Memory is what the processes take from the machine: pages that they share, Node’s program above all, count once (PSS, which Linux tells).',
    ],
  };
}
