import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { IdentitiesUnusable, parseIdentities } from './identities.ts';

const key = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const fileOf = (...identities: object[]) => JSON.stringify({ identities }, null, 2);
const statement = { Effect: 'Allow', Action: 'xray:*', Resource: '*' };
const withStatement = (members: object) =>
  fileOf({
    ...key,
    user: 'a',
    policies: [{ Version: '2012-10-17', Statement: [{ ...statement, ...members }] }],
  });

test('the file that the README shows is one', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const [, example] = /```json\n([\s\S]+?)```/.exec(readme)!;
  assert.deepEqual(
    [...parseIdentities(example!).values()].map(({ arn }) => arn),
    ['arn:aws:iam::000000000000:user/daemon', 'arn:aws:sts::000000000000:assumed-role/console/maria'],
  );
});

test('temporary credentials have a token and an end', () => {
  const text = fileOf({ ...key, role: 'shop', sessionToken: 't', expiration: '2026-11-22T21:00:00Z' });
  const identity = parseIdentities(text).get('AKIA')!;
  assert.equal(identity.arn, 'arn:aws:sts::000000000000:assumed-role/shop/session');
  assert.equal(identity.expiration, Date.UTC(2026, 10, 22, 21) / 1000);
  assert.equal(identity.sessionToken, 't');
});

test('a policy’s Statement may be one object instead of a list', () => {
  const text = fileOf({ ...key, user: 'a', policies: [{ Version: '2012-10-17', Statement: statement }] });
  assert.equal(parseIdentities(text).get('AKIA')!.policies.length, 1);
});

const refusals = [
  { name: 'no JSON', text: '{"identities": [', message: /^it is not JSON: / },
  { name: 'a list', text: '[]', message: /^line 1: the file: / },
  {
    name: 'an identity without a secret',
    text: fileOf({ accessKeyId: 'a', user: 'a' }),
    message: /^line 3: identities\[0\]\.secretAccessKey: /,
  },
  {
    name: 'a member nobody knows',
    text: fileOf({ ...key, user: 'a', group: 'b' }),
    message: /^line 3: identities\[0\]: Unrecognized key: "group"/,
  },
  {
    name: 'somebody who is user and role',
    text: fileOf({ ...key, user: 'a', role: 'b' }),
    message: /^line 3: identities\[0\]: say who this is with exactly one of user, role and arn\./,
  },
  {
    name: 'an access key that two have',
    text: fileOf({ ...key, user: 'a' }, { ...key, user: 'b' }),
    message: /^line 9: identities\[1\]\.accessKeyId: AKIA is somebody else's already\./,
  },
  {
    name: 'a managed policy AWS does not have',
    text: fileOf({ ...key, user: 'a', managedPolicies: ['AWSXRayAdmin'] }),
    message:
      /^line 8: identities\[0\]\.managedPolicies\[0\]: X-Ray has no managed policy AWSXRayAdmin\. It has AWSXRayDaemonWriteAccess, /,
  },
  {
    name: 'an Effect that is none',
    text: withStatement({ Effect: 'Permit' }),
    message: /^line 12: identities\[0\]\.policies\[0\]\.Statement\[0\]\.Effect: /,
  },
  {
    name: 'an Action without a service',
    text: withStatement({ Action: 'PutTraceSegments' }),
    message: /^line 13: .*\.Action: an action is \* or service:Name/,
  },
  {
    name: 'a Resource that is no ARN',
    text: withStatement({ Resource: 'shop' }),
    message: /^line 14: .*\.Resource: a resource is \* or an ARN/,
  },
  {
    name: 'a Resource with a policy variable',
    text: withStatement({ Resource: 'arn:aws:xray:*:*:group/${aws:username}/*' }),
    message: /policy variables are not supported/,
  },
  {
    name: 'a statement with Action and NotAction',
    text: withStatement({ NotAction: 'xray:Get*' }),
    message: /^line 11: .*: give exactly one of Action and NotAction\./,
  },
  {
    name: 'an operator that means nothing here',
    text: withStatement({ Condition: { NumericEquals: { 'aws:username': '1' } } }),
    message:
      /^line 16: .*\.Condition\.NumericEquals: NumericEquals is not supported\. Use one of: StringEquals, /,
  },
  {
    name: 'a key no request has',
    text: withStatement({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
    message: /^line 17: .*: no request has aws:PrincipalOrgID here\. Use one of: /,
  },
  {
    name: 'a network that is none',
    text: withStatement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/40' } } }),
    message: /"10\.0\.0\.0\/40" is no value for IpAddress\./,
  },
];

for (const { name, text, message } of refusals) {
  test(`${name}: the error names line and member`, () =>
    assert.throws(
      () => parseIdentities(text),
      (error: unknown) => {
        assert.ok(error instanceof IdentitiesUnusable);
        assert.match(error.message, message);
        return true;
      },
    ));
}
