import { incompleteSignature, invalidSignature, missingAuthentication } from '../errors.ts';

/** A request as it came over the wire; what a signature covers. */
export interface SignedRequest {
  method: string;
  /** Path and query, as in the request line. */
  url: string;
  /** Names in lower case, each with all its values in the order in which they came. */
  headers: NodeJS.Dict<string[]>;
  /** SHA-256 of the bytes of the body as they came, in hex. */
  bodyHash: string;
}

/** What the sender says about its signature: nothing here has been checked but the form. */
export interface ClaimedSignature {
  accessKeyId: string;
  /** The date of the scope, `YYYYMMDD`. */
  date: string;
  region: string;
  service: string;
  terminator: string;
  /** Lower case, in the order given. */
  signedHeaders: readonly string[];
  /** Hex. */
  signature: string;
  /** When it was signed, `YYYYMMDDTHHMMSSZ`. */
  signedAt: string;
  sessionToken: string | undefined;
  /** Seconds a presigned URL is good for; undefined for a signature in the headers. */
  expires: number | undefined;
}

export const algorithm = 'AWS4-HMAC-SHA256';

/** AWS's longest life of a presigned URL: seven days, in seconds. */
const longestExpires = 7 * 24 * 60 * 60;

/**
 * Finds the signature of a request, in its Authorization header or, presigned, in its query. Throws
 * MissingAuthenticationTokenException when there is none, and IncompleteSignatureException, in AWS's words, when a part of
 * it is missing. The order in which AWS's framework objects is that of github.com/mhart/dynalite (index.js).
 */
export function claimedSignature(request: SignedRequest, query: URLSearchParams): ClaimedSignature {
  const authorization = request.headers['authorization']?.join(', ').trim();
  const isPresigned = query.has('X-Amz-Algorithm');
  if (authorization && isPresigned) {
    throw invalidSignature(
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (isPresigned) return inQuery(query);
  // Another scheme, such as Basic or Bearer, is no AWS authentication at all.
  if (!authorization?.startsWith('AWS4-')) throw missingAuthentication();
  return inHeaders(authorization, request.headers);
}

function inHeaders(authorization: string, headers: SignedRequest['headers']): ClaimedSignature {
  const [usedAlgorithm, ...rest] = authorization.split(' ');
  const parameters = parametersOf(rest.join(' '), authorization);
  const signedAt = headers['x-amz-date']?.[0] ?? basicDate(headers['date']?.[0]);

  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (signedAt === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length > 0) {
    throw incompleteSignature(`${missing.join(' ')} Authorization=${authorization}`);
  }
  checkAlgorithm(usedAlgorithm!);
  return {
    ...scopeOf(parameters.get('Credential')!),
    signedHeaders: headerNames(parameters.get('SignedHeaders')!),
    signature: parameters.get('Signature')!,
    signedAt: checkedDate(signedAt!),
    sessionToken: headers['x-amz-security-token']?.[0],
    expires: undefined,
  };
}

/** `Credential=…, SignedHeaders=…, Signature=…`, with or without spaces. */
function parametersOf(text: string, authorization: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(',')) {
    const pair = part.trim();
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 0) {
      throw incompleteSignature(
        `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
      );
    }
    parameters.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  return parameters;
}

function inQuery(query: URLSearchParams): ClaimedSignature {
  const names = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ];
  const missing = names
    .filter((name) => !query.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'.`);
  if (missing.length > 0) {
    throw incompleteSignature(`${missing.join(' ')} Re-examine the query-string parameters.`);
  }
  checkAlgorithm(query.get('X-Amz-Algorithm')!);
  return {
    ...scopeOf(query.get('X-Amz-Credential')!),
    signedHeaders: headerNames(query.get('X-Amz-SignedHeaders')!),
    signature: query.get('X-Amz-Signature')!,
    signedAt: checkedDate(query.get('X-Amz-Date')!),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    expires: expiresIn(query.get('X-Amz-Expires')),
  };
}

function expiresIn(text: string | null): number {
  const seconds = Number(text);
  if (text !== null && Number.isInteger(seconds) && seconds >= 1 && seconds <= longestExpires) return seconds;
  throw incompleteSignature(`X-Amz-Expires must be a number of seconds from 1 to ${longestExpires}.`);
}

function checkAlgorithm(text: string): void {
  if (text !== algorithm) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${text}' (only ${algorithm} for now).`);
  }
}

function scopeOf(
  credential: string,
): Pick<ClaimedSignature, 'accessKeyId' | 'date' | 'region' | 'service' | 'terminator'> {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split('/');
  if (terminator === undefined || more.length > 0) {
    throw incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  return { accessKeyId: accessKeyId!, date: date!, region: region!, service: service!, terminator };
}

const headerNames = (text: string): string[] =>
  text
    .split(';')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');

function checkedDate(text: string): string {
  if (secondsOf(text) === undefined) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return text;
}

/** Epoch seconds of `YYYYMMDDTHHMMSSZ`; undefined for anything else. */
export function secondsOf(basic: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(basic);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** `YYYYMMDDTHHMMSSZ` of epoch seconds. */
export const basicDateOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');

/** A `Date` header (`Sun, 22 Nov 2026 21:00:00 GMT`) in the form a signature has it. */
function basicDate(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const milliseconds = Date.parse(header);
  return Number.isNaN(milliseconds) ? header : basicDateOf(milliseconds / 1000);
}
