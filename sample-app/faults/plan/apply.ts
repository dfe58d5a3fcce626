import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { withComputingTime } from '../../platform/computing-time.ts';
import { parse } from '../../platform/errors.ts';
import { setFlags } from '../../platform/flags.ts';
import { setMissingIndexes } from '../../platform/indexes.ts';
import { leaveUncaptured } from '../../platform/http-client.ts';
import { randomFrom } from '../../random.ts';
import { setClockAhead } from './clock.ts';
import { planSchema, type Plan, type RequestPrimitive, type ServicePrimitive } from './primitives.ts';
import { workerQueue } from './worker-queue.ts';

/** A request that hangs is let go after this long, so that a caller without a timeout gets away in the end. */
const LONGEST_HANG_MILLISECONDS = 120_000;

/** What a plan can change about a service's tracing; see platform/tracing.ts. */
export interface TracingConduct {
  /** Begins a subsegment of the request in progress, for nobody to close. */
  leaveOpen(subsegment: string): void;
  /** Whether calls of AWS clients are recorded. */
  captureAws(wanted: boolean): void;
}

export interface AppliedPlan {
  /** GET and PUT, for mounting at /_plan. A wrong plan is answered 400 with the field's name, and the running one stays. */
  routes: Router;
  /** Before the segment opens: what happens to a request on its way in. */
  onTheWay: RequestHandler;
  /** Inside the segment, with the body read. */
  apply: RequestHandler;
}

/** The plan of one service, and the middleware that treats requests as it says. */
export function planFor(service: string, conduct?: TracingConduct): AppliedPlan {
  let plan: Plan = { revision: 0, primitives: [] };
  let mine: RequestPrimitive[] = [];
  let random = randomFrom(0);
  const queue = workerQueue();

  const routes = Router();
  routes.use(express.json({ limit: '64kb' }));
  routes.get('/', (_request, response) => {
    response.json(plan);
  });
  routes.put('/', (request, response) => {
    plan = parse(planSchema, request.body);
    const own = plan.primitives.filter((primitive) => primitive.service === service);
    mine = own.filter((primitive) => 'share' in primitive);
    setConduct(own, conduct);
    // The same plan picks the same requests, counted from its arrival.
    random = randomFrom(plan.revision);
    response.json(plan);
  });

  const isHit = (primitive: RequestPrimitive, request: Request) =>
    matches(primitive, request) && random() < primitive.share;

  const onTheWay: RequestHandler = (request, _response, next) => {
    for (const primitive of mine) {
      if (primitive.kind === 'lost-header' && isHit(primitive, request)) {
        delete request.headers['x-amzn-trace-id'];
      }
    }
    next();
  };

  const apply: RequestHandler = async (request, response, next) => {
    let goOn: () => void = next;
    for (const primitive of mine) {
      if (primitive.kind === 'lost-header' || !isHit(primitive, request)) continue;
      switch (primitive.kind) {
        case 'delay': {
          const jitter = (random() * 2 - 1) * primitive.jitterMilliseconds;
          await sleep(Math.max(0, primitive.milliseconds + jitter));
          break;
        }
        case 'busy':
          goOn = within(goOn, (next) => withComputingTime(primitive.work, primitive.milliseconds, next));
          break;
        case 'open-subsegment':
          conduct?.leaveOpen(primitive.name);
          break;
        case 'lost-context':
          goOn = within(goOn, (next) => queue.run(next));
          break;
        case 'status':
          answer(response, primitive.status);
          return;
        case 'exception':
          throw named(primitive.type, primitive.message);
        case 'hang':
          hang(response);
          return;
      }
    }
    goOn();
  };
  return { routes, onTheWay, apply };
}

/** What is not asked for goes back to how the service works by itself. */
function setConduct(own: readonly ServicePrimitive[], conduct: TracingConduct | undefined): void {
  const of = <Kind extends ServicePrimitive['kind']>(kind: Kind) =>
    own.filter(
      (primitive): primitive is Extract<ServicePrimitive, { kind: Kind }> => primitive.kind === kind,
    );
  const uncaptured = of('uncaptured').map(({ calls }) => calls);

  setFlags(of('flag').map(({ flag }) => flag));
  setMissingIndexes(of('missing-index').map(({ index }) => index));
  setClockAhead(of('clock').reduce((sum, { seconds }) => sum + seconds, 0));
  leaveUncaptured(uncaptured);
  conduct?.captureAws(!uncaptured.includes('aws'));
}

function matches({ method, path, when }: RequestPrimitive, request: Request): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (when !== undefined && memberOf(request.body, when.member) !== when.is) return false;
  return path === undefined || isAtOrBelow(path, request.path);
}

/** Compares part by part, so that /orders is not above /ordersheet. */
function isAtOrBelow(pattern: string, path: string): boolean {
  const parts = path.split('/');
  return pattern
    .replace(/\/$/, '')
    .split('/')
    .every((wanted, index) => parts[index] === wanted || (wanted === '*' && parts[index] !== undefined));
}

/** `card.brand` of a body; undefined where there is none. */
const memberOf = (body: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);

function answer(response: Response, status: number): void {
  const reason = STATUS_CODES[status] ?? 'Failure';
  response.status(status).json({ error: reason.toLowerCase().replaceAll(' ', '-'), message: `${reason}.` });
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

/** Both one way of going on and another, the later one outside. */
const within =
  (goOn: () => void, run: (next: () => void) => void): (() => void) =>
  () =>
    run(goOn);

function hang(response: Response): void {
  const letGo = setTimeout(() => response.destroy(), LONGEST_HANG_MILLISECONDS).unref();
  response.on('close', () => clearTimeout(letGo));
}
