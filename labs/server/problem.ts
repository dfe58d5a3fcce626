import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import type { Problem } from './contract.ts';
import { inWords } from './in-words.ts';
import type { Log } from './log.ts';
import { nearest } from './nearest.ts';
import { ProgressUnusable } from './progress/trouble.ts';

/** What any route throws when the answer is not 2xx. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
  }
}

// The problems, in one table. `message` says what was wrong, `remedy` what to do.

/** Something in the path does not exist; the message lists what does. */
export const notFound = (what: string, name: string, existing: readonly string[]) =>
  new ProblemError(404, {
    error: 'not-found',
    message: `There is no ${what} "${name}". ${existing.length === 0 ? `There is none yet.` : `There is: ${existing.join(', ')}.`}`,
  });

/** A member of the request is wrong. `field` is its path: `parameters.share`. */
export const badRequest = (field: string, message: string, remedy?: string) =>
  new ProblemError(400, { error: 'bad-request', message, field, ...(remedy !== undefined && { remedy }) });

/** As `notFound`, where the name is a wish and not an address: a 400 that also guesses what was meant. */
export function unknownName(what: string, name: string, existing: readonly string[]): ProblemError {
  const meant = nearest(name, existing);
  const guess = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return badRequest('id', `There is no ${what} "${name}".${guess} There is: ${existing.join(', ')}.`);
}

/** The request is fine, but not now. */
export const conflict = (message: string, remedy: string) =>
  new ProblemError(409, { error: 'conflict', message, remedy });

/** Refused because another web page may have sent it. */
export const forbidden = (message: string, remedy: string) =>
  new ProblemError(403, { error: 'forbidden', message, remedy });

/** A process this one depends on does not answer. */
export const unavailable = (message: string, remedy: string) =>
  new ProblemError(503, { error: 'unavailable', message, remedy });

/** There is no room for what the request wants to be remembered; it is as if it had not been sent. */
export const diskFull = (message: string) =>
  new ProblemError(507, {
    error: 'disk-full',
    message,
    remedy: 'Nothing was changed. Free some space, then try again.',
  });

/**
 * Checks a body or a query against a schema. Throws a 400 that names the first wrong member and what is allowed.
 *
 * @param under Put before the path, e.g. `parameters`.
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown, under = ''): z.output<T> {
  const parsed = schema.safeParse(value, { error: inWords });
  if (parsed.success) return parsed.data;

  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [under, ...(issue?.path ?? []), unknown].filter((part) => part !== undefined && part !== '');
  const field = path.map(String).join('.') || 'body';
  throw badRequest(
    field,
    `${field}: ${unknown === undefined ? (issue?.message ?? 'is not valid') : 'is not known here'}.`,
  );
}

/** The last handler: every thrown thing becomes a `Problem`; what nobody foresaw is logged whole. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, problem } = asProblem(error);
    if (status === 500)
      log.error({ err: error, method: request.method, path: request.path }, 'unexpected error');
    response.status(status).json(problem);
  };
}

function asProblem(error: unknown): { status: number; problem: Problem } {
  if (error instanceof ProblemError) return error;
  if (error instanceof ProgressUnusable) {
    const { message, remedy } = error;
    return error.isDiskFull ? diskFull(message) : unavailable(message, remedy);
  }

  const { type, status, message, limit, code } = error as {
    type?: string;
    status?: number;
    message?: string;
    /** Bytes, of a body that is too large. */
    limit?: number;
    /** Of the system. */
    code?: string;
  };
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(`The disk is full: ${message ?? ''}.`);
  if (type === 'entity.too.large') {
    return new ProblemError(413, {
      error: 'too-large',
      message: `The body is larger than ${sizeOf(limit ?? 0)}.`,
      field: 'body',
    });
  }
  if (error instanceof URIError || (typeof status === 'number' && status >= 400 && status < 500)) {
    return new ProblemError(status ?? 400, {
      error: 'bad-request',
      message: message ?? 'The request is not valid.',
    });
  }
  return {
    status: 500,
    problem: {
      error: 'internal',
      message: 'The lab failed on this request.',
      remedy: 'Run `npm run lab -- logs lab` to see why.',
    },
  };
}

const sizeOf = (bytes: number) =>
  bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / 1024 ** 2)} MB`;
