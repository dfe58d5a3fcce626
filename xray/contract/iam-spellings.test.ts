/** A policy decides about the group or the sampling rule that is acted on, however a request spells it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { accessControl } from '../api/access-control.ts';
import { openIdentityFile } from '../iam/index.ts';
import { signed } from '../iam/testing.ts';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { now, onlyLocal, startBackend, temporaryFolder } from './harness.ts';

const skip = onlyLocal;
const here = 'arn:aws:xray:us-east-1:000000000000';

const statement = (Effect: string, Action: string, Resource: string | string[], Condition?: object) => ({
  Effect,
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const kept = [`${here}:sampling-rule/keep`, `${here}:sampling-rule/keep\ufffd`, `${here}:group/keep/*`];

const identities: Record<string, object[]> = {
  admin: [statement('Allow', '*', '*')],
  /** May do everything, but not with what is kept. */
  denied: [statement('Allow', '*', '*'), statement('Deny', '*', kept)],
  /** May do everything, but only with what is its own. */
  owner: [statement('Allow', '*', [`${here}:sampling-rule/own`, `${here}:group/own/*`])],
  /** As `denied`, by a tag of what is kept. */
  guarded: [
    statement('Allow', '*', '*'),
    statement('Deny', '*', '*', { StringEquals: { 'aws:ResourceTag/keep': 'yes' } }),
  ],
  /** May set the tag `team`, and call it blue. */
  tagger: [statement('Allow', '*', '*', { StringEquals: { 'aws:RequestTag/team': 'blue' } })],
};

const credentialsOf = (user: string) => ({ accessKeyId: `AKIA${user}`, secretAccessKey: `secret-${user}` });
const file = join(temporaryFolder(), 'identities.json');
writeFileSync(
  file,
  JSON.stringify({
    identities: Object.entries(identities).map(([user, Statement]) => ({
      ...credentialsOf(user),
      user,
      policies: [{ Version: '2012-10-17', Statement }],
    })),
  }),
);
const { endpoint } = await startBackend({
  access: accessControl({
    identities: openIdentityFile(file, { onError: (sentence) => assert.fail(sentence) }),
    checksRegion: () => false,
  }),
});

/** The members of answers that these tests read. */
interface Answer {
  __type: string;
  Message: string;
  Group: { GroupName: string; GroupARN: string };
  Groups: Answer['Group'][];
  SamplingRuleRecord: { SamplingRule: { RuleName: string; RuleARN: string } };
  SamplingRuleRecords: Answer['SamplingRuleRecord'][];
  Tags: { Key: string; Value: string }[];
}

