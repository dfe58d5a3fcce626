import { z } from 'zod';
import { CallFailed, CallTimeout, CallUnanswered } from './http-client.ts';

/** An error with the answer that belongs to it: `throw new AnswerError(404, 'not-found', 'There is no order o-1.')`. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, error: string, message: string, field?: string) {
    super(message);
    this.status = status;
    this.body = { error, message, ...(field === undefined ? {} : { field }) };
  }
}

/** What a client reads when a request fails. `field` is the path of the member that was wrong: `items.0.quantity`. */
export interface ErrorBody {
  error: string;
  message: string;
  field?: string;
}

/** Checks data that comes from outside. Throws an AnswerError 400 that names the first wrong field. */
export function parse<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;

  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].join('.') || 'body';
  throw new AnswerError(400, 'invalid-request', `${field}: ${issue?.message ?? 'is wrong'}`, field);
}

const throttling = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

/** The answer that tells the caller what happened here, or behind us. Details of an unknown error stay in the log. */
export function answerFor(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof AnswerError) return { status: error.status, body: error.body };
  if (error instanceof CallTimeout) return gateway(504, 'upstream-timeout', error.message);
  if (error instanceof CallUnanswered) return gateway(502, 'upstream-unreachable', error.message);
  if (error instanceof CallFailed) return passOn(error);

  const { name, status, message } = error as { name?: string; status?: unknown; message?: string };
  if (name !== undefined && throttling.has(name)) return gateway(503, 'throttled', message ?? 'throttled');
  // Express's own refusals: a path that can't be decoded, a body that is not JSON.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const field = error instanceof URIError ? 'path' : 'body';
    return { status, body: { error: 'invalid-request', message: `${field}: ${message}`, field } };
  }
  return gateway(500, 'internal-error', 'Something went wrong here. The log has the details.');
}

/** A refusal (4xx) is the client's to read; of the failures only 503 and 504 mean the same one hop further. */
function passOn(failed: CallFailed): { status: number; body: ErrorBody } {
  if (failed.status < 500) {
    const { error, message, field } = failed.body as Partial<ErrorBody>;
    return {
      status: failed.status,
      body: {
        error: error ?? 'refused',
        message: message ?? failed.message,
        ...(field === undefined ? {} : { field }),
      },
    };
  }
  const status = failed.status === 503 || failed.status === 504 ? failed.status : 502;
  return gateway(status, 'upstream-failed', failed.message);
}

const gateway = (status: number, error: string, message: string) => ({ status, body: { error, message } });
