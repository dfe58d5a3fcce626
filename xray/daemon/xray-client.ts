import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { CredentialProvider } from './credentials.ts';

export interface XRayRequest {
  method: string;
  /** With the query, if any. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Sent as it is, without a signature. */
  unsigned?: boolean;
  /** Default: the client's. */
  timeoutMilliseconds?: number;
}

export interface XRayResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface XRayClientOptions {
  endpoint: URL;
  region: string;
  credentials: CredentialProvider;
  timeoutMilliseconds: number;
  /** Connections kept open at the same time. */
  connections: number;
  verifyCertificate: boolean;
}

/** No credentials were found. `message` says where was looked. */
export class CredentialsMissing extends Error {}

/** Sends signed requests to the X-Ray endpoint. One attempt each; the caller knows whether to try again. */
export class XRayClient {
  readonly endpoint: URL;
  readonly #options: XRayClientOptions;
  readonly #signer: SignatureV4;
  readonly #agent: http.Agent;

  constructor(options: XRayClientOptions) {
    this.endpoint = options.endpoint;
    this.#options = options;
    this.#signer = new SignatureV4({
      service: 'xray',
      region: options.region,
      credentials: options.credentials,
      sha256: Sha256,
      applyChecksum: false,
    });
    const settings = { keepAlive: true, maxSockets: options.connections };
    this.#agent =
      options.endpoint.protocol === 'https:'
        ? new https.Agent({ ...settings, rejectUnauthorized: options.verifyCertificate })
        : new http.Agent(settings);
  }

  /** Rejects with CredentialsMissing, or with Node's error when there was no answer within the time allowed. */
  async send(request: XRayRequest): Promise<XRayResponse> {
    const headers = { ...request.headers, host: this.endpoint.host };
    const signed = request.unsigned ? headers : await this.#sign(request, headers);
    return this.#exchange(request, { ...signed, 'content-length': request.body.length });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #sign(request: XRayRequest, headers: Record<string, string>): Promise<Record<string, string>> {
    await this.#options.credentials().catch((error: Error) => {
      throw new CredentialsMissing(error.message);
    });
    const { pathname, searchParams } = new URL(request.path, this.endpoint);
    const { headers: signed } = await this.#signer.sign({
      method: request.method,
      protocol: this.endpoint.protocol,
      hostname: this.endpoint.hostname,
      path: pathname,
      query: Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)])),
      headers,
      body: request.body,
    });
    return signed;
  }

  #exchange(
    { method, path, body, timeoutMilliseconds = this.#options.timeoutMilliseconds }: XRayRequest,
    headers: OutgoingHttpHeaders,
  ): Promise<XRayResponse> {
    const { request } = this.endpoint.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const timeout = AbortSignal.timeout(timeoutMilliseconds);
      const outgoing = request(this.endpoint, { method, path, headers, agent: this.#agent, signal: timeout });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      outgoing.end(body);
    });
  }
}

/** What SignatureV4 asks of a hash, on Node's own: the JavaScript one would cost more than the whole rest. */
class Sha256 {
  readonly #key: Parameters<typeof createHmac>[1] | undefined;
  #hash: Hash | Hmac;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = typeof key === 'string' || key === undefined ? key : asBuffer(key);
    this.#hash = this.#begin();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : asBuffer(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }
}

const asBuffer = (data: ArrayBuffer | ArrayBufferView): Buffer =>
  ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
