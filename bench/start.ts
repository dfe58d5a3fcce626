/**
 * How long until the first joined trace after `npm start`, what memory the lab holds, how fast a fault takes effect.
 * The peer is the least that could be called the same: as many bare Express processes, started the same way and asked
 * until all of them answer.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faults } from '@xray-lab/sample-app/faults';
import { httpHealth } from '../scripts/supervisor/health.ts';
import { residentBytes } from '../scripts/supervisor/memory.ts';
import { processTable } from '../scripts/supervisor/table.ts';
import { root } from '../tests/imports.ts';
import { startStack, type Stack } from '../tests/stack.ts';
import type { Bench } from './bench.ts';

const RUNS = 3;
const OFFSET = 25_000;
const MEBIBYTE = 1024 * 1024;
const BUDGET = { firstTraceSeconds: 10, residentMebibytes: 1024, faultSeconds: 3 };

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

interface Measured {
  seconds: number;
  mebibytes: number;
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
    for (let index = 0; index < processTable.length; index += 1) {
      children.push(
        spawn(process.execPath, [program], {
          env: { ...process.env, PORT: String(OFFSET + 5000 + index) },
          stdio: 'ignore',
        }),
      );
    }
    for (let index = 0; index < processTable.length; index += 1) {
      while (!(await httpHealth('127.0.0.1', OFFSET + 5000 + index))) await sleep(20);
    }
    const seconds = (performance.now() - began) / 1000;
    const bytes = await Promise.all(children.map(({ pid }) => residentBytes(pid!)));
    return { seconds, mebibytes: bytes.reduce<number>((sum, each) => sum + (each ?? 0), 0) / MEBIBYTE };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function printed(stack: Stack): Measured {
  return {
    seconds: Number(/First joined trace\s+([\d.]+) s/.exec(stack.output)?.[1]),
    mebibytes: Number(/Memory\s+(\d+) MB/.exec(stack.output)?.[1]),
  };
}

async function starts(stack: Stack, filter: string, since: number): Promise<number[]> {
  const body = { StartTime: since, EndTime: Date.now() / 1000 + 1, FilterExpression: filter };
  const response = await fetch(`${stack.lab}/lab/xray/GetTraceSummaries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { TraceSummaries } = (await response.json()) as { TraceSummaries: { StartTime: number }[] };
  return TraceSummaries.map(({ StartTime }) => StartTime).sort((a, b) => a - b);
}

/** Seconds from the switch to the start of the first, and of the last, request that shows the fault. */
async function faultTimes(stack: Stack, id: string, filter: string) {
  const on = Date.now() / 1000;
  await stack.cli('fault', 'on', id);
  let first: number | undefined;
  for (let attempt = 0; attempt < 300 && first === undefined; attempt += 1) {
    await sleep(100);
    [first] = await starts(stack, filter, on);
  }
  if (first === undefined) throw new Error(`${id} never showed its signature`);
  await stack.cli('fault', 'off', '--all');
  const off = Date.now() / 1000;
  await sleep(14_000);
  const last = (await starts(stack, filter, on)).at(-1)!;
  return { id, effect: Math.max(0, first - on), clear: Math.max(0, last - off) };
}

export async function benchStart(): Promise<Bench> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  const faultSeconds: Awaited<ReturnType<typeof faultTimes>>[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const stack = await startStack('bench', OFFSET);
    ours.push(printed(stack));
    if (run === RUNS - 1)
      for (const { id, signature } of faults)
        faultSeconds.push(await faultTimes(stack, id, signature.filter));
    await stack.stop();
    theirs.push(await peer());
  }
  const of = (side: Measured[], what: keyof Measured) => median(side.map((each) => each[what]));
  const seconds = of(ours, 'seconds');
  const mebibytes = of(ours, 'mebibytes');
  return {
    name: `start (medians of ${RUNS} interleaved runs)`,
    peer: `${processTable.length} bare Express processes until all answer`,
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
        what: 'resident memory',
        ours: `${Math.round(mebibytes)} MB`,
        peer: `${Math.round(of(theirs, 'mebibytes'))} MB`,
        ratio: (mebibytes / of(theirs, 'mebibytes')).toFixed(1),
        budget: `≤ ${BUDGET.residentMebibytes} MB`,
        kept: mebibytes <= BUDGET.residentMebibytes,
      },
      ...faultSeconds.map(({ id, effect, clear }) => ({
        what: id,
        ours: `on ${effect.toFixed(1)} s, off ${clear.toFixed(1)} s`,
        peer: '–',
        ratio: '–',
        budget: `≤ ${BUDGET.faultSeconds} s each`,
        kept: effect <= BUDGET.faultSeconds && clear <= BUDGET.faultSeconds,
      })),
    ],
    raw: { ours, theirs, faultSeconds },
  };
}
