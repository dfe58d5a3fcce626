import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { z } from 'zod';
import type { LabProcess, ProcessLog } from './contract.ts';
import { conflict, notFound, parse, ProblemError, unavailable } from './problem.ts';
import { requestJson, whyNoAnswer } from './request.ts';
import type { Problem } from './contract.ts';

export type ProcessAction = 'start' | 'stop' | 'restart';

export interface Processes {
  /** Every process of every supervisor, in their order. One whose supervisor is silent is shown as not healthy. */
  list(): Promise<LabProcess[]>;
  /**
   * Resolves when the process has stopped, is healthy, has crashed, or after ten seconds. Throws a 404 that lists the
   * processes, or a 503 when the supervisor does not answer. `variables` are the ones the process gets besides its own
   * from this start on; without them it keeps those it was given last.
   */
  act(name: string, action: ProcessAction, variables?: Readonly<Record<string, string>>): Promise<LabProcess>;
  log(name: string, lines: number): Promise<ProcessLog>;
}

const START_PATIENCE_MILLISECONDS = 10_000;
const START_POLL_MILLISECONDS = 100;

/**
 * The processes, through the supervisors that run them: one with `npm start`, one per container in compose.
 *
 * @param headers What lets this process in there, asked for at each request.
 */
export function supervisedProcesses(
  supervisors: readonly string[],
  headers: () => Record<string, string> = () => ({}),
): Processes {
  const lastSeen = new Map<string, LabProcess[]>();

  async function of(supervisor: string): Promise<LabProcess[]> {
    try {
      const { status, body } = await requestJson('GET', `${supervisor}/processes`, { headers: headers() });
      if (status !== 200) throw new Error(`it answered ${status}`);
      const processes = body as LabProcess[];
      lastSeen.set(supervisor, processes);
      return processes;
    } catch (error) {
      const reason = `Its supervisor on ${supervisor} does not answer (${whyNoAnswer(error)}).`;
      return (lastSeen.get(supervisor) ?? []).map((process) => ({ ...process, healthy: false, reason }));
    }
  }

  async function supervisorOf(name: string): Promise<string> {
    const lists = await Promise.all(
      supervisors.map(async (supervisor) => ({ supervisor, processes: await of(supervisor) })),
    );
    const found = lists.find(({ processes }) => processes.some((process) => process.name === name));
    if (found) return found.supervisor;
    const names = lists.flatMap(({ processes }) => processes.map((process) => process.name));
    if (names.length === 0) throw noSupervisor(supervisors.join(', '), 'no answer');
    throw notFound('process', name, names);
  }

  async function ask(
    name: string,
    method: string,
    rest: string,
    timeoutMilliseconds: number,
    body?: object,
  ): Promise<unknown> {
    const supervisor = await supervisorOf(name);
    const url = `${supervisor}/processes/${encodeURIComponent(name)}/${rest}`;
    const answer = await requestJson(method, url, { timeoutMilliseconds, body, headers: headers() }).catch(
      (error: unknown) => {
        throw noSupervisor(supervisor, whyNoAnswer(error));
      },
    );
    if (answer.status >= 300) throw new ProblemError(answer.status, answer.body as Problem);
    return answer.body;
  }

  const list = async () => (await Promise.all(supervisors.map(of))).flat();

  /** The supervisor answers as soon as it has begun; who asked wants to know how it went. */
  async function untilSettled(process: LabProcess): Promise<LabProcess> {
    let seen = process;
    for (let waited = 0; waited < START_PATIENCE_MILLISECONDS; waited += START_POLL_MILLISECONDS) {
      if (seen.healthy || seen.state === 'crashed' || seen.state === 'stopped') return seen;
      await sleep(START_POLL_MILLISECONDS);
      seen = (await list()).find(({ name }) => name === process.name) ?? seen;
    }
    return seen;
  }

  return {
    list,
    async act(name, action, variables) {
      // A stop takes until the process has drained.
      const body = variables && { variables };
      const process = (await ask(name, 'POST', action, 20_000, body)) as LabProcess;
      return action === 'stop' ? process : untilSettled(process);
    },
    log: async (name, lines) => (await ask(name, 'GET', `log?lines=${lines}`, 3000)) as ProcessLog,
  };
}

/**
 * Starts a process by hand: first those that it needs and that don't run, in their order, and each only once the one before is
 * healthy or was given up on. Throws what `act` throws.
 */
export async function startWithNeeds(
  processes: Pick<Processes, 'list' | 'act'>,
  name: string,
): Promise<LabProcess> {
  const present = await processes.list();
  for (const needed of present.find((process) => process.name === name)?.needs ?? []) {
    const state = present.find((process) => process.name === needed)?.state;
    if (state === 'stopped' || state === 'crashed') await processes.act(needed, 'start');
  }
  return processes.act(name, 'start');
}

/** Healthy, or one of those that nobody needs at the moment. */
export const isAsItShouldBe = ({ healthy, optional, state }: LabProcess): boolean =>
  healthy || (optional === true && state === 'stopped');

const noSupervisor = (supervisor: string, why: string) =>
  unavailable(`The supervisor on ${supervisor} does not answer (${why}).`, 'Start the lab with `npm start`.');

const actions = z.enum(['start', 'stop', 'restart']);
const logQuery = z.object({ lines: z.coerce.number().int().min(1).max(5000).default(200) });

/** Processes: list, start, stop, restart, log. */
export function processRoutes(processes: Processes): Router {
  const routes = Router();

  routes.get('/lab/processes', async (_request, response) => {
    response.json(await processes.list());
  });

  routes.post('/lab/processes/:name/:action', async (request, response) => {
    const { name } = request.params;
    const action = parse(actions, request.params.action, 'action');
    if (name === 'lab' && action !== 'start') {
      throw conflict(
        `The lab process answers this request and cannot ${action} itself.`,
        'Run `npm run lab -- down`, then `npm start`.',
      );
    }
    response.json(await (action === 'start' ? startWithNeeds(processes, name) : processes.act(name, action)));
  });

  routes.get('/lab/processes/:name/log', async (request, response) => {
    const { lines } = parse(logQuery, request.query);
    response.json(await processes.log(request.params.name, lines));
  });

  return routes;
}
