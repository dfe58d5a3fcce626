import { createHmac, hash } from 'node:crypto';
import type { Credentials } from './credentials.ts';

export interface SignableRequest {
  method: string;
  /** As it goes over the wire, with the query. */
  path: string;
  /** Lower-case names; `host` among them. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Changed on the way by what lies between, so AWS's signers leave them out. */
const unsigned = new Set([
  'authorization',
  'connection',
  'expect',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-for',
  'x-amzn-trace-id',
]);

/**
 * AWS's Signature Version 4, for one service in one region: returns the headers to send instead of the given ones. On
 * Node's own hash, and with the day's key remembered, since a batch of segments is signed thousands of times a minute.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signer(service: string, region: string) {
  let known: { secret: string; day: string; key: Buffer } = { secret: '', day: '', key: Buffer.alloc(0) };

  const keyOf = (secret: string, day: string): Buffer => {
    if (known.secret !== secret || known.day !== day) {
      let key = hmac(`AWS4${secret}`, day);
      for (const text of [region, service, 'aws4_request']) key = hmac(key, text);
      known = { secret, day, key };
    }
    return known.key;
  };

  return (request: SignableRequest, credentials: Credentials, now: Date): Record<string, string> => {
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
    if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;

    const names = Object.keys(headers)
      .filter((name) => !unsigned.has(name))
      .sort();
    const [path = '/', query = ''] = splitOnce(request.path, '?');
    const canonical = [
      request.method,
      path.split('/').map(encode).join('/'),
      canonicalQuery(query),
      ...names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}`),
      '',
      names.join(';'),
      hash('sha256', request.body),
    ].join('\n');

    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = hmac(keyOf(credentials.secretAccessKey, day), text).toString('hex');
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
      `SignedHeaders=${names.join(';')}, Signature=${signature}`;
    return headers;
  };
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** As RFC 3986 has it: stricter than JavaScript. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(query: string): string {
  if (!query) return '';
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join('&');
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
