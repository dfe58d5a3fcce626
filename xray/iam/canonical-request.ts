import { invalidSignature } from '../errors.ts';
import type { SignedRequest } from './claimed-signature.ts';

/**
 * The text of which a signature is taken: method, path, query, signed headers, hash of the body. It is made of what
 * really came over the wire, the hash of the body too, so a body that was changed on its way does not match whatever
 * `x-amz-content-sha256` says. Written by hand because the SDK's signer signs what it likes to sign, and a verifier
 * takes the sender's choice; the tests compare the two.
 * Throws InvalidSignatureException when a header that was signed did not arrive.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const names = [...signedHeaders].sort();
  const { path, query } = splitUrl(request.url);
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${canonicalValue(request, name)}`),
    '',
    names.join(';'),
    request.bodyHash,
  ].join('\n');
}

export function splitUrl(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function canonicalValue({ headers }: SignedRequest, name: string): string {
  const values = headers[name];
  if (values === undefined) {
    throw invalidSignature(
      `The header '${name}' is signed but did not arrive. A proxy in between may have dropped it.`,
    );
  }
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** Dots and doubled slashes resolved, then encoded once more than on the wire, as every service but S3 has it. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const isFolder = path.endsWith('/') && segments.length > 0;
  return `/${segments.join('/')}${isFolder ? '/' : ''}`;
}

/** Sorted by name, then value, each encoded anew; the signature itself stays out. */
function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
