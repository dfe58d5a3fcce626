import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labs } from '@xray-lab/labs/catalogue';
import { xrayReader } from '@xray-lab/labs/kit';
import { faults, tables } from '@xray-lab/sample-app/faults';
import { sendCheckout, startExtraClient, startTraffic, trafficProfiles } from '@xray-lab/sample-app/traffic';
import { logOutput } from '@xray-lab/xray/log-output';
import { pino } from 'pino';
import { supervisorHeaders } from '../../scripts/supervisor-token.ts';
import { withAlias } from './addresses.ts';
import { createApp } from './app.ts';
import { createEvents } from './events.ts';
import { createFaultEngine } from './faults/engine.ts';
import { storedLeftovers } from './faults/leftovers.ts';
import { faultTargets } from './faults/targets.ts';
import { isAsItShouldBe, supervisedProcesses } from './processes.ts';
import { openProgressStore } from './progress/store.ts';
import { ProgressUnusable } from './progress/trouble.ts';
import { createLiveLab } from './quiz/live-lab.ts';
import { createQuiz } from './quiz/quiz.ts';
import { requestJson } from './request.ts';
import { runPresentCode } from './runs/present-code.ts';
import { editsIn } from './runs/edits.ts';
import { createLabRuns, usualTraffic } from './runs/runs.ts';
import { watchTraces } from './runs/watch.ts';
import type { SendCheckout } from './send.ts';
import { readSettings, type Settings } from './settings.ts';
import { memoryBytesOf } from './status.ts';
import { trafficControl } from './traffic.ts';
import { xrayClient } from './xray/client.ts';
import { createSamplingRule } from './xray/sampling-rule.ts';
import { watchPulse } from './xray/pulse.ts';
import { refusalsReader } from './xray/refusals.ts';
import { telemetryReader } from './xray/telemetry.ts';

const log = pino({ name: 'lab' }, logOutput('lab'));
const now = () => Date.now() / 1000;

/** How long a run that nobody looks at is still checked by itself. */
const ATTENTION_SECONDS = 15 * 60;

/**
 * Until the sampling rule is there, or X-Ray has not answered for so long, the lab calls itself not healthy, and nobody
 * sends the shop a request: at its first one the SDK reads the rules, and then not for five minutes.
 */
const PATIENCE_WITH_XRAY_MILLISECONDS = 10_000;

/** The run's faults come back after this time, so that the shop's first trace after a start is a healthy one. */
const RESUME_AFTER_MILLISECONDS = 20_000;

try {
  await main(readSettings(process.env));
} catch (error) {
  log.fatal(
    error instanceof ProgressUnusable
      ? `${error.message} ${error.remedy}`
      : error instanceof Error
        ? error.message
        : String(error),
  );
  process.exit(1);
}

