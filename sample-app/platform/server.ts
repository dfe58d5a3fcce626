import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { planFor, type TracingConduct } from '../faults/plan/apply.ts';
import { accessLog } from './access-log.ts';
import { answerFor } from './errors.ts';
import { log } from './log.ts';
import { whoAnswers } from './who-answers.ts';

/** What tracing.ts offers a service. It is handed in, so that a service without tracing doesn't load the SDK. */
export interface Tracing {
  open(name: string): RequestHandler[];
  close(): ErrorRequestHandler;
  /** What can be changed about it while the service runs. */
  conduct: TracingConduct;
}

/**
 * A service: JSON in, JSON out, with a health check, traced when `tracing` is given. The order of the parts matters:
 *
 *   health, plan         before the segment opens: not part of any trace
 *   open segment         everything from here on is measured
 *   the access log       inside, for the trace id
 *   the body, the plan, the routes
 *   refusals (4xx)       answered before the SDK sees the error, which would call it a fault
 *   close segment        records the error as the segment's cause
 *   failures (5xx)
 */
export function service(name: string, tracing: Tracing | undefined, routes: (app: Express) => void): Express {
  const plan = planFor(name, tracing?.conduct);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  app.get('/health', (_request, response) => {
    response.set(whoAnswers()).json({ status: 'ok' });
  });
  app.use('/_plan', plan.routes);

  app.use(plan.onTheWay);
  if (tracing) app.use(...tracing.open(name));
  app.use(accessLog);
  app.use(express.json({ limit: '32kb' }));
  app.use(plan.apply);
  routes(app);
  app.use((request, response) => {
    response
      .status(404)
      .json({ error: 'not-found', message: `There is no ${request.method} ${request.path} here.` });
  });

  app.use(answerRefusals);
  if (tracing) app.use(tracing.close());
  app.use(answerFailures);
  return app;
}

const answerRefusals: ErrorRequestHandler = (error, _request, response, next) => {
  const { status, body } = answerFor(error);
  if (status >= 500 || response.headersSent) next(error);
  else response.status(status).json(body);
};

const answerFailures: ErrorRequestHandler = (error, request, response, next) => {
  const { status, body } = answerFor(error);
  log.error({ err: error, method: request.method, path: request.path, status }, body.message);
  if (response.headersSent) next(error);
  else response.status(status).json(body);
};
