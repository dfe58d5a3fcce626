/** PutTraceSegments calls as bytes, signed with AWS's own signer before the clock starts, and the sender for them. */
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

/** What the daemon puts into one call, and the most that X-Ray takes. */
export const DOCUMENTS_PER_CALL = 50;

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What the benches sign with. An API that does not verify signatures takes any pair. */
export const localCredentials: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** How many documents the body holds. */
  documents: number;
}

/** Bodies of PutTraceSegments, each with the next 50 documents. */
export function bodiesOf(documents: readonly object[]): { body: Buffer; documents: number }[] {
  const bodies = [];
  for (let first = 0; first < documents.length; first += DOCUMENTS_PER_CALL) {
    const some = documents.slice(first, first + DOCUMENTS_PER_CALL);
    const TraceSegmentDocuments = some.map((document) => JSON.stringify(document));
    bodies.push({ body: Buffer.from(JSON.stringify({ TraceSegmentDocuments })), documents: some.length });
  }
  return bodies;
}

/** Signs for an endpoint. A signature is good for five minutes. */
export async function signed(
  bodies: readonly { body: Buffer; documents: number }[],
  endpoint: string,
  credentials: Credentials,
  path = '/TraceSegments',
): Promise<SignedRequest[]> {
  const { hostname, host } = new URL(endpoint);
  const signer = new SignatureV4({ service: 'xray', region: 'us-east-1', credentials, sha256: Sha256 });
  const requests: SignedRequest[] = [];
  for (const { body, documents } of bodies) {
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname,
      path,
      headers: { host, 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
    });
    requests.push({ path, headers, body, documents });
  }
  return requests;
}

export interface Answer {
  status: number;
  body: Buffer;
}

/** Keep-alive connections to one endpoint. */
export class Connections {
  readonly #agent: Agent;
  readonly #endpoint: URL;

  constructor(endpoint: string, count: number) {
    this.#endpoint = new URL(endpoint);
    this.#agent = new Agent({ keepAlive: true, maxSockets: count });
  }

  send({ path, headers, body }: Pick<SignedRequest, 'path' | 'headers' | 'body'>): Promise<Answer> {
    const { hostname, port } = this.#endpoint;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { agent: this.#agent, hostname, port, method: 'POST', path, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
          );
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The hash in the form the signer wants. Its own JavaScript one would make the sender the slowest part. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #secret: Secret | undefined;

  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = this.#new();
  }

  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#new();
  }

  #new(): Hash | Hmac {
    if (this.#secret === undefined) return createHash('sha256');
    return createHmac('sha256', typeof this.#secret === 'string' ? this.#secret : bytesOf(this.#secret));
  }
}

type Secret = string | ArrayBuffer | ArrayBufferView;

const bytesOf = (secret: ArrayBuffer | ArrayBufferView) =>
  ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
