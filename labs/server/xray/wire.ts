/**
 * The X-Ray API as bytes: a body goes there signed by AWS's own signer, and what comes back is handed on unread. AWS's
 * client decodes each answer into objects with dates, and this process would write them as JSON again: seconds of
 * processor time for the summaries of one full page.
 */
import {
  request as httpRequest,
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { text } from 'node:stream/consumers';
import type { XRayClient } from '@aws-sdk/client-xray';
import { readOperations } from './read-operations.ts';

/** What signs for the X-Ray API: the one AWS's client signs with. */
export type Signer = Awaited<ReturnType<XRayClient['config']['signer']>>;

/**
 * Sends one read operation's body, JSON as the API takes it. Resolves when the head of the answer is there, whatever
 * its status; the body is still to come. Rejects when there is no answer, or when `signal` aborts.
 */
export type SendBytes = (operation: string, body: Buffer, signal?: AbortSignal) => Promise<IncomingMessage>;

export interface XRayWire {
  send: SendBytes;
  /** One operation with its input and output as objects; times in the input may be `Date`s, those in the output are epoch seconds. */
  sendJson(operation: string, input: object): Promise<unknown>;
  close(): void;
}

export interface XRayWireOptions {
  /** Where the X-Ray API is, e.g. `http://127.0.0.1:2001`. */
  endpoint: string;
  signer: () => Promise<Signer>;
  /** For so long nothing may come, at the start and in the middle of an answer. */
  silenceMilliseconds?: number;
}

export function xrayWire({ endpoint, signer, silenceMilliseconds = 10_000 }: XRayWireOptions): XRayWire {
  const { protocol, hostname, host, port, pathname } = new URL(endpoint);
  const isSecure = protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const request = isSecure ? httpsRequest : httpRequest;

  const send: SendBytes = async (operation, body, signal) => {
    const path = `${pathname.replace(/\/$/, '')}${readOperations[operation]}`;
    const { headers } = await (
      await signer()
    ).sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path,
      query: {},
      headers: { host, 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
    });
    const once = () =>
      answered(
        request({
          agent,
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port,
          method: 'POST',
          path,
          headers,
          ...(signal && { signal }),
        }),
        body,
        silenceMilliseconds,
      );
    try {
      return await once();
    } catch (error) {
      // A connection kept from before the API restarted is refused once; reading twice does no harm.
      if (error instanceof NoAnswer && error.wasKept) return once();
      throw error instanceof NoAnswer ? error.cause : error;
    }
  };

  return {
    send,
    async sendJson(operation, input) {
      const answer = await send(operation, Buffer.from(JSON.stringify(withSeconds(input))));
      const body: unknown = JSON.parse(await text(answer));
      if (answer.statusCode === 200) return body;
      const { __type, Message, message } = body as Record<string, string | undefined>;
      throw Object.assign(new Error(Message ?? message ?? `${operation} answered ${answer.statusCode}.`), {
        name: __type ?? 'InternalFailure',
      });
    },
    close: () => agent.destroy(),
  };
}

class NoAnswer extends Error {
  /** The connection had served an earlier request. */
  readonly wasKept: boolean;
  constructor(cause: Error, wasKept: boolean) {
    super(cause.message, { cause });
    this.wasKept = wasKept;
  }
}

function answered(call: ClientRequest, body: Buffer, silenceMilliseconds: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.on('response', resolve);
    call.on('error', (error: NodeJS.ErrnoException) =>
      reject(new NoAnswer(error, call.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? ''))),
    );
    call.setTimeout(silenceMilliseconds, () =>
      call.destroy(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })),
    );
    call.end(body);
  });
}

/** The members that are times, which JSON carries as epoch seconds; all of those are at the top level of an input. */
const withSeconds = (input: object) =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.getTime() / 1000 : value,
    ]),
  );
