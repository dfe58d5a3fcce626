import { request } from 'node:http';

/** A JSON answer over HTTP, whatever its status. */
export interface JsonAnswer {
  status: number;
  body: unknown;
}

/**
 * One JSON request to a neighbouring process. Rejects when it does not answer in time; any status is an answer.
 * Over node:http and not `fetch`, which would cost this process 20 MB; on a connection of its own, because a
 * connection kept open to a process that has restarted meanwhile is refused once.
 *
 * @param options.timeoutMilliseconds After which it counts as not answering.
 */
export function requestJson(
  method: string,
  url: string,
  options: { body?: unknown; headers?: Record<string, string>; timeoutMilliseconds?: number } = {},
): Promise<JsonAnswer> {
  const { body, headers = {}, timeoutMilliseconds = 1000 } = options;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method,
        agent: false,
        signal: AbortSignal.timeout(timeoutMilliseconds),
        headers: {
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(text)),
          }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: jsonOrText(Buffer.concat(chunks).toString()) });
        });
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}

/** Why a request got no answer, in a word or two: `ECONNREFUSED`, `no answer in time`. */
export function whyNoAnswer(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  return code ?? message ?? String(error);
}

function jsonOrText(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
