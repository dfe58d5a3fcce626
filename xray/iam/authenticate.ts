import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { expiredToken, invalidSignature, unrecognizedClient } from '../errors.ts';
import { canonicalRequest, splitUrl } from './canonical-request.ts';
import {
  algorithm,
  basicDateOf,
  claimedSignature,
  secondsOf,
  type ClaimedSignature,
  type SignedRequest,
} from './claimed-signature.ts';
import type { Identity } from './identities.ts';
import { signingKey } from './signing-key.ts';

export interface AuthenticationOptions {
  identityOf(accessKeyId: string): Identity | undefined;
  /** Epoch seconds. */
  now: number;
  /** The region a signature must be for; undefined takes any. */
  region: string | undefined;
}

/** The name X-Ray has in a signature's scope. */
const service = 'xray';

/**
 * Minutes a request's clock may be off. AWS's documents say five, and so do its texts ("- 5 min."); some services take
 * fifteen.
 */
export const clockSkewMinutes = 5;

/**
 * Who sent a request, by its SigV4 signature. Throws an XRayError with status 403, in AWS's words and in the order in
 * which AWS objects: form, date, signed headers, scope, key, signature, session.
 */
export function authenticate(request: SignedRequest, options: AuthenticationOptions): Identity {
  const query = new URLSearchParams(splitUrl(request.url).query);
  const claim = claimedSignature(request, query);
  checkDate(claim, options.now);
  checkSignedHeaders(claim, request);
  checkScope(claim, options.region);

  const identity = options.identityOf(claim.accessKeyId);
  if (!identity) throw unrecognizedClient();
  checkSignature(claim, request, identity);
  checkSession(claim, identity, options.now);
  return identity;
}

function checkDate({ signedAt, expires }: ClaimedSignature, now: number): void {
  const signed = secondsOf(signedAt)!;
  const skew = clockSkewMinutes * 60;
  if (signed > now + skew) {
    throw invalidSignature(
      `Signature not yet current: ${signedAt} is still later than ${basicDateOf(now + skew)} ` +
        `(${basicDateOf(now)} + ${clockSkewMinutes} min.)`,
    );
  }
  if (expires !== undefined && signed + expires < now) {
    throw invalidSignature(
      `Signature expired: ${basicDateOf(now)} is now later than ${basicDateOf(signed + expires)} ` +
        `(${signedAt} + ${expires} s)`,
    );
  }
  if (expires === undefined && signed < now - skew) {
    throw invalidSignature(
      `Signature expired: ${signedAt} is now earlier than ${basicDateOf(now - skew)} ` +
        `(${basicDateOf(now)} - ${clockSkewMinutes} min.)`,
    );
  }
}

/** The host, and every `x-amz-` header that arrived, or else somebody in between could have changed them. */
function checkSignedHeaders({ signedHeaders }: ClaimedSignature, { headers }: SignedRequest): void {
  if (!signedHeaders.includes('host')) {
    throw invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'].find(
    (name) => headers[name] !== undefined && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw invalidSignature(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

function checkScope(claim: ClaimedSignature, region: string | undefined): void {
  const wrong: string[] = [];
  if (region !== undefined && claim.region !== region) {
    wrong.push(`Credential should be scoped to a valid region, not '${claim.region}'.`);
  }
  if (claim.service !== service) wrong.push(`Credential should be scoped to correct service: '${service}'.`);
  if (claim.terminator !== 'aws4_request') {
    wrong.push(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${claim.terminator}'.`,
    );
  }
  const date = claim.signedAt.slice(0, 8);
  if (claim.date !== date) {
    wrong.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${claim.date}' != '${date}', from '${claim.signedAt}'.`,
    );
  }
  if (wrong.length > 0) throw invalidSignature(wrong.join(' '));
}

/** REST-JSON services call a wrong signature InvalidSignatureException; the query protocol's SignatureDoesNotMatch. */
function checkSignature(claim: ClaimedSignature, request: SignedRequest, identity: Identity): void {
  const { signedAt, date, region } = claim;
  const canonical = createHash('sha256').update(canonicalRequest(request, claim.signedHeaders)).digest('hex');
  const text = [algorithm, signedAt, `${date}/${region}/${service}/aws4_request`, canonical].join('\n');
  const key = signingKey(identity.secretAccessKey, date, region, service);
  const expected = Buffer.from(createHmac('sha256', key).update(text).digest('hex'));
  const given = Buffer.from(claim.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw invalidSignature(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function checkSession({ sessionToken }: ClaimedSignature, identity: Identity, now: number): void {
  if (sessionToken !== identity.sessionToken) throw unrecognizedClient();
  if (identity.expiration !== undefined && identity.expiration <= now) throw expiredToken();
}
