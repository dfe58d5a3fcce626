import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from './log.ts';
import { CredentialsMissing, type AwsClient, type AwsRequest, type AwsResponse } from './aws-client.ts';
import { reasonOf } from './failure.ts';
import { terminalLine } from '../terminal-text.ts';
import { webPageGuard, type WebPageRules } from '../web-pages.ts';

/** A call's body; the largest X-Ray takes is a batch of segments. */
const bodyBytes = 16 * 1024 * 1024;

/** A service graph over hours takes longer to answer than a batch of segments. AWS's daemon waits for ever. */
export const proxyTimeoutMilliseconds = 30_000;

/** Meant for one connection only, or written anew for the next. */
const notPassedOn = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
  'authorization',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

/**
 * The daemon's TCP side: tracing SDKs ask for sampling rules here without a signature. Every method and path is
 * signed, passed on to X-Ray and answered unchanged, so any X-Ray operation can be called through the daemon.
 */
export function createProxy(
  client: AwsClient,
  log: Log,
  complain = toStandardError,
  rules: WebPageRules = { names: 'network' },
): Server {
  const refusalOf = webPageGuard(rules);
  return createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    // Whatever passes is signed: a web page must not sign with the daemon's credentials.
    const refusal = refusalOf(request.method ?? '', request.headers);
    if (refusal) {
      log.warn(`Refused ${request.method} ${request.url} of a web page: ${refusal.message}`);
      response.writeHead(refusal.status, { connection: 'close', 'content-type': 'text/plain' });
      response.end(`${refusal.message}\n`);
      return;
    }
    forward(client, log, request, response).catch((error: Error) => {
      complain(`http: proxy error: ${reasonOf(error, client.endpoint).reason}`);
      if (!response.headersSent) response.writeHead(502, { 'content-length': 0 });
      response.end();
    });
  });
}

async function forward(client: AwsClient, log: Log, request: IncomingMessage, response: ServerResponse) {
  log.debug(`Received request on HTTP Proxy server : ${request.url}`);
  const body = await readBody(request);
  if (!body) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const answer = await sendSigned(client, log, {
    method: request.method ?? 'POST',
    path: request.url ?? '/',
    headers: { ...passedOn(request.headers), 'x-forwarded-for': forwardedFor(request) },
    body,
  });
  response.writeHead(answer.status, passedOn(answer.headers));
  response.end(answer.body);
}

/** AWS's daemon leaves these lines to Go's own log: standard error, in another format, whatever the level. */
function toStandardError(text: string): void {
  const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  process.stderr.write(`${time} ${terminalLine(text)}\n`);
}

/** Who asked, after whoever asked them. */
function forwardedFor(request: IncomingMessage): string {
  const before = request.headers['x-forwarded-for'];
  return [before, request.socket.remoteAddress].filter(Boolean).join(', ');
}

/** Without credentials the request goes out unsigned, as AWS's daemon does it: X-Ray then says what is missing. */
async function sendSigned(client: AwsClient, log: Log, request: AwsRequest): Promise<AwsResponse> {
  try {
    return await client.send(request);
  } catch (error) {
    if (!(error instanceof CredentialsMissing)) throw error;
    log.error(`Unable to retrieve credentials: ${error.message}`);
    return client.send({ ...request, unsigned: true });
  }
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function passedOn(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || notPassedOn.has(name) ? [] : [[name, String(value)]],
    ),
  );
}
