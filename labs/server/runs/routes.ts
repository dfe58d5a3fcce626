import { Router } from 'express';
import { z } from 'zod';
import { parse } from '../problem.ts';
import type { LabRuns } from './runs.ts';

const checkRequest = z.strictObject({
  answer: z.union([z.string().max(2000), z.number()], 'Give a text or a number.').optional(),
});

/** Labs: list, run, edits, check, hint, skip, solution. */
export function labRoutes(runs: LabRuns): Router {
  const routes = Router();

  routes.get('/lab/labs', (_request, response) => {
    response.json(runs.list());
  });

  routes.get('/lab/labs/:lab', (request, response) => {
    response.json(runs.view(request.params.lab));
  });

  routes.post('/lab/labs/:lab/start', async (request, response) => {
    response.json(await runs.start(request.params.lab));
  });

  routes.post('/lab/labs/:lab/reset', async (request, response) => {
    response.json(await runs.reset(request.params.lab));
  });

  routes.get('/lab/labs/:lab/edits', async (request, response) => {
    response.json(await runs.edits(request.params.lab));
  });

  routes.post('/lab/labs/:lab/edits/away', async (request, response) => {
    response.json(await runs.putAway(request.params.lab));
  });

  routes.get('/lab/labs/:lab/edits/:time', async (request, response) => {
    response.json(await runs.keptEdits(request.params.lab, request.params.time));
  });

  routes.post('/lab/labs/:lab/edits/:time/back', async (request, response) => {
    response.json(await runs.bringBack(request.params.lab, request.params.time));
  });

  routes.post('/lab/labs/:lab/conditions', async (request, response) => {
    response.json(await runs.restoreConditions(request.params.lab));
  });

  routes.post('/lab/labs/:lab/steps/:step/check', async (request, response) => {
    const { lab, step } = request.params;
    const { answer } = parse(checkRequest, request.body ?? {});
    response.json(await runs.check(lab, step, answer));
  });

  routes.post('/lab/labs/:lab/steps/:step/hint', (request, response) => {
    response.json(runs.hint(request.params.lab, request.params.step));
  });

  routes.post('/lab/labs/:lab/steps/:step/skip', (request, response) => {
    response.json(runs.skip(request.params.lab, request.params.step));
  });

  routes.post('/lab/labs/:lab/steps/:step/solution', (request, response) => {
    response.json(runs.solution(request.params.lab, request.params.step));
  });

  return routes;
}
