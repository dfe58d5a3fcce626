import dynalite from 'dynalite';
import { Readable } from 'node:stream';

/** A request of the DynamoDB API, read whole. */
export interface EngineRequest {
  method: string;
  url: string;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

export interface EngineAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answers one request. Never rejects for a DynamoDB error: that is an answer of status 400. */
export type Engine = (request: EngineRequest) => Promise<EngineAnswer>;

/** How long dynalite may take before the request counts as lost inside it. */
const TIMEOUT_MILLISECONDS = 10_000;

/**
 * dynalite, in memory, called without a socket of its own: its server never listens, its request handler is handed
 * a request that was read already. Changes of tables count at once.
 */
export function startEngine(): Engine {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });

  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`dynalite did not answer within ${TIMEOUT_MILLISECONDS} ms`)),
        TIMEOUT_MILLISECONDS,
      );
      const response = new CollectedResponse((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      const request = Object.assign(Readable.from(body === '' ? [] : [Buffer.from(body)]), {
        method,
        url,
        headers,
      });
      server.emit('request', request, response);
    });
}

/** The few members of http.ServerResponse that dynalite uses. */
class CollectedResponse {
  statusCode = 200;
  /** dynalite keeps the content type here. */
  contentType = '';
  readonly #headers: Record<string, string> = {};
  readonly #done: (answer: EngineAnswer) => void;

  constructor(done: (answer: EngineAnswer) => void) {
    this.#done = done;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body = ''): void {
    this.#done({ status: this.statusCode, headers: this.#headers, body });
  }
}
