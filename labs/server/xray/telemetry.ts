import { Router } from 'express';
import { z } from 'zod';
import type { Telemetry } from '../contract.ts';
import { badRequest, parse, unavailable } from '../problem.ts';
import { requestJson, whyNoAnswer } from '../request.ts';

/** Between two moments, epoch seconds; without them the X-Ray API takes the last hour. */
export interface TelemetryWindow {
  start?: number | undefined;
  end?: number | undefined;
}

/** What daemons told of themselves. Throws a 400 for a window that the X-Ray API refuses, a 503 when it shows nothing. */
export type ReadTelemetry = (window: TelemetryWindow) => Promise<Telemetry>;

/** Telemetry through the lab's own X-Ray API: AWS has no operation that shows it, and neither has its client. */
export function telemetryReader(xrayEndpoint: string): ReadTelemetry {
  return async (window) => {
    const url = new URL('/_lab/telemetry', xrayEndpoint);
    for (const [name, seconds] of Object.entries(window))
      if (seconds !== undefined) url.searchParams.set(name, String(seconds));

    const answer = await requestJson('GET', url.href, { timeoutMilliseconds: 5000 }).catch(
      (error: unknown) => {
        throw unavailable(
          `The X-Ray API does not answer (${whyNoAnswer(error)}).`,
          'Run `npm run lab -- start xray-api`.',
        );
      },
    );
    if (answer.status === 200) return answer.body as Telemetry;
    const { Message = 'nothing more' } = (answer.body ?? {}) as { Message?: string };
    if (answer.status === 400) throw badRequest('start', Message);
    throw unavailable(
      `What answers on ${url.host} shows no telemetry (status ${answer.status}: ${Message}).`,
      'Only the X-Ray API of the lab shows it: look at AWS_ENDPOINT_URL_XRAY.',
    );
  };
}

const seconds = z.string().trim().min(1).pipe(z.coerce.number('must be epoch seconds')).optional();
const query = z.strictObject({ start: seconds, end: seconds });

/** `GET /lab/telemetry?start=&end=`, for pages, checks and the command line. */
export function telemetryRoutes(read: ReadTelemetry): Router {
  const routes = Router();
  routes.get('/lab/telemetry', async (request, response) => {
    response.json(await read(parse(query, request.query)));
  });
  return routes;
}
