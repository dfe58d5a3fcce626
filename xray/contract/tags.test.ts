import {
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteGroupCommand,
  DeleteSamplingRuleCommand,
  ListTagsForResourceCommand,
  paginateListTagsForResource,
  ResourceNotFoundException,
  TagResourceCommand,
  TooManyTagsException,
  UntagResourceCommand,
  type Tag,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { newId, onlyLocal, removedAfter, startBackend } from './harness.ts';

const { client } = await startBackend();

const created = removedAfter((GroupName) => client.send(new DeleteGroupCommand({ GroupName })));

async function newGroup(Tags?: Tag[]): Promise<{ name: string; arn: string }> {
  const GroupName = `t-${newId()}`;
  created.push(GroupName);
  const { Group } = await client.send(new CreateGroupCommand({ GroupName, ...(Tags ? { Tags } : {}) }));
  return { name: GroupName, arn: Group!.GroupARN! };
}

const newRule = async (RuleName: string, Tags: Tag[]) => {
  const SamplingRule = { RuleName, ...everyRequest, Priority: 100, FixedRate: 0, ReservoirSize: 0 };
  const output = await client.send(new CreateSamplingRuleCommand({ SamplingRule, Tags }));
  return output.SamplingRuleRecord!.SamplingRule!.RuleARN!;
};

const tagsOf = async (ResourceARN: string) => {
  const pages = [];
  for await (const { Tags } of paginateListTagsForResource({ client }, { ResourceARN })) pages.push(Tags!);
  return pages;
};

const numbered = (count: number): Tag[] =>
  Array.from({ length: count }, (_, number) => ({ Key: `k${number}`, Value: `${number}` }));

test("a group's tags are kept from its creation on, changed, added and taken away", async () => {
  const { arn } = await newGroup([{ Key: 'team', Value: 'orders' }]);
  const change = [
    { Key: 'team', Value: 'payments' },
    { Key: 'stage', Value: '' },
  ];
  await client.send(new TagResourceCommand({ ResourceARN: arn, Tags: change }));
  assert.deepEqual((await tagsOf(arn)).flat(), change.toReversed());
  await client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['team', 'never-there'] }));
  assert.deepEqual((await tagsOf(arn)).flat(), [{ Key: 'stage', Value: '' }]);
});

test('a sampling rule keeps its tags, and a later rule of its name does not inherit them', async () => {
  const RuleName = `t-${newId()}`;
  const arn = await newRule(RuleName, [{ Key: 'team', Value: 'orders' }]);
  assert.deepEqual((await tagsOf(arn)).flat(), [{ Key: 'team', Value: 'orders' }]);
  await client.send(new DeleteSamplingRuleCommand({ RuleName }));
  await newRule(RuleName, []);
  assert.deepEqual((await tagsOf(arn)).flat(), []);
  await client.send(new DeleteSamplingRuleCommand({ RuleName }));
});

test('50 tags come in pages, each once; the 51st is a TooManyTagsException that changes nothing', async () => {
  const { arn } = await newGroup(numbered(50));
  const more = { ResourceARN: arn, Tags: [...numbered(2), { Key: 'one-more', Value: '' }] };
  await assert.rejects(client.send(new TagResourceCommand(more)), (error: unknown) => {
    assert.equal(error instanceof TooManyTagsException, true);
    if (!onlyLocal) assert.equal((error as TooManyTagsException).ResourceName, arn);
    return true;
  });
  const pages = await tagsOf(arn);
  const keys = pages.flat().map(({ Key }) => Key);
  if (!onlyLocal) assert.equal(pages.length > 1, true);
  assert.deepEqual(
    keys.toSorted(),
    numbered(50)
      .map(({ Key }) => Key)
      .toSorted(),
  );
  await client.send(new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: 'k0', Value: 'new' }] }));
});

const resources = [
  {
    name: 'tagging',
    command: (ResourceARN: string) => new TagResourceCommand({ ResourceARN, Tags: numbered(1) }),
  },
  {
    name: 'untagging',
    command: (ResourceARN: string) => new UntagResourceCommand({ ResourceARN, TagKeys: ['k0'] }),
  },
  {
    name: 'listing the tags of',
    command: (ResourceARN: string) => new ListTagsForResourceCommand({ ResourceARN }),
  },
];
for (const { name, command } of resources) {
  test(`${name} a group that is gone is a ResourceNotFoundException with its ARN`, async () => {
    const gone = await newGroup();
    await client.send(new DeleteGroupCommand({ GroupName: gone.name }));
    await assert.rejects(client.send(command(gone.arn) as never), (error: unknown) => {
      assert.equal(error instanceof ResourceNotFoundException, true);
      const { $metadata, ResourceName } = error as ResourceNotFoundException;
      assert.equal($metadata.httpStatusCode, 404);
      if (!onlyLocal) assert.equal(ResourceName, gone.arn);
      return true;
    });
  });
}

test('keys that begin with aws: can be neither set nor taken away', { skip: onlyLocal }, async () => {
  const { arn } = await newGroup();
  const Tags = [{ Key: 'aws:owner', Value: 'me' }];
  const refused = { name: 'InvalidRequestException', message: /aws:owner/ };
  await assert.rejects(client.send(new TagResourceCommand({ ResourceARN: arn, Tags })), refused);
  await assert.rejects(
    client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['aws:owner'] })),
    refused,
  );
  await assert.rejects(client.send(new CreateGroupCommand({ GroupName: 't-aws', Tags })), refused);
});

test('a key of 129 characters is refused: ValidationException', async () => {
  const { arn } = await newGroup();
  const Tags = [{ Key: 'k'.repeat(129), Value: '' }];
  await assert.rejects(client.send(new TagResourceCommand({ ResourceARN: arn, Tags })), {
    name: 'ValidationException',
    message:
      /'tags\.1\.member\.key' failed to satisfy constraint: Member must have length less than or equal to 128/,
  });
});
