import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Problem } from '@xray-lab/labs/server/contract';
import { webPageGuard } from '@xray-lab/xray/web-pages';
import { deployable } from './deployable.ts';
import type { Supervisor } from './supervisor.ts';

const LOG_LINES = 200;
const MOST_LOG_LINES = 5_000;
/** Some variables. Whatever they hold, they are read in milliseconds. */
const MOST_BODY_BYTES = 64 * 1024;

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const refusalOf = webPageGuard({ names: 'network' });

async function route(
  supervisor: Supervisor,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(request.method ?? '', request.headers);
  if (refusal) return answer(response, refusal.status, problem('forbidden', refusal.message));
  const url = new URL(request.url ?? '/', 'http://supervisor');
  const [collection, name, verb, ...rest] = url.pathname.split('/').slice(1);

  if (request.method === 'GET' && url.pathname === '/health') return answer(response, 200, { status: 'ok' });
  if (!isKnown(request.headers.authorization, token)) {
    return answer(response, 401, problem('unauthorised', WRONG_TOKEN));
  }
  if (collection !== 'processes' || rest.length > 0) {
    return answer(response, 404, problem('not-found', `There is no ${request.method} ${url.pathname}.`));
  }
  if (name === undefined || name === '') return answer(response, 200, await supervisor.viewAll());
  if (!supervisor.has(name)) {
    const message = `There is no process "${name}". There are: ${supervisor.names.join(', ')}.`;
    return answer(response, 404, problem('unknown-process', message));
  }
  if (request.method === 'GET' && verb === 'log') {
    const lines = Math.min(Math.max(Number(url.searchParams.get('lines')) || LOG_LINES, 1), MOST_LOG_LINES);
    return answer(response, 200, { lines: supervisor.log(name, lines) });
  }
  if (request.method === 'GET' && verb === undefined)
    return answer(response, 200, await supervisor.view(name));
  if (request.method === 'POST') {
    const text = await textOf(request);
    if (text === undefined) {
      response.setHeader('connection', 'close');
      return answer(response, 413, problem('too-large', `The body is larger than ${MOST_BODY_BYTES} bytes.`));
    }
    const variables = variablesIn(text);
    if (variables === 'wrong') return answer(response, 400, problem('invalid-request', WRONG_BODY));
    const strange = Object.keys(variables ?? {}).find((variable) => !deployable.has(variable));
    if (strange !== undefined)
      return answer(response, 400, problem('invalid-request', notDeployable(strange)));
    if (variables) supervisor.deploy(name, variables);
  }
  if (request.method === 'POST' && verb === 'start') supervisor.start(name);
  else if (request.method === 'POST' && verb === 'stop') await supervisor.stop(name);
  else if (request.method === 'POST' && verb === 'restart') await supervisor.restart(name);
  else return answer(response, 404, problem('not-found', `There is no ${request.method} ${url.pathname}.`));
  answer(response, 200, await supervisor.view(name));
}

const WRONG_BODY = 'The body must be empty, or {"variables": {"NAME": "value"}}.';

const WRONG_TOKEN = 'Send the word in supervisor.token of the lab’s folder: Authorization: Bearer WORD.';

const notDeployable = (name: string) =>
  `variables: "${name}" is not a variable that a deployment may bring. It may bring: ${[...deployable].join(', ')}.`;

/** As long for a wrong word as for the right one. */
function isKnown(authorization: string | undefined, token: string): boolean {
  const [given, right] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === right.length && timingSafeEqual(given, right);
}

/** Undefined when it is too large. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The variables to deploy a process with; undefined for an empty body, which leaves them as they are. */
function variablesIn(text: string): Record<string, string> | undefined | 'wrong' {
  if (text === '') return undefined;
  try {
    const { variables } = JSON.parse(text) as { variables?: unknown };
    if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return 'wrong';
    const isText = Object.values(variables).every((value) => typeof value === 'string');
    return isText ? (variables as Record<string, string>) : 'wrong';
  } catch {
    return 'wrong';
  }
}

const problem = (error: string, message: string): Problem => ({ error, message });

/**
 * The supervisor's HTTP face: `GET /processes`, `POST /processes/NAME/start|stop|restart`, `GET …/log`. A start or a
 * restart may bring `{ variables }`, which the process gets besides its own until other ones are brought. All but the
 * health is for those only who know the lab's token: whoever can start a process with variables of his own runs his code.
 */
export function supervisorServer(supervisor: Supervisor, token: string): Server {
  return createServer((request, response) => {
    route(supervisor, token, request, response).catch((error: unknown) =>
      answer(response, 500, problem('internal', error instanceof Error ? error.message : String(error))),
    );
  });
}
