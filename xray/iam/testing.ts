import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash } from 'node:crypto';
import type { SignedRequest } from './claimed-signature.ts';

/** For tests: the SDK's own signer, and its requests as they come over the wire. */

export const testCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

/** 2026-11-22T21:00:00Z in epoch seconds. */
export const testNow = Date.UTC(2026, 10, 22, 21) / 1000;

export interface Call {
  method?: string;
  path?: string;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region?: string;
  service?: string;
  /** Epoch seconds. */
  at?: number;
}

const signer = ({ credentials = testCredentials, region = 'us-east-1', service = 'xray' }: Call) =>
  new SignatureV4({ credentials, region, service, sha256: Sha256 });

const unsigned = ({
  method = 'POST',
  path = '/TraceSegments',
  query = {},
  headers = {},
  body = '{}',
}: Call) => ({
  method,
  protocol: 'http:',
  hostname: '127.0.0.1',
  path,
  query,
  headers: { host: '127.0.0.1:2001', ...headers },
  body,
});

export async function signed(call: Call = {}): Promise<SignedRequest> {
  const signingDate = new Date((call.at ?? testNow) * 1000);
  return onTheWire(await signer(call).sign(unsigned(call), { signingDate }), call.body);
}

export async function presigned(call: Call & { expiresIn?: number } = {}): Promise<SignedRequest> {
  const options = { signingDate: new Date((call.at ?? testNow) * 1000), expiresIn: call.expiresIn ?? 300 };
  return onTheWire(await signer(call).presign(unsigned(call), options), call.body);
}

interface Sent {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
}

function onTheWire({ method, path, query = {}, headers }: Sent, body = '{}'): SignedRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return {
    method,
    url: pairs.length > 0 ? `${path}?${pairs.join('&')}` : path,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    bodyHash: sha256(body),
  };
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
