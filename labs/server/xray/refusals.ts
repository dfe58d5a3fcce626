import { Router } from 'express';
import type { Refusals } from '../contract.ts';
import { unavailable } from '../problem.ts';
import { requestJson, whyNoAnswer } from '../request.ts';

/** Documents that the X-Ray API refused. Throws a 503 when it does not answer, or shows none because it is not the lab's. */
export type ReadRefusals = () => Promise<Refusals>;

/** @param timeoutMilliseconds an API that hangs is one that does not answer */
export function refusalsReader(xrayEndpoint: string, timeoutMilliseconds = 2000): ReadRefusals {
  const url = new URL('/_lab/refusals', xrayEndpoint).href;
  return async () => {
    const answer = await requestJson('GET', url, { timeoutMilliseconds }).catch((error: unknown) => {
      throw unavailable(
        `The X-Ray API does not answer (${whyNoAnswer(error)}).`,
        'Run `npm run lab -- start xray-api`.',
      );
    });
    if (answer.status === 200) return answer.body as Refusals;
    // Something answers, and is not the lab's own: what it refused is told to who sent it only.
    return { Since: 0, Count: 0, Refusals: [] };
  };
}

/** `GET /lab/refusals`, for pages. */
export function refusalRoutes(read: ReadRefusals): Router {
  const routes = Router();
  routes.get('/lab/refusals', async (_request, response) => {
    response.json(await read());
  });
  return routes;
}
