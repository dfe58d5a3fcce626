import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locksOut, policyStatements } from './policy-document.ts';

const account = '123456789012';
const deny = { Effect: 'Deny', Principal: '*', Action: 'xray:PutResourcePolicy', Resource: '*' };

const cases = [
  { name: 'a Deny for everyone', statement: deny, expected: true },
  { name: 'a Deny for the account', statement: { ...deny, Principal: { AWS: account } }, expected: true },
  {
    name: 'a Deny for the account’s root among others',
    statement: { ...deny, Principal: { AWS: ['x', `arn:aws:iam::${account}:root`] } },
    expected: true,
  },
  { name: 'a Deny of all actions', statement: { ...deny, Action: ['s3:Get*', '*'] }, expected: true },
  { name: 'a Deny in other capitals', statement: { ...deny, Action: 'XRAY:put?esource*' }, expected: true },
  { name: 'a Deny of other actions', statement: { ...deny, Action: 'xray:PutResource' }, expected: false },
  { name: 'a Deny for another account', statement: { ...deny, Principal: { AWS: '1' } }, expected: false },
  { name: 'a Deny for a service', statement: { ...deny, Principal: { Service: '*' } }, expected: false },
  { name: 'a Deny under a condition', statement: { ...deny, Condition: { Bool: {} } }, expected: false },
  { name: 'an Allow', statement: { ...deny, Effect: 'Allow' }, expected: false },
];
for (const { name, statement, expected } of cases) {
  test(`${name} ${expected ? 'locks' : 'does not lock'} the author out`, () => {
    const one = policyStatements(JSON.stringify({ Statement: statement }));
    assert.equal(locksOut(one, account), expected);
  });
}

test('an action of two thousand wildcards is read in one go', () => {
  const statements = policyStatements(JSON.stringify({ Statement: { ...deny, Action: '*?'.repeat(1000) } }));
  assert.equal(locksOut(statements, account), false);
});
