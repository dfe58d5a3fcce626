/**
 * What tracing costs the shop: three labs side by side, idle but for the one that is measured, in turns. One traces every
 * request, one samples as X-Ray does by default (one a second, and 5 % of the rest), one runs without the SDK. Then what
 * memory the lab holds with every process started.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteSamplingRuleCommand, XRayClient } from '@aws-sdk/client-xray';
import { sendCheckout } from '@xray-lab/sample-app/traffic';
import type { LabProcess, LabStatus } from '@xray-lab/labs/server/contract';
import { supervisorHeaders } from '../scripts/supervisor-token.ts';
import { portOffsets } from '../scripts/supervisor/port-offsets.ts';
import { SUPERVISOR_PORT } from '../scripts/supervisor/table.ts';
import { eventually, startStack, type Stack } from '../tests/stack.ts';
import type { Bench, Row } from './bench.ts';
import { holdingOf, type Holding } from './holding.ts';
import { median, megabytes, percentileOf, ratio, RUNS, usageOf } from './measure.ts';

const CHECKOUTS = Number(process.env['BENCH_CHECKOUTS'] ?? 300);
/** Before the first measurement: modules are loaded, connections open. */
const WARM_UP_CHECKOUTS = 50;
/** Fewer than a machine with two processors can do, so that what is measured is the work and not the queue. */
const AT_ONCE = 2;
/** What was measured is still on its way to X-Ray. */
const SETTLE_MILLISECONDS = 2500;
const MEMORY_BUDGET_BYTES = 1024 ** 3;

type Mode = 'on' | 'sampled' | 'off';
const modes: readonly Mode[] = ['on', 'off', 'sampled'];

interface Measured {
  /** Milliseconds. */
  p50: number;
  p95: number;
  /** CPU seconds per 1,000 checkouts: of the services, and of the daemon and the API. */
  services: number;
  backend: number;
  /** Share of the checkouts that were sampled. */
  sampled: number;
}

export async function benchShop(): Promise<Bench> {
  const stacks = new Map<Mode, Stack>();
  try {
    for (const mode of modes) stacks.set(mode, await start(mode));
    const results: Record<Mode, Measured[]> = { on: [], off: [], sampled: [] };
    for (const mode of modes) await measure(stacks.get(mode)!, WARM_UP_CHECKOUTS);
    for (let run = 0; run < RUNS; run++)
      for (const mode of modes) results[mode].push(await measure(stacks.get(mode)!, CHECKOUTS));
    const memory = await everythingOn(stacks.get('on')!);
    return report(results, memory);
  } finally {
    for (const stack of stacks.values()) await stack.stop();
  }
}

/**
 * Every process of the next lab can run without the X-Ray SDK, and does from its next start on once `begin` was called: the
 * lab itself waits for a first trace. The supervisor takes no such variable from anybody, so they come with its own environment.
 */
function preloadUntraced() {
  const flag = join(tmpdir(), `xray-lab-untraced-${process.pid}`);
  rmSync(flag, { force: true });
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] =
    `${before ?? ''} --import ${new URL('./shop-untraced.mjs', import.meta.url).href}`.trim();
  process.env['BENCH_UNTRACED'] = flag;
  return {
    begin: () => writeFileSync(flag, ''),
    forget() {
      delete process.env['BENCH_UNTRACED'];
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    },
  };
}

async function start(mode: Mode): Promise<Stack> {
  const name = `bench-shop-${mode}` as const;
  const untraced = mode === 'off' ? preloadUntraced() : undefined;
  const stack = await startStack(name, 'own').finally(() => untraced?.forget());
  // The lab's own shoppers come when the shop opens; only then can they be sent away.
  await eventually('shoppers', async () => (await status(stack)).traffic.profile !== 'off', 40);
  await ask(stack, 'PUT', '/lab/traffic', { profile: 'off' });
  if (untraced) {
    untraced.begin();
    const supervisor = `http://127.0.0.1:${SUPERVISOR_PORT + portOffsets[name]}`;
    for (const { name } of (await status(stack)).processes.filter(isService)) {
      const answer = await fetch(`${supervisor}/processes/${name}/restart`, {
        method: 'POST',
        headers: supervisorHeaders(stack.home),
      });
      if (!answer.ok) throw new Error(`${name} could not be restarted: ${await answer.text()}`);
    }
  }
  if (mode === 'sampled') {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const xray = new XRayClient({ endpoint: stack.xray, region: 'us-east-1', credentials });
    await xray.send(new DeleteSamplingRuleCommand({ RuleName: 'lab-everything' }));
    // The SDK asks for rules when its process starts, and then every five minutes.
    await ask(stack, 'POST', '/lab/processes/gateway/restart');
  }
  await eventually('the shop is open', async () => (await status(stack)).ready, 40);
  return stack;
}

