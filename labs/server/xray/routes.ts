import { pipeline } from 'node:stream/promises';
import type { IncomingMessage } from 'node:http';
import express, { Router } from 'express';
import { notFound } from '../problem.ts';
import { readOperations } from './read-operations.ts';
import type { SendBytes } from './wire.ts';

/** The longest inputs are filter expressions and a hundred trace ids: some kilobytes. */
const inputBytes = 256 * 1024;

/** What is read of an error; X-Ray's own are a sentence. */
const errorBytes = 64 * 1024;

/**
 * The X-Ray API for the site's pages: `POST /lab/xray/GetTraceSummaries` with the API's own JSON, and its own bytes back.
 * Errors are X-Ray's, with its status, as `{ __type, Message }`.
 */
export function xrayRoutes(send: SendBytes): Router {
  const routes = Router();
  const body = express.raw({ type: () => true, limit: inputBytes });

  routes.post('/lab/xray/:operation', body, async (request, response) => {
    const { operation } = request.params as { operation: string };
    if (!Object.hasOwn(readOperations, operation))
      throw notFound('X-Ray operation to read with', operation, Object.keys(readOperations));

    const input = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : Buffer.from('{}');
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    response.setHeader('cache-control', 'no-store');
    let answer: IncomingMessage;
    try {
      answer = await send(operation, input, gone.signal);
    } catch {
      if (!gone.signal.aborted) response.status(503).json(noAnswer);
      return;
    }
    const status = answer.statusCode ?? 502;
    try {
      if (status !== 200) {
        response.status(status).json(wireError(answer, await beginningOf(answer)));
        return;
      }
      for (const name of ['content-type', 'content-length', 'x-amzn-requestid']) {
        const value = answer.headers[name];
        if (value !== undefined) response.setHeader(name, value);
      }
      await pipeline(answer, response);
    } catch {
      // Half an answer must not look like a whole one: the connection ends, and the page says that it broke off.
      response.destroy();
    }
  });

  return routes;
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > errorBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

/** X-Ray's own members first; `error` and `message` make it a `Problem` too. */
function wireError({ statusCode, headers }: IncomingMessage, text: string): object {
  const members = membersOf(text);
  const own = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined);
  // AWS writes the name in the body, behind a namespace, or in a header, before an address.
  const named = own('__type') ?? headers['x-amzn-errortype'];
  const type = String(named ?? 'InternalFailure').replace(/^.*#|:.*$/g, '');
  const message = own('Message') ?? own('message') ?? `The X-Ray API answered ${statusCode}.`;
  return { ...members, __type: type, Message: message, error: type, message };
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

const unanswered = 'The X-Ray API does not answer.';
const noAnswer = {
  __type: 'ServiceUnavailable',
  Message: unanswered,
  error: 'unavailable',
  message: unanswered,
  remedy: 'Run `npm run lab -- start xray-api`.',
};
