/**
 * A workshop's day in a hurry: so many checkouts as learners send in a day, one after another, and what memory each process
 * of the lab takes at ten points on the way. What grows all day long shows as a last half that is larger than the first.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendCheckout } from '@xray-lab/sample-app/traffic';
import type { LabStatus } from '@xray-lab/labs/server/contract';
import { memoryOf, memoryTaken } from '../scripts/supervisor/memory.ts';
import type { StackName } from '../scripts/supervisor/port-offsets.ts';
import { startStack, type Stack } from '../tests/stack.ts';
import type { Bench, Row } from './bench.ts';
import { megabytes, thousands } from './measure.ts';

/** Twenty learners, eight hours, ten checkouts a minute each. */
const DAY_CHECKOUTS = 100_000;
/** How often memory is read, at even distances. */
const POINTS = 10;
/** Of these points, the first that the last is compared with: whatever a process loads or keeps at first is there by then. */
const SETTLED_POINT = 5;
/** By how much all processes together may have grown since then. */
const MOST_GROWTH = 0.1;
/** As many as wait for an answer at a time. */
const AT_ONCE = 4;
/** What was sent is still on its way to X-Ray. */
const SETTLE_MILLISECONDS = 3000;
/** Memory is read so often at a point, and the least counts: garbage comes and goes. */
const READINGS = 3;

/** What every process takes from the machine (PSS where the system tells), bytes by name, and all of them together. */
export interface SoakPoint {
  checkouts: number;
  /** Checkouts that were not answered 201, since the start. */
  failed: number;
  bytes: Readonly<Record<string, number>>;
  total: number;
}

/**
 * Sends the checkouts to a lab of its own, whose shoppers stay away, and reads its memory on the way.
 *
 * @param onPoint Told of each point when it is reached.
 * @throws Error when the lab does not start.
 */
export async function soak(
  name: StackName,
  checkouts: number,
  onPoint: (point: SoakPoint) => void = () => {},
): Promise<SoakPoint[]> {
  const stack = await startStack(name, 'own');
  try {
    await stack.cli('traffic', 'off');
    const points: SoakPoint[] = [];
    let failed = 0;
    let sent = 0;
    for (let index = 1; index <= POINTS; index++) {
      const target = Math.round((checkouts * index) / POINTS);
      const customer = async () => {
        while (sent < target) {
          const customerId = `c-${String((sent++ % 40) + 1).padStart(3, '0')}`;
          const { status } = await sendCheckout({ gatewayUrl: stack.gateway, customerId });
          if (status !== 201) failed++;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, customer));
      const bytes = await settledMemory(stack);
      const total = Object.values(bytes).reduce((sum, each) => sum + each, 0);
      const point = { checkouts: target, failed, bytes, total };
      points.push(point);
      onPoint(point);
    }
    return points;
  } finally {
    await stack.stop();
  }
}

/** Growth of all processes together between two points, as a share: 0.1 is ten per cent more. */
export const growthBetween = (first: SoakPoint, last: SoakPoint): number => last.total / first.total - 1;

async function settledMemory(stack: Stack): Promise<Record<string, number>> {
  const least: Record<string, number> = {};
  for (let reading = 0; reading < READINGS; reading++) {
    await sleep(SETTLE_MILLISECONDS / READINGS);
    for (const [process, pid] of await pidsOf(stack)) {
      const memory = await memoryOf(pid);
      if (memory) least[process] = Math.min(least[process] ?? Infinity, memoryTaken(memory));
    }
  }
  return least;
}

async function pidsOf(stack: Stack): Promise<[string, number][]> {
  const { processes } = (await (await fetch(`${stack.lab}/lab/status`)).json()) as LabStatus;
  const { pid } = JSON.parse(readFileSync(join(stack.home, 'lab.pid'), 'utf8')) as { pid: number };
  return [
    ['supervisor', pid],
    ...processes.flatMap(({ name, pid }): [string, number][] => (pid ? [[name, pid]] : [])),
  ];
}

/** @param checkouts Default: a day's, which take half an hour of two processors. */
export async function benchSoak(checkouts = DAY_CHECKOUTS): Promise<Bench> {
  const points = await soak('bench', checkouts, ({ checkouts, failed, total, bytes }) => {
    const each = Object.entries(bytes).map(([name, value]) => `${name} ${megabytes(value)}`);
    console.log(
      `${thousands(checkouts)} checkouts (${failed} failed): ${megabytes(total)} – ${each.join(', ')}`,
    );
  });
  const [settled, last] = [points[SETTLED_POINT - 1]!, points.at(-1)!];
  const row = (what: string, before: number, after: number, budget?: number): Row => ({
    what,
    ours: megabytes(after),
    peer: megabytes(before),
    ratio: (after / before).toPrecision(3),
    budget: budget === undefined ? '–' : `≤ ${budget.toFixed(2)} × the peer`,
    kept: budget === undefined || after / before <= budget,
  });
  return {
    name: `soak (${thousands(checkouts)} checkouts, ${last.failed} of them failed)`,
    peer: `the same lab after ${thousands(settled.checkouts)} checkouts`,
    rows: [
      row('all processes', settled.total, last.total, 1 + MOST_GROWTH),
      ...Object.keys(last.bytes).map((name) => row(name, settled.bytes[name] ?? 0, last.bytes[name]!)),
    ],
    raw: points,
    notes: [
      `Memory is what each process takes from the machine (PSS where the system tells), the least of ${READINGS} readings at each point.`,
    ],
  };
}
