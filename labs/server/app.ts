import express, { type Express } from 'express';
import { jsonBody } from './body.ts';
import { cleanRoutes } from './clean.ts';
import type { Events } from './events.ts';
import type { FaultEngine } from './faults/engine.ts';
import { faultRoutes } from './faults/routes.ts';
import type { Log } from './log.ts';
import { ownPagesOnly } from './own-pages-only.ts';
import { safeHeaders } from './page-headers.ts';
import { notFound, problemHandler } from './problem.ts';
import { processRoutes, type Processes } from './processes.ts';
import { progressRoutes } from './progress/routes.ts';
import type { ProgressStore } from './progress/store.ts';
import type { QuizControl } from './quiz/quiz.ts';
import { quizRoutes } from './quiz/routes.ts';
import { resetRoutes } from './reset.ts';
import { labRoutes } from './runs/routes.ts';
import type { LabRuns } from './runs/runs.ts';
import { sendRoutes, type SendCheckout } from './send.ts';
import type { Settings } from './settings.ts';
import { siteRoutes } from './site.ts';
import { statusRoutes } from './status.ts';
import { trafficRoutes, type TrafficControl } from './traffic.ts';
import { xrayRoutes } from './xray/routes.ts';
import { refusalRoutes, type ReadRefusals } from './xray/refusals.ts';
import { telemetryRoutes, type ReadTelemetry } from './xray/telemetry.ts';
import type { SendBytes } from './xray/wire.ts';

export interface LabDependencies {
  settings: Settings;
  log: Log;
  /** Epoch seconds. */
  now(): number;
  /** The shop may be sent requests: X-Ray has its sampling rules. */
  isReady(): boolean;
  engine: FaultEngine;
  traffic: TrafficControl;
  processes: Processes;
  send: SendCheckout;
  runs: LabRuns;
  quiz: QuizControl;
  store: ProgressStore;
  events: Events;
  /** One read operation of the X-Ray API, as bytes. */
  sendToXRay: SendBytes;
  readTelemetry: ReadTelemetry;
  readRefusals: ReadRefusals;
  /** The X-Ray API's store was emptied. */
  tracesForgotten(): void;
}

/** The control plane under `/lab` and the site beside it; everything it works with is handed in. */
export function createApp(lab: LabDependencies): Express {
  const app = express();
  app.disable('x-powered-by');

  app.get('/health', (_request, response) => {
    // So the supervisor knows that it is this process which answers.
    const word = process.env['LAB_PROCESS_WORD'];
    if (word) response.set('x-lab-process', word);
    if (lab.isReady()) response.json({ status: 'ok' });
    else response.status(503).json({ status: 'starting' });
  });

  app.use(ownPagesOnly(lab.settings.allowedHosts));
  app.use(safeHeaders);

  // Before the bodies are read: these are passed on as they are.
  app.use(xrayRoutes(lab.sendToXRay));
  app.use('/lab', (_request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    next();
  });
  // A file that is imported is read item by item.
  app.use(progressRoutes(lab.store, lab.quiz, lab.runs, lab.now));
  app.use('/lab', jsonBody);
  app.use(
    lab.events.routes,
    statusRoutes(lab.settings, lab.processes, lab.engine, lab.traffic),
    faultRoutes(lab.engine),
    trafficRoutes(lab.traffic),
    sendRoutes(lab.send),
    processRoutes(lab.processes),
    labRoutes(lab.runs),
    quizRoutes(lab.quiz),
    telemetryRoutes(lab.readTelemetry),
    refusalRoutes(lab.readRefusals),
    cleanRoutes(lab.settings.home),
    resetRoutes({ ...lab, xrayStore: lab.settings.xrayStore, emptied: lab.tracesForgotten }),
  );
  app.use('/lab', (request, _response, next) => {
    next(notFound('route', `${request.method} ${request.originalUrl}`, areas));
  });

  app.use(siteRoutes(lab.settings.siteDist));
  app.use(problemHandler(lab.log));
  return app;
}

const areas = [
  '/lab/status',
  '/lab/env',
  '/lab/events',
  '/lab/faults',
  '/lab/traffic',
  '/lab/send',
  '/lab/processes',
  '/lab/labs',
  '/lab/quiz/attempts',
  '/lab/progress',
  '/lab/xray/OPERATION',
  '/lab/telemetry',
  '/lab/refusals',
  '/lab/reset',
  '/lab/clean',
];
