import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from './credentials.ts';
import { signer } from './signature.ts';
import { clientFor, fakeXRay, testCredentials } from './testing.ts';

test('the signature is the one AWS’s own signer computes for what arrived', async (context) => {
  const xray = await fakeXRay((response) => response.end());
  const client = clientFor(xray.endpoint);
  context.after(() => (client.close(), xray.close()));
  await client.send({
    method: 'POST',
    path: '/GetSamplingRules?page=2&page=1&q=a%20b',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"text":"häßlich"}'),
  });

  const { headers, body } = xray.requests[0]!;
  const signer = new SignatureV4({
    service: 'xray',
    region: 'us-east-1',
    credentials: testCredentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const date = String(headers['x-amz-date']);
  const expected = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: '/GetSamplingRules',
      query: { page: ['2', '1'], q: 'a b' },
      headers: {
        host: headers.host!,
        'content-type': headers['content-type']!,
        'content-length': headers['content-length']!,
      },
      body,
    },
    { signingDate: new Date(date.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')) },
  );
  assert.equal(headers.authorization, expected.headers['authorization']);
});

test('the key of a day is not used for the next day, nor for other credentials', () => {
  const sign = signer('xray', 'us-east-1');
  const request = { method: 'POST', path: '/TraceSegments', headers: { host: 'x' }, body: Buffer.from('{}') };
  const signed = (credentials: Credentials, date: string) =>
    sign(request, credentials, new Date(date))['authorization']!;
  const first = signed(testCredentials, '2026-11-22T23:59:59Z');
  assert.equal(signed(testCredentials, '2026-11-22T23:59:59Z'), first);
  assert.match(signed(testCredentials, '2026-11-23T00:00:00Z'), /\/20261123\/us-east-1\/xray\//);
  const others = { ...testCredentials, secretAccessKey: 'another' };
  assert.notEqual(signed(others, '2026-11-22T23:59:59Z'), first);
  const again = signer('xray', 'us-east-1')(request, others, new Date('2026-11-22T23:59:59Z'));
  assert.equal(signed(others, '2026-11-22T23:59:59Z'), again['authorization']);
});

test('a session token is sent and signed', () => {
  const headers = signer('sts', 'us-east-1')(
    { method: 'POST', path: '/', headers: { host: 'x' }, body: Buffer.alloc(0) },
    { ...testCredentials, sessionToken: 'token' },
    new Date(0),
  );
  assert.equal(headers['x-amz-security-token'], 'token');
  assert.match(headers['authorization']!, /SignedHeaders=host;x-amz-date;x-amz-security-token, /);
});
