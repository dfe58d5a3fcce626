import { Router } from 'express';
import { z } from 'zod';
import type { Faults } from '../contract.ts';
import { parse } from '../problem.ts';
import type { FaultEngine } from './engine.ts';

const faultRequest = z.strictObject({
  parameters: z.record(z.string(), z.unknown()).optional(),
  stopAfterSeconds: z.number().min(1).max(86_400).optional(),
});

/** The fault panel: what exists, what is on, on and off. */
export function faultRoutes(engine: FaultEngine): Router {
  const routes = Router();
  const faults = (): Faults => ({ catalogue: engine.catalogue(), active: engine.active() });

  routes.get('/lab/faults', (_request, response) => {
    response.json(faults());
  });

  routes.post('/lab/faults/:id', async (request, response) => {
    const { parameters, stopAfterSeconds } = parse(faultRequest, request.body ?? {});
    const active = await engine.on(request.params.id, {
      ...(parameters !== undefined && { parameters }),
      ...(stopAfterSeconds !== undefined && { stopAfterSeconds }),
    });
    response.json(active);
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
