import express, { type RequestHandler } from 'express';
import { JsonLimitExceeded, NotJson, readItems, readJson, usualLimits } from '@xray-lab/xray/json';
import { badRequest, ProblemError } from './problem.ts';

/** The bytes of a body that says it is JSON; others are left alone. @param limit Bytes, or as Express writes it: `5mb`. */
export const bytesOfJson = (limit: string | number): RequestHandler =>
  express.raw({ type: 'application/json', limit });

/** What a page or the command line sends: an answer, a fault's parameters. */
const commandLimits = { ...usualLimits, values: 2_000 };

/** Reads the JSON bodies of commands, measured before anything is made of them. */
export const jsonBody: RequestHandler[] = [
  bytesOfJson('1mb'),
  async (request, _response, next) => {
    if (Buffer.isBuffer(request.body)) request.body = await readBody(request.body);
    next();
  },
];

/** An empty body is an empty object. Throws a ProblemError. */
async function readBody(bytes: Buffer): Promise<unknown> {
  if (bytes.length === 0) return {};
  const value = await inOurWords(readJson(bytes, commandLimits));
  if (typeof value === 'object' && value !== null) return value;
  throw badRequest('body', 'The body must be a JSON object.');
}

/**
 * Reads a file that is imported, such as exported progress: an object whose bulk is in `lists`. `onItem` gets each of their items,
 * and what it throws ends the reading. Resolves to the object, with these lists empty. Throws a ProblemError that names the place.
 */
export const readFile = (
  bytes: Buffer,
  lists: readonly string[],
  onItem?: (list: string, index: number, value: unknown) => void,
): Promise<Record<string, unknown>> =>
  inOurWords(readItems(bytes, { lists, limits: usualLimits, ...(onItem && { onItem }) }));

async function inOurWords<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotJson) throw badRequest('body', `The body ${error.message}.`);
    if (!(error instanceof JsonLimitExceeded)) throw error;
    const message = `${error.message.replace(/^The JSON/, 'The body')}.`;
    if (error.limit === 'depth')
      throw badRequest('body', message, 'Send what the lab knows; nothing of it is so deep.');
    throw new ProblemError(413, { error: 'too-large', message, field: 'body', remedy: 'Send less at once.' });
  }
}
