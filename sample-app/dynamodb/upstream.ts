import { Agent, request as send } from 'node:http';
import type { Engine, EngineAnswer, EngineRequest } from './engine.ts';

/** How long the other DynamoDB may take for one request. */
const TIMEOUT_MILLISECONDS = 10_000;

/** Thrown when the other DynamoDB can't be asked. Its message is a sentence that says what to do. */
export class UpstreamAway extends Error {
  override readonly name = 'UpstreamAway';
}

/** Headers that concern one connection and not the request. The length is set anew, and what is compressed can't be read. */
const notPassedOn = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Another DynamoDB as the engine: LocalStack, DynamoDB Local, a second dynalite. Headers go through both ways, so that request
 * ids and checksums are the other's own. It must be one that doesn't verify signatures, because metering changes the body.
 *
 * @param address Such as `http://localstack:4566`.
 */
export function upstreamEngine(address: string): Engine {
  const { hostname, port, pathname } = new URL(address);
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });

  const ask = ({ method, url, headers, body }: EngineRequest, isAgain: boolean): Promise<EngineAnswer> =>
    new Promise<EngineAnswer>((resolve, reject) => {
      const away = (why: string) => {
        const todo = `Start it, or unset DYNAMODB_UPSTREAM to use the DynamoDB in this process.`;
        reject(new UpstreamAway(`The DynamoDB at ${address} does not answer (${why}). ${todo}`));
      };
      const outgoing = send(
        {
          agent,
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port: port || 80,
          method,
          path: pathname.replace(/\/$/, '') + url,
          headers: { ...passedOn(headers), 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => away(error.message));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: response.statusCode ?? 502,
              headers: {
                ...(passedOn(response.headers) as Record<string, string>),
                'content-length': String(Buffer.byteLength(text)),
              },
              body: text,
            });
          });
        },
      );
      outgoing.setTimeout(TIMEOUT_MILLISECONDS, () =>
        outgoing.destroy(new Error(`no answer within ${TIMEOUT_MILLISECONDS} ms`)),
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The other end closed a connection that was idle, just as it was used again: nothing was done yet.
        const wasIdle = outgoing.reusedSocket && error.code === 'ECONNRESET';
        if (wasIdle && !isAgain) ask({ method, url, headers, body }, true).then(resolve, reject);
        else away(error.code ?? error.message);
      });
      outgoing.end(body);
    });

  return (request) => ask(request, false);
}

const passedOn = (headers: NodeJS.Dict<string | string[]>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || notPassedOn.has(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
