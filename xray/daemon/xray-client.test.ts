import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
      headers: { host: headers.host!, 'content-type': headers['content-type']! },
      body,
    },
    { signingDate: new Date(date.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')) },
  );
  assert.equal(headers.authorization, expected.headers['authorization']);
});
