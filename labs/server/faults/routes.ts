import { Router, type Request } from 'express';
import type { Faults } from '../contract.ts';
import { badRequest, parse } from '../problem.ts';
import { faultAreas } from './catalogue.ts';
import type { FaultEngine } from './engine.ts';
import { faultRequest, faultSettings } from './request.ts';

/** The fault panel: what exists, what is on, on and off. */
export function faultRoutes(engine: FaultEngine): Router {
  const routes = Router();
  const faults = (): Faults => ({
    areas: [...faultAreas],
    catalogue: engine.catalogue(),
    settings: faultSettings,
    active: engine.active(),
  });

  routes.get('/lab/faults', (_request, response) => {
    response.json(faults());
  });

  routes.post('/lab/faults/:id', async (request, response) => {
    response.json(await engine.on(request.params.id, parse(faultRequest, bodyOf(request))));
  });

  routes.delete('/lab/faults/:id', async (request, response) => {
    await engine.off(request.params.id);
    response.json(faults());
  });

  routes.delete('/lab/faults', async (_request, response) => {
    await engine.offAll();
    response.json(faults());
  });

  return routes;
}

/** What was sent of another type is not read; taken for an empty body, it would switch on something else than was meant. */
function bodyOf(request: Request): unknown {
  const isSent = request.get('transfer-encoding') !== undefined || Number(request.get('content-length')) > 0;
  if (isSent && request.body === undefined)
    throw badRequest('body', 'The body is not of the type JSON.', 'Send Content-Type: application/json.');
  return request.body ?? {};
}