async function ask<Answer>(stack: Stack, method: string, path: string, body: object = {}): Promise<Answer> {
  const answer = await fetch(`${stack.lab}${path}`, {
    method,
    ...(method !== 'GET' && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const status = (stack: Stack) => ask<LabStatus>(stack, 'GET', '/lab/status');

/** The seven processes of the shop that a checkout goes through. */
const isService = ({ name, optional }: LabProcess) =>
  !optional && !['lab', 'dynamodb', 'xray-daemon', 'xray-api'].includes(name);

/** CPU seconds so far. */
async function cpu(stack: Stack): Promise<{ services: number; backend: number }> {
  const { processes } = await status(stack);
  const sum = (wanted: (process: LabProcess) => boolean) =>
    processes
      .filter((process) => process.pid !== undefined && wanted(process))
      .reduce((seconds, { pid }) => seconds + usageOf(pid!).cpuSeconds, 0);
  const isBackend = ({ name }: LabProcess) => name === 'xray-daemon' || name === 'xray-api';
  return {
    services: sum(isService),
    backend: sum(isBackend),
  };
}

async function measure(stack: Stack, checkouts: number): Promise<Measured> {
  const before = await cpu(stack);
  const times: number[] = [];
  let sampled = 0;
  let left = checkouts;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const began = performance.now();
        const {
          status: answered,
          traceId,
          body,
        } = await sendCheckout({
          gatewayUrl: stack.gateway,
          customerId: `c-${String(1 + (left % 40)).padStart(3, '0')}`,
        });
        if (answered !== 201) throw new Error(`A checkout was answered ${answered}: ${JSON.stringify(body)}`);
        times.push(performance.now() - began);
        if (traceId !== undefined) sampled++;
      }
    }),
  );
  await sleep(SETTLE_MILLISECONDS);
  const after = await cpu(stack);
  const perThousand = (seconds: number) => (seconds * 1000) / checkouts;
  return {
    p50: percentileOf(times, 0.5),
    p95: percentileOf(times, 0.95),
    services: perThousand(after.services - before.services),
    backend: perThousand(after.backend - before.backend),
    sampled: sampled / checkouts,
  };
}

/** What the lab holds with every optional process started and a busy shop; the supervisor is one of its processes. */
async function everythingOn(stack: Stack): Promise<Holding> {
  for (const { name, optional, state } of (await status(stack)).processes)
    if (optional && state === 'stopped') await ask(stack, 'POST', `/lab/processes/${name}/start`);
  await eventually(
    'every process runs',
    async () => (await status(stack)).processes.every(({ healthy }) => healthy),
    60,
  );
  await ask(stack, 'PUT', '/lab/traffic', { profile: 'busy' });
  await sleep(20_000);
  const { processes } = await status(stack);
  const { pid } = JSON.parse(readFileSync(join(stack.home, 'lab.pid'), 'utf8')) as { pid: number };
  return holdingOf([pid, ...processes.flatMap((process) => process.pid ?? [])]);
}

function report(results: Record<Mode, Measured[]>, memory: Holding): Bench {
  const of = (mode: Mode, pick: (measured: Measured) => number) => median(results[mode].map(pick));
  const row = (
    what: string,
    mode: Mode,
    pick: (measured: Measured) => number,
    show: (value: number) => string,
  ): Row => ({
    what,
    ours: show(of(mode, pick)),
    peer: show(of('off', pick)),
    ratio: ratio(of(mode, pick), of('off', pick)),
    budget: '–',
    kept: true,
  });
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const percent = (mode: Mode) => `${Math.round(100 * of(mode, ({ sampled }) => sampled))} %`;
  const rows = (mode: Mode, name: string) => [
    row(`checkout p50, ${name}`, mode, ({ p50 }) => p50, milliseconds),
    row(`checkout p95, ${name}`, mode, ({ p95 }) => p95, milliseconds),
    row(`CPU of the services per 1,000 checkouts, ${name}`, mode, ({ services }) => services, seconds),
    {
      ...row(
        `CPU of daemon and X-Ray API per 1,000 checkouts, ${name}`,
        mode,
        ({ backend }) => backend,
        seconds,
      ),
      ratio: '–',
    },
  ];
  return {
    name: `shop: ${CHECKOUTS} checkouts, ${AT_ONCE} at once, medians of ${RUNS} interleaved runs`,
    peer: 'the same shop without the X-Ray SDK',
    rows: [
      ...rows('on', 'every request sampled'),
      ...rows('sampled', 'default sampling'),
      {
        what: `memory, all ${memory.processes} processes, busy traffic`,
        ours: megabytes(memory.taken),
        peer: '–',
        ratio: '–',
        budget: `≤ ${megabytes(MEMORY_BUDGET_BYTES)}`,
        kept: memory.taken <= MEMORY_BUDGET_BYTES,
      },
      {
        what: 'the same, with what they share counted in each',
        ours: megabytes(memory.resident),
        peer: '–',
        ratio: '–',
        budget: '–',
        kept: true,
      },
    ],
    raw: { results, memory },
    notes: [
      'Memory is what the processes take from the machine: pages that they share, Node’s program above all, count once (PSS, which Linux tells).',
      `Sampled: ${percent('on')} of the checkouts, ${percent('sampled')} by default (1 a second and 5 % of the rest), ${percent('off')} without the SDK.`,
      'CPU is user and system time from /proc; what the daemon and the API use without the SDK is their idling.',
    ],
  };
}
