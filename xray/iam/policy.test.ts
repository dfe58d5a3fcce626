import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionContext } from './condition.ts';
import { managedPolicies, managedPolicy } from './managed-policies.ts';
import { decide, policy } from './policy.ts';

const group = 'arn:aws:xray:us-east-1:000000000000:group/shop/ABC';
const allow = { Effect: 'Allow', Action: 'xray:*', Resource: '*' };

interface Case {
  name: string;
  statements: object[];
  action?: string;
  resource?: string;
  context?: ConditionContext;
  expected: 'allowed' | 'implicit' | 'explicit';
}

const cases: Case[] = [
  {
    name: 'what nothing allows is denied implicitly',
    statements: [{ ...allow, Action: 's3:*' }],
    expected: 'implicit',
  },
  {
    name: 'an action is allowed by name',
    statements: [{ ...allow, Action: 'xray:PutTraceSegments' }],
    expected: 'allowed',
  },
  {
    name: 'an action’s case does not matter',
    statements: [{ ...allow, Action: 'XRAY:puttracesegments' }],
    expected: 'allowed',
  },
  {
    name: 'an asterisk stands for any text',
    statements: [{ ...allow, Action: 'xray:Put*' }],
    expected: 'allowed',
  },
  {
    name: 'a question mark stands for one letter',
    statements: [{ ...allow, Action: 'xray:Pu?TraceSegments' }],
    expected: 'allowed',
  },
  {
    name: 'a dot in a pattern is a dot',
    statements: [{ ...allow, Action: 'xray:Put.raceSegments' }],
    expected: 'implicit',
  },
  {
    name: 'a pattern is the whole name',
    statements: [{ ...allow, Action: 'xray:Put' }],
    expected: 'implicit',
  },
  {
    name: 'of several actions one is enough',
    statements: [{ ...allow, Action: ['s3:*', 'xray:Put*'] }],
    expected: 'allowed',
  },
  {
    name: 'NotAction is every other action',
    statements: [{ Effect: 'Allow', NotAction: 'xray:Get*', Resource: '*' }],
    expected: 'allowed',
  },
  {
    name: 'NotAction leaves out what it names',
    statements: [{ Effect: 'Allow', NotAction: ['xray:Get*', 'xray:Put*'], Resource: '*' }],
    expected: 'implicit',
  },
  {
    name: 'a Deny wins over an Allow, wherever it stands',
    statements: [{ Effect: 'Deny', Action: 'xray:PutTraceSegments', Resource: '*' }, allow],
    expected: 'explicit',
  },
  {
    name: 'a Deny of something else does not matter',
    statements: [allow, { Effect: 'Deny', Action: 'xray:GetGroup', Resource: '*' }],
    expected: 'allowed',
  },
  {
    name: 'an action that is on no resource needs Resource "*"',
    statements: [{ ...allow, Resource: 'arn:aws:xray:us-east-1:000000000000:*' }],
    expected: 'implicit',
  },
  {
    name: 'an ARN with asterisks names a group',
    statements: [{ ...allow, Resource: 'arn:aws:xray:*:*:group/shop/*' }],
    resource: group,
    expected: 'allowed',
  },
  {
    name: 'another group is not meant',
    statements: [{ ...allow, Resource: 'arn:aws:xray:*:*:group/shopping/*' }],
    resource: group,
    expected: 'implicit',
  },
  {
    name: 'a resource’s case matters',
    statements: [{ ...allow, Resource: 'arn:aws:xray:*:*:group/Shop/*' }],
    resource: group,
    expected: 'implicit',
  },
  {
    name: 'NotResource leaves out what it names',
    statements: [allow, { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:xray:*:*:group/shop/*' }],
    resource: 'arn:aws:xray:us-east-1:000000000000:group/other/ABC',
    expected: 'explicit',
  },
];

const conditions: { name: string; condition: object; context: ConditionContext; holds: boolean }[] = [
  {
    name: 'StringEquals',
    condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
    context: { 'aws:requestedregion': 'us-east-1' },
    holds: true,
  },
  {
    name: 'StringEquals of one of several',
    condition: { StringEquals: { 'aws:RequestedRegion': ['a', 'b'] } },
    context: { 'aws:requestedregion': 'b' },
    holds: true,
  },
  {
    name: 'StringEquals of another case',
    condition: { StringEquals: { 'aws:ResourceTag/env': 'Prod' } },
    context: { 'aws:resourcetag/env': 'prod' },
    holds: false,
  },
  {
    name: 'StringEqualsIgnoreCase of another case',
    condition: { StringEqualsIgnoreCase: { 'aws:ResourceTag/Env': 'Prod' } },
    context: { 'aws:resourcetag/env': 'prod' },
    holds: true,
  },
  {
    name: 'StringEquals of a key that is not there',
    condition: { StringEquals: { 'aws:ResourceTag/env': 'prod' } },
    context: {},
    holds: false,
  },
  {
    name: 'StringEqualsIfExists of a key that is not there',
    condition: { StringEqualsIfExists: { 'aws:ResourceTag/env': 'prod' } },
    context: {},
    holds: true,
  },
  {
    name: 'StringEqualsIfExists of a key that is there',
    condition: { StringEqualsIfExists: { 'aws:ResourceTag/env': 'prod' } },
    context: { 'aws:resourcetag/env': 'test' },
    holds: false,
  },
  {
    name: 'StringNotEquals of one of its values',
    condition: { StringNotEquals: { 'aws:ResourceTag/env': ['prod', 'test'] } },
    context: { 'aws:resourcetag/env': 'test' },
    holds: false,
  },
  {
    name: 'StringNotEquals of a key that is not there',
    condition: { StringNotEquals: { 'aws:ResourceTag/env': 'prod' } },
    context: {},
    holds: true,
  },
  {
    name: 'StringLike',
    condition: { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/da*' } },
    context: { 'aws:principalarn': 'arn:aws:iam::000000000000:user/daemon' },
    holds: true,
  },
  {
    name: 'ForAllValues when one value does not fit',
    condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
    context: { 'aws:tagkeys': ['a', 'c'] },
    holds: false,
  },
  {
    name: 'ForAllValues without a value',
    condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } },
    context: {},
    holds: true,
  },
  {
    name: 'ForAnyValue when one value fits',
    condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } },
    context: { 'aws:tagkeys': ['b', 'a'] },
    holds: true,
  },
  {
    name: 'ForAnyValue without a value',
    condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } },
    context: {},
    holds: false,
  },
  {
    name: 'Null of a key that is not there',
    condition: { Null: { 'aws:RequestTag/env': 'true' } },
    context: {},
    holds: true,
  },
  {
    name: 'not Null of a key that is not there',
    condition: { Null: { 'aws:RequestTag/env': false } },
    context: {},
    holds: false,
  },
  {
    name: 'Bool',
    condition: { Bool: { 'aws:SecureTransport': false } },
    context: { 'aws:securetransport': 'false' },
    holds: true,
  },
  {
    name: 'an address in the network',
    condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    context: { 'aws:sourceip': '10.1.2.3' },
    holds: true,
  },
  {
    name: 'an address outside the network',
    condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '::1'] } },
    context: { 'aws:sourceip': '127.0.0.1' },
    holds: false,
  },
  {
    name: 'not an address of that network',
    condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    context: { 'aws:sourceip': '127.0.0.1' },
    holds: true,
  },
  {
    name: 'a moment before',
    condition: { DateLessThan: { 'aws:CurrentTime': '2026-11-22T00:00:00Z' } },
    context: { 'aws:currenttime': '2026-11-21T23:59:59Z' },
    holds: true,
  },
  {
    name: 'a moment after',
    condition: { DateLessThan: { 'aws:CurrentTime': '2026-11-22T00:00:00Z' } },
    context: { 'aws:currenttime': '2026-11-22T00:00:01Z' },
    holds: false,
  },
  {
    name: 'two operators, both hold',
    condition: { StringEquals: { 'aws:username': 'a' }, Null: { 'aws:TagKeys': true } },
    context: { 'aws:username': 'a' },
    holds: true,
  },
  {
    name: 'two operators, one does not hold',
    condition: { StringEquals: { 'aws:username': 'a' }, Null: { 'aws:TagKeys': false } },
    context: { 'aws:username': 'a' },
    holds: false,
  },
];

for (const { name, condition, context, holds } of conditions) {
  cases.push({
    name: `${name}: the condition ${holds ? 'holds' : 'does not hold'}`,
    statements: [{ ...allow, Condition: condition }],
    context,
    expected: holds ? 'allowed' : 'implicit',
  });
}

for (const {
  name,
  statements,
  action = 'xray:PutTraceSegments',
  resource = '*',
  context = {},
  expected,
} of cases) {
  test(name, () => {
    const parsed = policy.parse({ Version: '2012-10-17', Statement: statements });
    assert.equal(decide([parsed], { action, resource, context }), expected);
  });
}

const operations = `
  PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets
  GetSamplingStatisticSummaries CreateSamplingRule UpdateSamplingRule DeleteSamplingRule
  GetTraceSummaries BatchGetTraces GetTraceGraph GetServiceGraph
  GetTimeSeriesServiceStatistics CreateGroup GetGroup GetGroups
  UpdateGroup DeleteGroup TagResource UntagResource
  ListTagsForResource GetEncryptionConfig PutEncryptionConfig PutResourcePolicy
  ListResourcePolicies DeleteResourcePolicy GetInsightSummaries GetInsight
  GetInsightEvents GetInsightImpactGraph GetTraceSegmentDestination UpdateTraceSegmentDestination
  GetIndexingRules UpdateIndexingRule StartTraceRetrieval ListRetrievedTraces
  GetRetrievedTracesGraph CancelTraceRetrieval
`
  .trim()
  .split(/\s+/);

const allowedBy = (name: string) => {
  const parsed = policy.parse(managedPolicy(name));
  return operations.filter(
    (one) => decide([parsed], { action: `xray:${one}`, resource: '*', context: {} }) === 'allowed',
  );
};

test('AWSXRayDaemonWriteAccess is what a daemon and the SDKs behind it call, and nothing else', () =>
  assert.deepEqual(allowedBy('AWSXRayDaemonWriteAccess').sort(), [
    'GetSamplingRules',
    'GetSamplingStatisticSummaries',
    'GetSamplingTargets',
    'PutTelemetryRecords',
    'PutTraceSegments',
  ]));

test('AWSXrayReadOnlyAccess allows no operation that writes', () => {
  const allowed = allowedBy('AWSXrayReadOnlyAccess');
  assert.deepEqual(
    allowed.filter((name) => !/^(Get|BatchGet|List)/.test(name)),
    [],
  );
  for (const name of ['GetTraceSummaries', 'BatchGetTraces', 'GetServiceGraph'])
    assert.ok(allowed.includes(name));
  assert.equal(allowed.includes('GetEncryptionConfig'), false);
});

test('AWSXrayFullAccess allows every operation', () =>
  assert.equal(allowedBy('AWSXrayFullAccess').length, operations.length));

test('a managed policy is found by name or ARN, however X-Ray is spelled in it', () => {
  assert.equal(managedPolicy('AWSXrayDaemonWriteAccess'), managedPolicies.AWSXRayDaemonWriteAccess);
  assert.equal(managedPolicy('AWSXRayReadOnlyAccess'), managedPolicies.AWSXrayReadOnlyAccess);
  assert.equal(managedPolicy('arn:aws:iam::aws:policy/AWSXrayFullAccess'), managedPolicies.AWSXrayFullAccess);
  assert.equal(managedPolicy('AmazonS3FullAccess'), undefined);
});
