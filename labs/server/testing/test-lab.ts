import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Lab } from '@xray-lab/labs/kit';
import { pass, fail, cannotTell } from '@xray-lab/labs/kit';
import { bank } from '@xray-lab/quiz';
import type { Fault } from '@xray-lab/sample-app/faults';
import { createApp } from '../app.ts';
import type { LabProcess, LabRun, Sent } from '../contract.ts';
import { createEvents } from '../events.ts';
import { createFaultEngine } from '../faults/engine.ts';
import { createPlanTarget } from '../faults/plan-target.ts';
import { createCapacityTarget } from '../faults/table-capacity.ts';
import { silent } from '../log.ts';
import { notFound } from '../problem.ts';
import { openProgressStore, type ProgressStore } from '../progress/store.ts';
import { createLiveLab } from '../quiz/live-lab.ts';
import { createQuiz, type QuizControlOptions } from '../quiz/quiz.ts';
import { editsIn } from '../runs/edits.ts';
import { createLabRuns, type LabRunsOptions } from '../runs/runs.ts';
import { readSettings } from '../settings.ts';
import { trafficControl } from '../traffic.ts';
import type { SendBytes } from '../xray/wire.ts';
import type { ReadRefusals } from '../xray/refusals.ts';
import type { ReadTelemetry } from '../xray/telemetry.ts';
import { fakeService } from './fake-service.ts';
import { fakeTables } from './fake-tables.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests read members of any answer
}

export const slowFault: Fault = {
  id: 'slow',
  title: 'Payment is slow',
  area: 'payment',
  inTheWild: 'A disk is full.',
  services: ['payment'],
  parameters: z.object({ share: z.number().min(0).max(1).default(1) }),
  primitives: ({ share }) => [{ kind: 'hang', service: 'payment', share: Number(share) }],
  signature: { filter: 'service("payment") { fault }', atLeast: 1, shows: 'appears', withinSeconds: 3 },
  lookFor: 'Red.',
};

type Verdict = 'pass' | 'fail' | 'cannot-tell';
/** By step: a verdict, or one that a test makes wait. */
export type Verdicts = Record<string, Verdict | Promise<Verdict>>;

/** A lab of three steps whose checks say what the test has put into `verdicts`. */
export function smallLab(verdicts: Verdicts): Lab {
  const check = (id: string) => async () => {
    const evidence = {
      lookedFor: `a trace for ${id}`,
      found: 'one',
      traceIds: ['1-65ff0a1b-0123456789abcdef01234567'],
    };
    const verdict = (await verdicts[id]) ?? 'fail';
    if (verdict === 'pass') return pass('It is there.', evidence);
    if (verdict === 'fail') return fail('It is not there.', evidence);
    return cannotTell('Nothing came.', { ...evidence, remedy: 'npm run lab -- send' });
  };
  return {
    id: '09-small',
    title: 'A small lab',
    summary: 'For tests.',
    minutes: 5,
    level: 'beginner',
    maps: { c02: ['1.1'], c03: ['1.1'] },
    requires: ['payment'],
    faults: [{ id: 'slow', parameters: { share: 0.5 } }],
    traffic: 'busy',
    edits: ['services/payment/provider.ts'],
    steps: [
      {
        id: 'see',
        title: 'See',
        goal: 'See it.',
        kind: 'do',
        points: 50,
        hints: ['one', 'two', 'three'],
        solution: 'Look.',
        check: check('see'),
      },
      {
        id: 'count',
        title: 'Count',
        goal: 'Count it.',
        kind: 'answer',
        answer: { type: 'number', label: 'How many', unit: 'traces' },
        points: 30,
        hints: ['one', 'two', 'three'],
        solution: 'Three.',
        check: check('count'),
      },
      {
        id: 'name',
        title: 'Name',
        goal: 'Name it.',
        kind: 'answer',
        answer: { type: 'choice', label: 'Which', choices: ['gateway → order', 'order → payment'] },
        points: 20,
        hints: ['one', 'two', 'three'],
        solution: 'The second.',
        check: check('name'),
      },
    ],
  };
}

const emptyReader = { summaries: async () => [], traces: async () => [], graph: async () => [] };

