import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { CredentialProvider, Credentials } from './credentials.ts';
import { signer } from './signature.ts';

export interface AwsRequest {
  method: string;
  /** With the query, if any. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** Sent as it is, without a signature. */
  unsigned?: boolean;
}

export interface AwsResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface AwsClientOptions {
  /** As signatures name it: `xray`, `sts`. */
  service: string;
  endpoint: URL;
  region: string;
  credentials: CredentialProvider;
  /** For the whole exchange. */
  timeoutMilliseconds: number;
  /** Connections kept open at the same time. */
  connections: number;
  verifyCertificate: boolean;
  /** Every call goes through it, to the loopback address too; undefined for none. */
  proxy: URL | undefined;
}

/** No credentials were found. `message` is what the AWS SDK for Go says of it. */
export class CredentialsMissing extends Error {}

/** There was no answer in the time allowed. */
export class TimedOut extends Error {}

/** The proxy in between could not be reached. */
export class ProxyFailed extends Error {}

/** Sends signed requests to one endpoint of AWS. One attempt each; the caller knows whether to try again. */
export class AwsClient {
  readonly endpoint: URL;
  readonly #options: AwsClientOptions;
  readonly #sign: ReturnType<typeof signer>;
  readonly #agent: http.Agent;
  readonly #host: string;

  constructor(options: AwsClientOptions) {
    this.endpoint = options.endpoint;
    this.#options = options;
    this.#sign = signer(options.service, options.region);
    this.#host = options.endpoint.host;
    const { proxy } = options;
    const settings = {
      keepAlive: true,
      maxSockets: options.connections,
      ...(proxy ? { proxyEnv: { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href } } : {}),
    };
    this.#agent =
      options.endpoint.protocol === 'https:'
        ? new https.Agent({ ...settings, rejectUnauthorized: options.verifyCertificate })
        : new http.Agent(settings);
  }

  /**
   * Rejects with CredentialsMissing, TimedOut or ProxyFailed, else with Node's error of a call that got no answer.
   */
  async send(request: AwsRequest): Promise<AwsResponse> {
    const headers: Record<string, string> = {
      ...request.headers,
      host: this.#host,
      'content-length': String(request.body.length),
    };
    if (request.unsigned) return this.#exchange(request, headers);
    const credentials = await this.#credentials();
    return this.#exchange(request, this.#sign({ ...request, headers }, credentials, new Date()));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #credentials(): Promise<Credentials> {
    try {
      return await this.#options.credentials();
    } catch (error) {
      throw new CredentialsMissing(`failed to refresh cached credentials, ${(error as Error).message}`);
    }
  }

  #exchange({ method, path, body }: AwsRequest, headers: OutgoingHttpHeaders): Promise<AwsResponse> {
    const { endpoint } = this;
    const { request } = endpoint.protocol === 'https:' ? https : http;
    const { promise, resolve, reject } = Promise.withResolvers<AwsResponse>();
    const outgoing = request({
      protocol: endpoint.protocol,
      hostname: endpoint.hostname.replace(/^\[|\]$/g, ''),
      port: endpoint.port,
      method,
      path,
      headers,
      agent: this.#agent,
    });
    const timer = setTimeout(() => outgoing.destroy(new TimedOut()), this.#options.timeoutMilliseconds);
    const fail = (error: NodeJS.ErrnoException & { port?: number }) => {
      clearTimeout(timer);
      reject(
        isOfProxy(error, this.#options.proxy) ? new ProxyFailed(error.message, { cause: error }) : error,
      );
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(body);
    return promise;
  }
}

/** With a proxy, whoever could not be connected to is the proxy: the endpoint is its business. */
const isOfProxy = (error: NodeJS.ErrnoException, proxy: URL | undefined): boolean =>
  proxy !== undefined && (error.syscall === 'connect' || error.syscall === 'getaddrinfo');
