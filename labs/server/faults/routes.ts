import { Router } from 'express';
import { z } from 'zod';
import type { Faults } from '../contract.ts';
import { parse } from '../problem.ts';
import { faultAreas } from './catalogue.ts';
import type { FaultEngine } from './engine.ts';

const seed = z.number().int().min(0).max(4_294_967_295);

const faultRequest = z.strictObject({
  parameters: z.record(z.string(), z.unknown()).optional(),
  stopAfterSeconds: z.number().min(1).max(86_400).optional(),
  seed: seed.optional(),
  share: z.number().gt(0).max(1).optional(),
  schedule: z
    .strictObject({
      onSeconds: z.number().min(1).max(3600),
      offSeconds: z.number().min(1).max(3600),
      seed: seed.optional(),
    })
    .optional(),
});

/** The fault panel: what exists, what is on, on and off. */
export function faultRoutes(engine: FaultEngine): Router {
  const routes = Router();
  const faults = (): Faults => ({
    areas: [...faultAreas],
    catalogue: engine.catalogue(),
    active: engine.active(),
  });

  routes.get('/lab/faults', (_request, response) => {
    response.json(faults());
  });

  routes.post('/lab/faults/:id', async (request, response) => {
    response.json(await engine.on(request.params.id, parse(faultRequest, request.body ?? {})));
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