async function main(settings: Settings): Promise<void> {
  const closing = new AbortController();
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: closing.signal });

  const store = openProgressStore(join(settings.home, 'progress.sqlite'), now);
  const processes = supervisedProcesses(settings.supervisors, () => supervisorHeaders(settings.home));
  const xray = xrayClient(settings);
  const reader = xrayReader(xray.read);
  const readTelemetry = telemetryReader(settings.xrayEndpoint);
  const readRefusals = refusalsReader(settings.xrayEndpoint);

  const nonce = () => liveLab.nonce() ?? runs.active()?.nonce;
  const seams = faultTargets({
    settings,
    tables,
    processes,
    xray,
    come: (client) => startExtraClient(settings.gatewayUrl, client, nonce),
  });
  const engine = createFaultEngine({
    faults,
    targets: seams.targets,
    now,
    changed: (active) => {
      events.publish('faults', active);
      runs.faultsChanged();
    },
    processes: processes.list,
    leftovers: storedLeftovers(store, now),
  });

  const shoppers = startTraffic({
    gatewayUrl: settings.gatewayUrl,
    profile: 'off',
    run: nonce,
  });
  const traffic = trafficControl(shoppers, [...trafficProfiles], (state) => events.publish('traffic', state));

  const runs = createLabRuns({
    labs,
    store,
    engine,
    traffic,
    edits: editsIn(settings, now),
    xray: reader,
    telemetry: readTelemetry,
    processes: processes.list,
    presentCode: () => runPresentCode(processes),
    now,
    changed: (run) => events.publish('lab', run),
  });
  const liveLab = createLiveLab({
    engine,
    traffic,
    runs,
    reader,
    presentCode: () => runPresentCode(processes),
  });
  const quiz = createQuiz({
    store,
    lab: liveLab,
    now,
    changed: (attempts) => events.publish('quiz', attempts),
  });

  const events = createEvents(async () => {
    const [all, active] = [await processes.list(), runs.active()];
    return {
      status: { processes: all, memoryBytes: memoryBytesOf(all) },
      faults: engine.active(),
      traffic: traffic.snapshot(),
      ...(active && { lab: runs.view(active.lab) }),
    };
  });

  const send: SendCheckout = ({ customerId = 'you', items }) =>
    sendCheckout({
      gatewayUrl: settings.gatewayUrl,
      customerId,
      ...(items && { items }),
      run: runs.active()?.nonce,
    });

  const ensureSamplingRule = () =>
    createSamplingRule(xray, () => pause(200), log).catch((error: unknown) => {
      if (!closing.signal.aborted) log.error({ err: error }, 'the sampling rule could not be created');
    });

  let isReady = false;
  const app = createApp({
    settings,
    log,
    now,
    isReady: () => isReady,
    engine,
    traffic,
    processes,
    send,
    runs,
    quiz,
    store,
    events,
    sendToXRay: xray.wire.send,
    readTelemetry,
    readRefusals,
    tracesForgotten: () => void ensureSamplingRule(),
  });

  const server = createServer(app);
  // First of all the port: a second lab by mistake must not touch the plans of the one that runs.
  await listening(server, settings);
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : settings.port;
  log.info({ host: settings.host, port }, `lab listens on http://${settings.host}:${port}`);

  engine.start();
  void Promise.race([ensureSamplingRule(), pause(PATIENCE_WITH_XRAY_MILLISECONDS)])
    .catch(() => {})
    .finally(() => (isReady = true));
  void whenReady().catch(() => {});

  // Every two seconds, so not through AWS's client: decoding the summaries of busy traffic would keep this process busy.
  const oftenRead = xrayReader(xray.wire.sendJson);
  const stopWatching = watchTraces({
    traceIds: async (start, end) => (await oftenRead.summaries({ start, end })).map(({ Id }) => Id),
    wanted: () => {
      const active = runs.active();
      return events.listeners() > 0 || (active !== undefined && now() - active.touchedAt < ATTENTION_SECONDS);
    },
    async arrived(traces) {
      events.publish('traces', traces);
      await runs.recheck();
    },
    now,
  });

  const stopPulse = watchPulse({
    refusals: readRefusals,
    telemetry: readTelemetry,
    wanted: () => events.listeners() > 0,
    publish: (pulse) => events.publish('xray', pulse),
    now,
  });

  const ticker = setInterval(async () => {
    if (events.listeners() === 0) return;
    const all = await processes.list();
    events.publish('status', { processes: all, memoryBytes: memoryBytesOf(all) });
    events.publish('traffic', traffic.snapshot());
  }, 2000);

  /** Shoppers come when the shop is open: a half-started shop would fill the first minute with faults. */
  async function whenReady(): Promise<void> {
    const before = runs.active()?.nonce;
    const patienceEnds = now() + 20;
    while (!(await shopIsOpen(now() > patienceEnds))) await pause(250);
    if (traffic.snapshot().profile === 'off') traffic.setProfile(usualTraffic);
    await pause(RESUME_AFTER_MILLISECONDS);
    if (before !== undefined && runs.active()?.nonce === before) await runs.resume();
  }

  async function shopIsOpen(gatewayIsEnough: boolean): Promise<boolean> {
    const all = await processes.list();
    if (all.length > 0 && !gatewayIsEnough) return all.every(isAsItShouldBe);
    const health = `${withAlias(settings.gatewayUrl, settings.aliases)}/health`;
    return requestJson('GET', health).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  async function close(): Promise<void> {
    closing.abort();
    clearInterval(ticker);
    stopWatching();
    stopPulse();
    shoppers.stop();
    runs.close();
    events.close();
    server.close();
    server.closeIdleConnections();
    await Promise.race([quiz.close().then(() => engine.close()), sleep(1500)]);
    server.closeAllConnections();
    seams.close();
    xray.close();
    store.close();
    process.exit(0);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void close());
}

/** Rejects with one sentence when the port can't be had. */
function listening(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = 'because another program does. Stop it, or set LAB_PORT_OFFSET.';
      const why = error.code === 'EADDRINUSE' ? `, ${taken}` : `: ${error.message}.`;
      reject(new Error(`lab can't listen on ${host}:${port}${why}`));
    });
    server.listen(port, host, resolve);
  });
}
