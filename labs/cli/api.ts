import { request } from 'node:http';
import type { Problem } from '../server/contract.ts';

/** The lab said no, or did not say anything. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly status: number | undefined;

  constructor(problem: Problem, status?: number) {
    super(problem.message);
    this.problem = problem;
    this.status = status;
  }
}

/** Calls the control plane. Rejects with an `ApiError`. */
export type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** Longer than any route takes: a process that is restarted drains first and is healthy last. */
const LIMIT_MILLISECONDS = 60_000;

/**
 * The control plane at an address.
 *
 * @param address e.g. `http://127.0.0.1:4321`
 * @param headers Sent with each request, besides what every one has.
 */
export function labApi(address: string, headers: Readonly<Record<string, string>> = {}): Api {
  return <Answer>(method: string, path: string, body?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const call = request(
        new URL(path, address),
        {
          method,
          timeout: LIMIT_MILLISECONDS,
          headers: {
            ...headers,
            accept: 'application/json',
            ...(text !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(text),
            }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => reject(notRunning(address, error)));
          response.on('end', () => {
            const status = response.statusCode ?? 0;
            const answer = parsed(Buffer.concat(chunks).toString());
            if (status >= 200 && status < 300) resolve(answer as Answer);
            else reject(new ApiError(problemOf(answer, status, address), status));
          });
        },
      );
      call.on('timeout', () => call.destroy(new Error('no answer in time')));
      call.on('error', (error) => reject(notRunning(address, error)));
      call.end(text);
    });
}

function notRunning(address: string, error: Error & { code?: string }): ApiError {
  if (error.code === 'ECONNREFUSED') {
    return new ApiError({
      error: 'not-running',
      message: `The lab is not running on ${address}.`,
      remedy: 'Start it with `npm start`.',
    });
  }
  return new ApiError({
    error: 'no-answer',
    message: `The lab on ${address} does not answer (${error.code ?? error.message}).`,
    remedy: 'Run `npm run lab -- down`, then `npm start`.',
  });
}

function problemOf(answer: unknown, status: number, address: string): Problem {
  const { error, message } = (answer ?? {}) as Partial<Problem>;
  if (typeof error === 'string' && typeof message === 'string') return answer as Problem;
  return {
    error: 'not-a-lab',
    message: `What answers on ${address} is not the lab (status ${status}).`,
    remedy: 'Run `npm run lab -- doctor` to see what listens there.',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
