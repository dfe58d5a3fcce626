import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XRayError } from '../errors.ts';
import { authenticate } from './authenticate.ts';
import type { SignedRequest } from './claimed-signature.ts';
import type { Identity } from './identities.ts';
import { presigned, sha256, signed, testCredentials, testNow } from './testing.ts';

const session = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'temporary', sessionToken: 'token/+=' };
const identities: Identity[] = [
  { ...testCredentials, sessionToken: undefined, expiration: undefined, arn: 'arn:user', policies: [] },
  { ...session, expiration: testNow + 60, arn: 'arn:session', policies: [] },
];

const who = (request: SignedRequest, { now = testNow, region = undefined as string | undefined } = {}) =>
  authenticate(request, {
    identityOf: (id) => identities.find(({ accessKeyId }) => accessKeyId === id),
    now,
    region,
  }).arn;

test('whatever the SDK’s signer signs is recognized, in the headers and in the query', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const plain = fc.string({ maxLength: 12 }).filter((value) => /^[\x20-\x7e]*$/.test(value));
  const call = fc.record({
    path: fc.webPath().map((path) => `/${path}`),
    query: fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })), {
      maxKeys: 4,
    }),
    headers: fc.dictionary(fc.stringMatching(/^x-amzn?-[a-z]{1,8}[0-9]$/), plain, { maxKeys: 4 }),
    body: text,
  });
  await fc.assert(
    fc.asyncProperty(call, async (given) => {
      // What goes between a request's first two lines cannot hold these; the SDK encodes a path before it signs it.
      const request = { ...given, path: given.path.replace(/[?#]/g, '') };
      assert.equal(who(await signed(request)), 'arn:user');
      assert.equal(who(await presigned(request)), 'arn:user');
    }),
    { numRuns: 200 },
  );
});

test('the signature that botocore makes of a request is the one expected', () => {
  const request = {
    method: 'POST',
    url: '/TraceSegments',
    headers: {
      host: ['127.0.0.1:2001'],
      'x-amz-date': ['20261122T210000Z'],
      authorization: [
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/xray/aws4_request,SignedHeaders=host;x-amz-date,Signature=cc59c2cceb0c4cd18f6b4b59db520b83ca2d38e55283bbc3bd903096655c7e3e',
      ],
    },
    bodyHash: sha256('{}'),
  };
  assert.equal(who(request), 'arn:user');
});

const with_ = (request: SignedRequest, headers: NodeJS.Dict<string[]>): SignedRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
const edited = (request: SignedRequest, from: RegExp, to: string): SignedRequest =>
  with_(request, { authorization: [request.headers['authorization']![0]!.replace(from, to)] });

const refusals: {
  name: string;
  request: () => SignedRequest | Promise<SignedRequest>;
  code: string;
  message: RegExp;
  region?: string;
  now?: number;
}[] = [
  {
    name: 'no signature',
    request: async () => with_(await signed(), { authorization: undefined }),
    code: 'MissingAuthenticationTokenException',
    message: /^Missing Authentication Token$/,
  },
  {
    name: 'a bearer token',
    request: async () => with_(await signed(), { authorization: ['Bearer abc'] }),
    code: 'MissingAuthenticationTokenException',
    message: /^Missing Authentication Token$/,
  },
  {
    name: 'a signature in the headers and in the query',
    request: async () => with_(await presigned(), { authorization: ['AWS4-HMAC-SHA256 a=b'] }),
    code: 'InvalidSignatureException',
    message: /^Found both 'X-Amz-Algorithm'/,
  },
  {
    name: 'an Authorization without anything in it',
    request: async () =>
      with_(await signed(), { authorization: ['AWS4-HMAC-SHA256'], 'x-amz-date': undefined }),
    code: 'IncompleteSignatureException',
    message:
      /^Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=AWS4-HMAC-SHA256$/,
  },
  {
    name: 'a word where a pair should be',
    request: async () => edited(await signed(), /Credential=/, 'Credential '),
    code: 'IncompleteSignatureException',
    message: /not a valid key=value pair \(missing equal-sign\)/,
  },
  {
    name: 'another algorithm',
    request: async () => edited(await signed(), /SHA256/, 'SHA512'),
    code: 'IncompleteSignatureException',
    message: /^Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'/,
  },
  {
    name: 'a date that is none',
    request: async () => with_(await signed(), { 'x-amz-date': ['yesterday'] }),
    code: 'IncompleteSignatureException',
    message: /^Date must be in ISO-8601 'basic format'\. Got 'yesterday'/,
  },
  {
    name: 'a scope of four parts',
    request: async () => edited(await signed(), /\/xray\//, '/'),
    code: 'IncompleteSignatureException',
    message: /^Credential must have exactly 5 slash-delimited elements/,
  },
  {
    name: 'a presigned URL without a signature',
    request: async () => {
      const request = await presigned();
      return { ...request, url: request.url.replace(/X-Amz-Signature=[0-9a-f]+/, '') };
    },
    code: 'IncompleteSignatureException',
    message: /^AWS query-string parameters must include 'X-Amz-Signature'\. Re-examine/,
  },
  {
    name: 'a signature five minutes and a second old',
    request: () => signed({ at: testNow - 301 }),
    code: 'InvalidSignatureException',
    message:
      /^Signature expired: 20261122T205459Z is now earlier than 20261122T205500Z \(20261122T210000Z - 5 min\.\)$/,
  },
  {
    name: 'a signature five minutes and a second early',
    request: () => signed({ at: testNow + 301 }),
    code: 'InvalidSignatureException',
    message: /^Signature not yet current: 20261122T210501Z is still later than 20261122T210500Z/,
  },
  {
    name: 'a presigned URL past its time',
    request: () => presigned({ at: testNow - 61, expiresIn: 60 }),
    code: 'InvalidSignatureException',
    message: /^Signature expired/,
  },
  {
    name: 'a host that was not signed',
    request: async () => edited(await signed(), /host;/, ''),
    code: 'InvalidSignatureException',
    message: /^'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization\.$/,
  },
  {
    name: 'a session token that was added later',
    request: async () => with_(await signed(), { 'x-amz-security-token': ['stolen'] }),
    code: 'InvalidSignatureException',
    message: /^'x-amz-security-token' must be a 'SignedHeader'/,
  },
  {
    name: 'a signed header that did not arrive',
    request: async () => with_(await signed({ headers: { 'x-own': '1' } }), { 'x-own': undefined }),
    code: 'InvalidSignatureException',
    message: /^The header 'x-own' is signed but did not arrive/,
  },
  {
    name: 'another service',
    request: () => signed({ service: 's3' }),
    code: 'InvalidSignatureException',
    message: /^Credential should be scoped to correct service: 'xray'\.$/,
  },
  {
    name: 'another region, where that is checked',
    request: () => signed({ region: 'eu-west-1' }),
    region: 'us-east-1',
    code: 'InvalidSignatureException',
    message: /^Credential should be scoped to a valid region, not 'eu-west-1'\.$/,
  },
  {
    name: 'a scope of another day',
    request: async () => edited(await signed(), /20261122/, '20261121'),
    code: 'InvalidSignatureException',
    message: /^Date in Credential scope does not match/,
  },
  {
    name: 'a key nobody has',
    request: () => signed({ credentials: { ...testCredentials, accessKeyId: 'AKIDNOBODY' } }),
    code: 'UnrecognizedClientException',
    message: /^The security token included in the request is invalid\.$/,
  },
  {
    name: 'a wrong secret',
    request: () => signed({ credentials: { ...testCredentials, secretAccessKey: 'guess' } }),
    code: 'InvalidSignatureException',
    message: /^The request signature we calculated does not match the signature you provided\./,
  },
  {
    name: 'a signature of another length',
    request: async () => edited(await signed(), /Signature=.*/, 'Signature=ab'),
    code: 'InvalidSignatureException',
    message: /^The request signature we calculated/,
  },
  {
    name: 'another body',
    request: async () => ({ ...(await signed()), bodyHash: sha256('{"a":1}') }),
    code: 'InvalidSignatureException',
    message: /^The request signature we calculated/,
  },
  {
    name: 'another path',
    request: async () => ({ ...(await signed()), url: '/TraceSummaries' }),
    code: 'InvalidSignatureException',
    message: /^The request signature we calculated/,
  },
  {
    name: 'another query',
    request: async () => ({ ...(await signed({ query: { a: '1' } })), url: '/TraceSegments?a=2' }),
    code: 'InvalidSignatureException',
    message: /^The request signature we calculated/,
  },
  {
    name: 'temporary credentials without their token',
    request: () => signed({ credentials: { ...testCredentials, ...session, sessionToken: '' } }),
    code: 'UnrecognizedClientException',
    message: /^The security token included in the request is invalid\.$/,
  },
  {
    name: 'a token that belongs to nobody',
    request: () => signed({ credentials: { ...testCredentials, sessionToken: 'made up' } }),
    code: 'UnrecognizedClientException',
    message: /^The security token included in the request is invalid\.$/,
  },
  {
    name: 'a token past its time',
    request: () => signed({ credentials: session }),
    now: testNow + 61,
    code: 'ExpiredTokenException',
    message: /^The security token included in the request is expired$/,
  },
];

for (const { name, request, code, message, region, now } of refusals) {
  test(`${name} is refused: ${code}`, async () => {
    const sent = await request();
    assert.throws(
      () => who(sent, { ...(now === undefined ? {} : { now }), region }),
      (error: unknown) => {
        assert.ok(error instanceof XRayError);
        assert.equal(error.code, code);
        assert.equal(error.status, 403);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('a signature for any region is taken where the region is not checked', async () => {
  assert.equal(who(await signed({ region: 'eu-west-1' })), 'arn:user');
});

test('temporary credentials with their token are somebody until they expire', async () => {
  assert.equal(who(await signed({ credentials: session })), 'arn:session');
  assert.equal(who(await presigned({ credentials: session })), 'arn:session');
});

test('a clock five minutes off is near enough', async () => {
  assert.equal(who(await signed({ at: testNow - 300 })), 'arn:user');
  assert.equal(who(await signed({ at: testNow + 300 })), 'arn:user');
});

test('spaces in and around header values, and values in several lines, count as AWS counts them', async () => {
  const request = await signed({ headers: { 'x-own': 'a b,c' } });
  assert.equal(who(with_(request, { 'x-own': ['  a   b ', 'c'] })), 'arn:user');
});
