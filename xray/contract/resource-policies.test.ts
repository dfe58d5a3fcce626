import {
  DeleteResourcePolicyCommand,
  ListResourcePoliciesCommand,
  paginateListResourcePolicies,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { now, onlyLocal, startBackend } from './harness.ts';

const { client } = await startBackend();

const allow = {
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'xray:PutTraceSegments',
};
const policy = (statement: object = allow) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: '*' }] });

const used = new Set<string>();
const put = async (PolicyName: string, members: object = {}) => {
  used.add(PolicyName);
  const input = { PolicyName, PolicyDocument: policy(), ...members };
  const { ResourcePolicy } = await client.send(new PutResourcePolicyCommand(input));
  return ResourcePolicy!;
};
const remove = (PolicyName: string, members: object = {}) =>
  client.send(new DeleteResourcePolicyCommand({ PolicyName, ...members }));
const clear = async () => {
  for (const name of used) await remove(name).catch(() => {});
};
afterEach(clear);
after(clear);

const list = async () => {
  const policies = [];
  for await (const { ResourcePolicies } of paginateListResourcePolicies({ client }, {}))
    policies.push(...ResourcePolicies!);
  return policies;
};

test('revisions of a policy count up from 1, and the last one is listed', async () => {
  const first = await put('t-a');
  assert.deepEqual([first.PolicyName, first.PolicyRevisionId], ['t-a', '1']);
  const PolicyDocument = policy({ ...allow, Action: ['xray:PutTraceSegments', 'xray:GetSamplingRules'] });
  const second = await put('t-a', { PolicyDocument, PolicyRevisionId: '1' });
  assert.equal(second.PolicyRevisionId, '2');
  assert.equal(Math.abs(second.LastUpdatedTime!.getTime() / 1000 - now()) < 60, true);
  const listed = (await list()).filter(({ PolicyName }) => PolicyName === 't-a');
  assert.deepEqual(listed, [{ ...second, PolicyDocument }]);
});

test('a policy that is deleted is gone, and starts at revision 1 again', async () => {
  await put('t-a');
  await put('t-a');
  await remove('t-a', { PolicyRevisionId: '2' });
  assert.equal(
    (await list()).some(({ PolicyName }) => PolicyName === 't-a'),
    false,
  );
  assert.equal((await put('t-a')).PolicyRevisionId, '1');
});

test('another revision than the last is an InvalidPolicyRevisionIdException, and 0 means: only a new one', async () => {
  const wrong = { name: 'InvalidPolicyRevisionIdException' };
  assert.equal((await put('t-a', { PolicyRevisionId: '0' })).PolicyRevisionId, '1');
  await assert.rejects(put('t-a', { PolicyRevisionId: '0' }), wrong);
  await assert.rejects(put('t-a', { PolicyRevisionId: '7' }), wrong);
  await assert.rejects(put('t-b', { PolicyRevisionId: '1' }), wrong);
  await assert.rejects(remove('t-a', { PolicyRevisionId: '7' }), wrong);
});

test(
  'the sixth policy is a PolicyCountLimitExceededException, a new revision of the fifth is not',
  { skip: onlyLocal },
  async () => {
    for (let number = 1; number <= 5; number++) await put(`t-${number}`);
    await assert.rejects(put('t-6'), { name: 'PolicyCountLimitExceededException' });
    assert.equal((await put('t-5')).PolicyRevisionId, '2');
  },
);

const documents = [
  { name: 'no JSON', PolicyDocument: 'allow all', code: 'MalformedPolicyDocumentException' },
  { name: 'JSON that is no policy', PolicyDocument: '[]', code: 'MalformedPolicyDocumentException' },
  {
    name: 'a statement without a principal',
    PolicyDocument: policy({ Effect: 'Allow', Action: 'xray:*' }),
    code: 'MalformedPolicyDocumentException',
  },
  {
    name: 'a policy over 5 KB',
    PolicyDocument: policy({ ...allow, Sid: 'x'.repeat(5 * 1024) }),
    code: 'PolicySizeLimitExceededException',
  },
  {
    name: 'a policy that would lock its author out',
    PolicyDocument: policy({ Effect: 'Deny', Principal: '*', Action: 'xray:Put*' }),
    code: 'LockoutPreventionException',
  },
];
for (const { name, PolicyDocument, code } of documents) {
  test(`${name} is refused: ${code}`, () => assert.rejects(put('t-a', { PolicyDocument }), { name: code }));
}

test(
  'a lockout that is meant is kept, and a Deny of something else is no lockout',
  { skip: onlyLocal },
  async () => {
    const deny = (Action: string) => policy({ Effect: 'Deny', Principal: { AWS: '*' }, Action });
    await put('t-a', { PolicyDocument: deny('*'), BypassPolicyLockoutCheck: true });
    await put('t-b', { PolicyDocument: deny('xray:Get*') });
  },
);

test('a name with a blank is refused: ValidationException', () =>
  assert.rejects(put('t a'), { name: 'ValidationException', message: /at 'policyName' failed to satisfy/ }));

test('deleting a policy that does not exist is an InvalidRequestException', { skip: onlyLocal }, () =>
  assert.rejects(remove('t-nobody'), { name: 'InvalidRequestException' }),
);

test('a NextToken is an InvalidRequestException: all policies fit on one page', { skip: onlyLocal }, () =>
  assert.rejects(client.send(new ListResourcePoliciesCommand({ NextToken: 'abc' })), {
    name: 'InvalidRequestException',
  }),
);