async function callAs(user: string, operation: string, input: object) {
  const path = operation === 'GetGroups' ? '/Groups' : `/${operation}`;
  const body = JSON.stringify(input);
  const { host } = new URL(endpoint!);
  const call = { path, body, headers: { host }, credentials: credentialsOf(user), at: now() };
  const { host: _, ...headers } = Object.fromEntries(
    Object.entries((await signed(call)).headers).map(([name, value]) => [name, value![0]!]),
  );
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', headers, body });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const groupArns = new Map<string, string>();
const tags = (team: string) => [
  { Key: 'keep', Value: 'yes' },
  { Key: 'team', Value: team },
];

before(async () => {
  if (skip) return;
  for (const name of ['keep', 'own']) {
    const group = await callAs('admin', 'CreateGroup', {
      GroupName: name,
      ...(name === 'keep' && { Tags: tags('red') }),
    });
    groupArns.set(name, group.answer.Group.GroupARN);
    await makeRule('admin', { RuleName: name, ...(name === 'keep' && { Tags: tags('red') }) });
  }
  await makeRule('admin', { RuleName: 'keep\ufffd', Tags: tags('red') });
});

const ruleMembers = { ...everyRequest, Priority: 7, FixedRate: 0.5, ReservoirSize: 1 };
const makeRule = (user: string, { Tags, ...names }: Record<string, unknown>) =>
  callAs(user, 'CreateSamplingRule', {
    SamplingRule: { ...ruleMembers, ...names },
    ...(Tags ? { Tags } : {}),
  });

/** Everything there is of rules, groups and their tags, by name; only `except` may have changed. */
async function worldWithout(except: readonly string[]) {
  const rules = (await callAs('admin', 'GetSamplingRules', {})).answer.SamplingRuleRecords;
  const groups = (await callAs('admin', 'GetGroups', {})).answer.Groups;
  const named = [
    ...rules.map(({ SamplingRule }) => [SamplingRule.RuleName, SamplingRule.RuleARN, SamplingRule] as const),
    ...groups.map((group) => [group.GroupName, group.GroupARN, group] as const),
  ].filter(([name]) => !except.includes(name));
  return Promise.all(
    named.map(async ([, ResourceARN, what]) => ({
      what,
      tags: (await callAs('admin', 'ListTagsForResource', { ResourceARN })).answer.Tags,
    })),
  );
}

const elsewhere = [
  'arn:aws:xray:eu-west-1:000000000000:sampling-rule/keep',
  'arn:aws:xray:us-east-1:123456789012:sampling-rule/keep',
  'arn:aws-cn:xray:us-east-1:000000000000:sampling-rule/keep',
  'arn:aws:xray:::sampling-rule/keep',
  'ARN:AWS:XRAY:us-east-1:000000000000:sampling-rule/keep',
  `${here}:sampling-rule/keep/`,
  `${here}:sampling-rule/keep `,
];
for (const RuleARN of elsewhere) {
  test(`DeleteSamplingRule ${JSON.stringify(RuleARN)} deletes nothing`, { skip }, async () => {
    const { status, answer } = await callAs('denied', 'DeleteSamplingRule', { RuleARN });
    assert.deepEqual([status, answer.__type], [400, 'InvalidRequestException']);
    assert.equal((await callAs('admin', 'GetSamplingRules', {})).answer.SamplingRuleRecords.length, 4);
  });
}

test('the old spelling without an account is the same rule, and denied like it', { skip }, async () => {
  const RuleARN = 'arn:aws:xray:us-east-1::sampling-rule/keep';
  const { status, answer } = await callAs('denied', 'DeleteSamplingRule', { RuleARN });
  assert.equal(status, 403);
  assert.match(answer.Message, new RegExp(`on resource: ${here}:sampling-rule/keep with an explicit deny`));
  const changed = await callAs('admin', 'UpdateSamplingRule', { SamplingRuleUpdate: { RuleARN } });
  assert.equal(changed.answer.SamplingRuleRecord.SamplingRule.RuleARN, `${here}:sampling-rule/keep`);
});

test('a rule of another Region cannot be made here by its ARN', { skip }, async () => {
  const RuleARN = 'arn:aws:xray:eu-west-1:000000000000:sampling-rule/new';
  assert.deepEqual((await makeRule('admin', { RuleARN })).answer.__type, 'InvalidRequestException');
});

test(
  'CreateGroup is on the group it makes, not on one named in a member it does not read',
  { skip },
  async () => {
    const { status, answer } = await callAs('owner', 'CreateGroup', {
      GroupName: 'other',
      GroupARN: groupArns.get('own'),
    });
    assert.equal(status, 403);
    assert.match(answer.Message, new RegExp(`on resource: ${here}:group/other/\\*`));
  },
);

test('a tag that the request’s operation does not read satisfies no condition', { skip }, async () => {
  const untag = {
    ResourceARN: `${here}:sampling-rule/own`,
    TagKeys: ['x'],
    Tags: [{ Key: 'team', Value: 'blue' }],
  };
  assert.equal((await callAs('tagger', 'UntagResource', untag)).status, 403);
});

test('of two tag keys that a policy cannot tell apart, neither is set', { skip }, async () => {
  const two = {
    ResourceARN: `${here}:sampling-rule/own`,
    Tags: [
      { Key: 'team', Value: 'red' },
      { Key: 'TEAM', Value: 'blue' },
    ],
  };
  assert.equal((await callAs('tagger', 'TagResource', two)).status, 400);
  const { answer } = await callAs('admin', 'ListTagsForResource', { ResourceARN: two.ResourceARN });
  assert.deepEqual(answer.Tags, []);
});

/** Names and ARNs of the things that are kept, and what somebody might write for them. */
const names = [
  'keep',
  'own',
  'KEEP',
  'keep\ud800',
  'keep\ufffd',
  'keep\u0000',
  'keep ',
  'keep/x',
  '*',
  'k?ep',
  '',
];
const parts = [
  ['arn', 'ARN', ' arn'],
  ['aws', 'aws-cn', '', 'AWS'],
  ['xray', 'XRAY', ''],
  ['us-east-1', 'eu-west-1', '', '*', 'US-EAST-1'],
  ['000000000000', '', '123456789012', '*'],
];
const arn = (kinds: readonly string[]) =>
  fc
    .tuple(
      // The right part most of the time, or hardly any would come near a rule.
      ...parts.map(([right, ...others]) =>
        fc.oneof(
          { weight: 6, arbitrary: fc.constant(right!) },
          { weight: 1, arbitrary: fc.constantFrom(...others) },
        ),
      ),
      fc.constantFrom(...kinds),
      fc.constantFrom('/', '', ':', '//'),
      fc.constantFrom(...names),
      fc.constantFrom('', '', '/', '/X', ' '),
    )
    .map((all) => `${all.slice(0, 6).join(':')}${all.slice(6).join('')}`);
const known = () =>
  fc.constantFrom(...groupArns.values(), `${here}:sampling-rule/keep`, `${here}:sampling-rule/own`);

const reference = (kind: string, name: string, byArn: string) =>
  fc.record(
    {
      [name]: fc.oneof(fc.constantFrom<unknown>(...names), fc.constant(null)),
      [byArn]: fc.oneof(arn([kind, kind.toUpperCase(), '']), fc.constant(null), known()),
    },
    { requiredKeys: [] },
  );
const rule = () => reference('sampling-rule', 'RuleName', 'RuleARN');
const group = () => reference('group', 'GroupName', 'GroupARN');
const tagged = () => fc.oneof(arn(['sampling-rule', 'group']), known());
const newTags = [{ Key: 'planted', Value: 'x' }];

const calls = (): fc.Arbitrary<[string, object]> =>
  fc.oneof(
    rule().map((one): [string, object] => ['DeleteSamplingRule', one]),
    rule().map((one): [string, object] => [
      'UpdateSamplingRule',
      { SamplingRuleUpdate: { ...one, FixedRate: 0.25 }, RuleARN: `${here}:sampling-rule/own` },
    ]),
    rule().map((one): [string, object] => [
      'CreateSamplingRule',
      { SamplingRule: { ...ruleMembers, ...one }, RuleName: 'own', Tags: newTags },
    ]),
    group().map((one): [string, object] => ['DeleteGroup', one]),
    group().map((one): [string, object] => ['UpdateGroup', { ...one, FilterExpression: 'fault' }]),
    group().map((one): [string, object] => ['CreateGroup', { ...one, Tags: newTags }]),
    fc
      .tuple(tagged(), group())
      .map(([ResourceARN, more]): [string, object] => [
        'TagResource',
        { ...more, ResourceARN, Tags: newTags },
      ]),
    fc
      .tuple(tagged(), rule())
      .map(([ResourceARN, more]): [string, object] => [
        'UntagResource',
        { ...more, ResourceARN, TagKeys: ['keep', 'team'] },
      ]),
  );

test(
  'who may do everything but with what is kept changes nothing of it, in any spelling',
  { skip },
  async () => {
    for (const user of ['denied', 'guarded']) {
      const keeps = async () =>
        (await worldWithout(['own', 'Default'])).filter(({ tags: all }) =>
          all.some(({ Key }) => Key === 'keep'),
        );
      const before = await keeps();
      assert.equal(before.length, 3);
      await fc.assert(
        fc.asyncProperty(calls(), async ([operation, input]) => {
          const { status, answer } = await callAs(user, operation, input);
          assert.ok(status < 500, JSON.stringify(answer));
          assert.deepEqual(await keeps(), before, `${user} ${operation} ${JSON.stringify(input)}`);
        }),
        { numRuns: 150 },
      );
    }
  },
);

test('who may do everything with its own changes nothing else, in any spelling', { skip }, async () => {
  const before = await worldWithout(['own']);
  await fc.assert(
    fc.asyncProperty(calls(), async ([operation, input]) => {
      await callAs('owner', operation, input);
      assert.deepEqual(await worldWithout(['own']), before, `${operation} ${JSON.stringify(input)}`);
    }),
    { numRuns: 150 },
  );
});
