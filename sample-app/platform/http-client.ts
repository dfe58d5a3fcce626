import http from 'node:http';
import https from 'node:https';
import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** No complete answer within the time allowed. */
export class CallTimeout extends Error {
  override readonly name = 'CallTimeout';
}

/** The connection was refused, reset or cut before the answer was complete. */
export class CallUnanswered extends Error {
  override readonly name = 'CallUnanswered';
}

/** An answer with a status of 400 or more. `body` is its JSON, or {} when it had none. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly status: number;
  readonly body: object;

  constructor(message: string, status: number, body: object) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

export interface Request {
  method: string;
  /** Whole address: http://order:8082/orders. */
  url: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** From the start of the call to the last byte of the answer. */
  timeoutMilliseconds: number;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** The parsed JSON, or {} when there was none. */
  body: object;
}

let uncaptured: ReadonlySet<string> = new Set();

/** Calls to these hosts go out through the global `fetch`, which the X-Ray SDK does not see unless it is told to. */
export function leaveUncaptured(hosts: readonly string[]): void {
  uncaptured = new Set(hosts);
}

/** Sends one request and reads the whole answer, of whatever status. Throws CallTimeout or CallUnanswered. */
export function send(request: Request): Promise<Answer> {
  return uncaptured.has(new URL(request.url).hostname) ? sendWithFetch(request) : sendWithHttp(request);
}

async function sendWithFetch({ method, url, body, headers, timeoutMilliseconds }: Request): Promise<Answer> {
  const { hostname, pathname } = new URL(url);
  const what = `${method} ${pathname}`;
  try {
    const answer = await fetch(withAddress(url), {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    const text = await answer.text();
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: parseJson(text) };
  } catch (error) {
    const { name, cause, message } = error as Error;
    if (name === 'TimeoutError') {
      throw new CallTimeout(`${hostname} did not answer ${what} within ${timeoutMilliseconds} ms`);
    }
    const why = cause instanceof Error ? cause.message : message;
    throw new CallUnanswered(`${hostname} gave no answer to ${what}: ${why}`);
  }
}

function sendWithHttp({ method, url, body, headers, timeoutMilliseconds }: Request): Promise<Answer> {
  const target = new URL(url);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const what = `${method} ${target.pathname}`;
  const secure = target.protocol === 'https:';

  return new Promise((resolveAnswer, reject) => {
    let timedOut: CallTimeout | undefined;

    // `http.request` is looked up at each call, because tracing.ts replaces it.
    const request = (secure ? https : http).request(
      {
        protocol: target.protocol,
        hostname: target.hostname,
        port: target.port,
        path: target.pathname + target.search,
        method,
        agent: secure ? secureAgent : agent,
        headers: {
          accept: 'application/json',
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(timer);
          resolveAnswer({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: parseJson(Buffer.concat(chunks).toString()),
          });
        });
        // The X-Ray SDK closes the subsegment on the answer's `end` or on the request's `error`. An answer that
        // breaks off has neither, and a segment with an open subsegment is never sent: so it becomes an error.
        response.on('error', (error) => request.emit('error', timedOut ?? error));
      },
    );

    const timer = setTimeout(() => {
      timedOut = new CallTimeout(
        `${target.hostname} did not answer ${what} within ${timeoutMilliseconds} ms`,
      );
      request.destroy(timedOut);
    }, timeoutMilliseconds);

    request.on('error', (error) => {
      clearTimeout(timer);
      reject(
        timedOut ?? new CallUnanswered(`${target.hostname} gave no answer to ${what}: ${error.message}`),
      );
    });
    request.end(payload);
  });
}

export interface HttpClient {
  get<Body>(path: string, headers?: Record<string, string>): Promise<Body>;
  post<Body>(path: string, body: unknown, headers?: Record<string, string>): Promise<Body>;
}

/** One of the addresses under which a service is found. */
export interface Replica {
  url: string;
  /** Its share of the calls, beside those of the others. */
  weight: number;
}

/**
 * A client for one service that speaks JSON, at one address or at several by turns. A call throws CallTimeout,
 * CallUnanswered or, for a status of 400 and more, CallFailed.
 */
export function httpClient(
  where: string | readonly Replica[],
  { timeoutMilliseconds }: { timeoutMilliseconds: number },
): HttpClient {
  const next = byTurns(typeof where === 'string' ? [{ url: where, weight: 1 }] : where);

  async function call<Body>(
    method: string,
    path: string,
    options: Pick<Request, 'body' | 'headers'>,
  ): Promise<Body> {
    const baseUrl = next();
    const { hostname } = new URL(baseUrl);
    const { status, body } = await send({ method, url: baseUrl + path, timeoutMilliseconds, ...options });
    if (status >= 400)
      throw new CallFailed(`${hostname} answered ${status} to ${method} ${path}`, status, body);
    return body as Body;
  }

  return {
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
  };
}

/** Each address as often as its weight says, and spread as evenly as that allows (nginx's smooth weighted round robin). */
function byTurns(replicas: readonly Replica[]): () => string {
  const total = replicas.reduce((sum, { weight }) => sum + weight, 0);
  const turns = replicas.map(({ url, weight }) => ({ url, weight, due: 0 }));
  return () => {
    for (const turn of turns) turn.due += turn.weight;
    const next = turns.reduce((most, turn) => (turn.due > most.due ? turn : most));
    next.due -= total;
    return next.url;
  };
}

/**
 * Resolves names as an /etc/hosts line would, from `HOST_ALIASES=auth:127.0.0.1,order:127.0.0.1`, and asks
 * DNS for the others. So each service keeps its own host name, after which X-Ray names the call.
 */
function lookupIn(aliases: ReadonlyMap<string, string>): LookupFunction {
  return (hostname, options, callback) => {
    const address = aliases.get(hostname);
    if (address === undefined) return resolve(hostname, options, callback);
    const family = address.includes(':') ? 6 : 4;
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

/** Reads `name:address,name:address`. Throws an Error that shows the entry it can't read. */
export function readAliases(text: string): Map<string, string> {
  const entries = text.split(',').map((entry) => entry.trim());
  return new Map(
    entries.filter(Boolean).map((entry) => {
      const [, name, address] = /^([^:]+):(.+)$/.exec(entry) ?? [];
      if (name === undefined || address === undefined) {
        throw new Error(`HOST_ALIASES has the entry "${entry}", which is not name:address.`);
      }
      return [name, address] as const;
    }),
  );
}

const aliases = readAliases(process.env.HOST_ALIASES ?? '');
/** Finds the address of a host name, HOST_ALIASES first. */
export const lookup = lookupIn(aliases);

/** `fetch` knows no aliases, so the address takes the name's place. */
function withAddress(url: string): string {
  const target = new URL(url);
  target.hostname = aliases.get(target.hostname) ?? target.hostname;
  return target.href;
}

// `lookup` is passed on to the socket, though the types of Agent don't say so.
const agent = new http.Agent({ keepAlive: true, lookup } as http.AgentOptions);
const secureAgent = new https.Agent({ keepAlive: true, lookup } as https.AgentOptions);

function parseJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