/** The whole control plane on a free port, with everything outside it replaced and visible. */
export async function testLab(
  options: {
    sendToXRay?: SendBytes;
    readTelemetry?: ReadTelemetry;
    readRefusals?: ReadRefusals;
    siteDist?: string;
    allowedHosts?: string;
    quiz?: QuizControlOptions['engine'];
    /** Changes what the lab remembers with, to make it fail. */
    store?: (store: ProgressStore) => ProgressStore;
    /** Instead of `smallLab` alone, for which the verdicts are. */
    labs?: (verdicts: Verdicts) => Lab[];
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'lab-server-'));
  const sampleApp = join(folder, 'shop');
  const clock = { now: 1_700_000_000 };
  const ready = { isReady: true };
  const now = () => clock.now;
  const payment = await fakeService();
  const tables = fakeTables({ orders: { readUnits: 100, writeUnits: 200 } });
  const settings = {
    ...readSettings({
      LAB_HOME: join(folder, 'home'),
      LAB_SAMPLE_APP: sampleApp,
      SITE_DIST: options.siteDist ?? join(folder, 'no-site'),
      LAB_ALLOWED_HOSTS: options.allowedHosts ?? '',
    }),
    version: '0.0.0-test',
  };

  const processes: LabProcess[] = [
    {
      name: 'payment',
      role: 'charges',
      state: 'running',
      healthy: true,
      address: payment.url,
      restarts: 0,
      memoryBytes: 40e6,
      pid: 7,
    },
    {
      name: 'lab',
      role: 'control plane',
      state: 'running',
      healthy: true,
      address: 'http://127.0.0.1:4321',
      restarts: 0,
      memoryBytes: 60e6,
      pid: 8,
    },
  ];
  const acts: string[] = [];
  const sends: object[] = [];
  const verdicts: Verdicts = {};
  const opened = openProgressStore(':memory:', now);
  const store = options.store?.(opened) ?? opened;
  const engine = createFaultEngine({
    faults: [slowFault],
    targets: [
      createPlanTarget('payment', payment.url),
      createCapacityTarget('orders', { readUnits: 100, writeUnits: 200 }, tables),
    ],
    now,
    intervalMilliseconds: 20,
    changed: (active) => {
      events.publish('faults', active);
      runs.faultsChanged();
    },
  });
  let profile = 'calm';
  const traffic = trafficControl(
    { setProfile: (name) => (profile = name), snapshot: () => ({ profile, sent: 3, answered: { ok: 3 } }) },
    [
      { name: 'calm', title: 'A quiet day', requestsPerMinute: 90 },
      { name: 'busy', title: 'A busy day', requestsPerMinute: 360 },
    ],
    (state) => events.publish('traffic', state),
  );
  /** What the project has for a file, where somebody can tell. */
  const project = new Map<string, Buffer>();
  let runsStarted = 0;
  /** What the shop's file said, and which run there was, each time that the services were made to run it. */
  const codeRun: { code: string | undefined; nonce: string | undefined }[] = [];
  const presentCode = async () => {
    const file = join(sampleApp, 'services/payment/provider.ts');
    const code = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    codeRun.push({ code, nonce: runs.active()?.nonce });
  };
  const telling = { told: (_run: LabRun): void => {} };
  const runsOptions: LabRunsOptions = {
    labs: options.labs?.(verdicts) ?? [smallLab(verdicts)],
    store,
    engine,
    traffic,
    edits: editsIn(settings, now, { version: '1', read: async (file) => project.get(file) }),
    xray: emptyReader,
    processes: async () => processes,
    presentCode,
    now,
    changed: (run) => {
      events.publish('lab', run);
      telling.told(run);
    },
    nonce: () => `r-${++runsStarted}`,
    settleMilliseconds: 5,
  };
  const runs = createLabRuns(runsOptions);
  const quiz = createQuiz({
    store,
    now,
    lab: createLiveLab({ engine, traffic, runs, reader: emptyReader, presentCode }),
    changed: (attempts) => events.publish('quiz', attempts),
    engine: { bank: bank.slice(0, 2), generators: [], ...options.quiz },
  });
  const events = createEvents(async () => ({ faults: engine.active(), traffic: traffic.snapshot() }), 20);
  let forgotten = 0;
  const app = createApp({
    settings,
    log: silent,
    now,
    isReady: () => ready.isReady,
    engine,
    traffic,
    processes: {
      list: async () => processes,
      async act(name, action) {
        const found = processes.find((process) => process.name === name);
        acts.push(`${action} ${name}`);
        if (name === 'xray-api') return { ...processes[0]!, name };
        if (!found)
          throw notFound(
            'process',
            name,
            processes.map((process) => process.name),
          );
        return found;
      },
      log: async (name, lines) => ({ lines: [`${name}: the last of ${lines}`] }),
    },
    async send(request): Promise<Sent> {
      sends.push(request);
      return {
        status: 201,
        traceId: '1-65ff0a1b-0123456789abcdef01234567',
        orderId: 'A1',
        durationMilliseconds: 38,
        body: {},
      };
    },
    runs,
    quiz,
    store,
    events,
    sendToXRay: options.sendToXRay ?? (async () => Promise.reject(new Error('no X-Ray API in this test'))),
    readTelemetry:
      options.readTelemetry ??
      (async ({ start = 0, end = 0 }) => ({
        StartTime: start,
        EndTime: end,
        TelemetryRecords: [],
        IsTruncated: false,
      })),
    readRefusals: options.readRefusals ?? (async () => ({ Since: 0, Count: 0, Refusals: [] })),
    tracesForgotten: () => forgotten++,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    folder,
    sampleApp,
    settings,
    clock,
    ready,
    payment,
    tables,
    engine,
    runs,
    runsOptions,
    store,
    events,
    quiz,
    verdicts,
    processes,
    acts,
    sends,
    codeRun,
    project,
    forgotten: () => forgotten,
    /** Called with what open pages are told of a run. */
    set told(listener: (run: LabRun) => void) {
      telling.told = listener;
    },
    async ask(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ): Promise<Answer> {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    write(file: string, text: string): void {
      writeFileSync(file, text);
    },
    async close(): Promise<void> {
      events.close();
      runs.close();
      await quiz.close();
      await engine.close();
      await payment.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestLab = Awaited<ReturnType<typeof testLab>>;
