import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { XRayError } from '../errors.ts';
import { authorize } from './authorize.ts';
import type { Identity } from './identities.ts';
import { policy } from './policy.ts';

const somebody = (...statements: object[]): Identity => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: undefined,
  expiration: undefined,
  arn: 'arn:aws:iam::000000000000:user/somebody',
  policies: statements.map((Statement) => policy.parse({ Version: '2012-10-17', Statement })),
});
const allow = { Effect: 'Allow', Action: 'xray:Put*', Resource: '*' };
const deny = { Effect: 'Deny', Action: 'xray:PutTraceSegments', Resource: '*' };
const group = 'arn:aws:xray:us-east-1:000000000000:group/shop/1';
const ask = (identity: Identity, action: string, resource = '*') =>
  authorize(identity, { action, resource, context: {} as never });

test('who is allowed goes through', () => {
  ask(somebody(allow), 'xray:PutTraceSegments');
});

const refusals = [
  {
    name: 'what no policy allows',
    identity: somebody(),
    action: 'xray:PutTraceSegments',
    message:
      'User: arn:aws:iam::000000000000:user/somebody is not authorized to perform: xray:PutTraceSegments ' +
      'because no identity-based policy allows the xray:PutTraceSegments action',
  },
  {
    name: 'another action than the one that is allowed',
    identity: somebody(allow),
    action: 'xray:GetTraceSummaries',
    message:
      'User: arn:aws:iam::000000000000:user/somebody is not authorized to perform: xray:GetTraceSummaries ' +
      'because no identity-based policy allows the xray:GetTraceSummaries action',
  },
  {
    name: 'what is denied although it is allowed, in other words',
    identity: somebody(allow, deny),
    action: 'xray:PutTraceSegments',
    message:
      'User: arn:aws:iam::000000000000:user/somebody is not authorized to perform: xray:PutTraceSegments ' +
      'with an explicit deny in an identity-based policy',
  },
  {
    name: 'an action on a resource, which the text names',
    identity: somebody(),
    action: 'xray:DeleteGroup',
    resource: group,
    message:
      `User: arn:aws:iam::000000000000:user/somebody is not authorized to perform: xray:DeleteGroup on resource: ${group} ` +
      'because no identity-based policy allows the xray:DeleteGroup action',
  },
];
for (const { name, identity, action, resource, message } of refusals) {
  test(`${name} is an AccessDeniedException with status 403`, () =>
    assert.throws(
      () => ask(identity, action, resource),
      (error: XRayError) => {
        assert.deepEqual([error.name, error.status, error.message], ['AccessDeniedException', 403, message]);
        return true;
      },
    ));
}
