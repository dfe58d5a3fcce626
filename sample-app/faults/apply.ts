import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from '../platform/errors.ts';
import { randomFrom } from '../random.ts';
import { planSchema, type Plan, type Primitive } from './primitives.ts';

/** A request that hangs is let go after this long, so that a caller without a timeout gets away in the end. */
const LONGEST_HANG_MILLISECONDS = 120_000;

type RequestPrimitive = Exclude<Primitive, { kind: 'capacity' }>;

/**
 * The plan of one service: `routes` (GET and PUT, for mounting at /_plan) and `apply`, the middleware that treats
 * requests as the plan says. A wrong plan is answered 400 with the field's name, and the running plan stays.
 */
export function planFor(service: string): { routes: Router; apply: RequestHandler } {
  let plan: Plan = { revision: 0, primitives: [] };
  let mine: RequestPrimitive[] = [];
  let random = randomFrom(0);

  const routes = Router();
  routes.use(express.json({ limit: '64kb' }));
  routes.get('/', (_request, response) => {
    response.json(plan);
  });
  routes.put('/', (request, response) => {
    plan = parse(planSchema, request.body);
    mine = plan.primitives
      .filter((primitive) => primitive.kind !== 'capacity')
      .filter((p) => p.service === service);
    // The same plan picks the same requests, counted from its arrival.
    random = randomFrom(plan.revision);
    response.json(plan);
  });

  const apply: RequestHandler = async (request, response, next) => {
    for (const primitive of mine) {
      if (!matches(primitive, request) || random() >= primitive.share) continue;
      switch (primitive.kind) {
        case 'delay': {
          const jitter = (random() * 2 - 1) * primitive.jitterMilliseconds;
          await sleep(Math.max(0, primitive.milliseconds + jitter));
          break;
        }
        case 'status':
          answer(response, primitive.status);
          return;
        case 'hang':
          hang(response);
          return;
      }
    }
    next();
  };
  return { routes, apply };
}

function matches({ method, path }: RequestPrimitive, request: Request): boolean {
  if (method !== undefined && method !== request.method) return false;
  return (
    path === undefined || request.path === path || request.path.startsWith(`${path.replace(/\/$/, '')}/`)
  );
}

function answer(response: Response, status: number): void {
  const reason = STATUS_CODES[status] ?? 'Failure';
  response.status(status).json({ error: reason.toLowerCase().replaceAll(' ', '-'), message: `${reason}.` });
}

function hang(response: Response): void {
  const letGo = setTimeout(() => response.destroy(), LONGEST_HANG_MILLISECONDS).unref();
  response.on('close', () => clearTimeout(letGo));
}
