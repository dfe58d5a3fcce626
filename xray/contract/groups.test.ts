import {
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  GetGroupsCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  paginateGetGroups,
  UpdateGroupCommand,
  type CreateGroupCommandInput,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, newTrace, now, onlyLocal, put, removedAfter, segment, startBackend } from './harness.ts';

const { client } = await startBackend();

const created = removedAfter((GroupName) => client.send(new DeleteGroupCommand({ GroupName })));

async function create(members: Partial<CreateGroupCommandInput> = {}) {
  const GroupName = `t-${newId()}`;
  created.push(GroupName);
  const { Group } = await client.send(new CreateGroupCommand({ GroupName, ...members }));
  return { name: GroupName, arn: Group!.GroupARN!, group: Group! };
}

const aroundNow = () => ({
  StartTime: new Date((now() - 60) * 1000),
  EndTime: new Date((now() + 60) * 1000),
});

const servicesOf = async (group: { GroupName: string } | { GroupARN: string }) => {
  const output = await client.send(new GetServiceGraphCommand({ ...aroundNow(), ...group }));
  const names = new Set(output.Services!.map(({ Name }) => Name));
  return { names: [...names].sort(), containsOld: output.ContainsOldGroupVersions };
};

const matching = async (FilterExpression: string) => {
  const output = await client.send(new GetTraceSummariesCommand({ ...aroundNow(), FilterExpression }));
  return output.TraceSummaries!.map(({ Id }) => Id).sort();
};

test('a group that was created is given back nested, with its ARN, by name and by ARN', async () => {
  const { name, arn, group } = await create({ FilterExpression: 'fault' });
  assert.match(arn, new RegExp(`^arn:aws:xray:[a-z0-9-]+:\\d{12}:group/${name}/[A-Z2-7]{52}$`));
  assert.equal(group.GroupName, name);
  assert.equal(group.FilterExpression, 'fault');
  assert.deepEqual(group.InsightsConfiguration, { InsightsEnabled: false, NotificationsEnabled: false });
  const byName = await client.send(new GetGroupCommand({ GroupName: name }));
  const byArn = await client.send(new GetGroupCommand({ GroupARN: arn }));
  assert.deepEqual(byName.Group, group);
  assert.deepEqual(byArn.Group, group);
});

test('group names are case-sensitive', async () => {
  const { name } = await create();
  const upper = name.toUpperCase();
  created.push(upper);
  const { Group } = await client.send(new CreateGroupCommand({ GroupName: upper }));
  assert.equal(Group?.GroupName, upper);
});

test('a group that is deleted is gone, and its name can be used again, with another ARN', async () => {
  const { name, arn } = await create();
  await client.send(new DeleteGroupCommand({ GroupARN: arn }));
  await assert.rejects(client.send(new GetGroupCommand({ GroupName: name })), {
    name: 'InvalidRequestException',
  });
  const { Group } = await client.send(new CreateGroupCommand({ GroupName: name }));
  assert.notEqual(Group?.GroupARN, arn);
});

test('an update changes what it names and nothing else; insights that go take notifications along', async () => {
  const { name } = await create({ FilterExpression: 'fault' });
  const update = async (InsightsConfiguration: object) => {
    const output = await client.send(new UpdateGroupCommand({ GroupName: name, InsightsConfiguration }));
    return output.Group;
  };
  const on = await update({ InsightsEnabled: true, NotificationsEnabled: true });
  assert.equal(on?.FilterExpression, 'fault');
  assert.deepEqual(on.InsightsConfiguration, { InsightsEnabled: true, NotificationsEnabled: true });
  const off = await update({ InsightsEnabled: false });
  assert.deepEqual(off?.InsightsConfiguration, { InsightsEnabled: false, NotificationsEnabled: false });
  await assert.rejects(update({ NotificationsEnabled: true }), { name: 'InvalidRequestException' });
});

const refusals = [
  {
    name: 'a name longer than 32 characters',
    command: () => new CreateGroupCommand({ GroupName: 'x'.repeat(33) }),
    code: 'ValidationException',
    says: `1 validation error detected: Value '${'x'.repeat(33)}' at 'groupName' failed to satisfy constraint: Member must have length less than or equal to 32`,
  },
  {
    name: 'another Default group',
    command: () => new CreateGroupCommand({ GroupName: 'Default' }),
    code: 'InvalidRequestException',
    says: /Default/,
  },
  {
    name: 'a filter expression that cannot be read',
    command: () => new CreateGroupCommand({ GroupName: 't-filter', FilterExpression: 'service("shop" {' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'notifications without insights',
    command: () =>
      new CreateGroupCommand({ GroupName: 't-n', InsightsConfiguration: { NotificationsEnabled: true } }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'deleting Default',
    command: () => new DeleteGroupCommand({ GroupName: 'Default' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: "changing Default's filter expression",
    command: () => new UpdateGroupCommand({ GroupName: 'Default', FilterExpression: 'fault' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'updating a group that does not exist',
    command: () => new UpdateGroupCommand({ GroupName: 't-nobody' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'asking for a group by name and ARN at once',
    command: () => new GetGroupCommand({ GroupName: 'a', GroupARN: 'b' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'asking for no group',
    command: () => new GetGroupCommand({}),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'a token nobody gave out',
    command: () => new GetGroupsCommand({ NextToken: 'abc' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'the graph of a group that does not exist',
    command: () => new GetServiceGraphCommand({ ...aroundNow(), GroupName: 't-nobody' }),
    code: 'InvalidRequestException',
    says: /t-nobody/,
  },
  {
    name: 'a filter on a group that does not exist',
    command: () =>
      new GetTraceSummariesCommand({ ...aroundNow(), FilterExpression: 'group.name = "t-nobody"' }),
    code: 'InvalidRequestException',
    says: /t-nobody/,
  },
];
for (const { name, command, code, says } of refusals) {
  test(`${name} is refused: ${code}`, { skip: onlyLocal }, () =>
    assert.rejects(client.send(command() as never), { name: code, message: says }),
  );
}

test('a name that is taken is refused', async () => {
  const { name } = await create();
  await assert.rejects(client.send(new CreateGroupCommand({ GroupName: name })), {
    name: 'InvalidRequestException',
  });
});

test("a graph and a filter count a group's traces only", { skip: onlyLocal }, async () => {
  const run = newId();
  const [inside, outside] = [segment({ name: `in-${run}` }), segment({ name: `out-${run}` })];
  await put(client, inside, outside);
  const { name, arn } = await create({ FilterExpression: `service("in-${run}")` });

  for (const group of [{ GroupName: name }, { GroupARN: arn }]) {
    assert.deepEqual(await servicesOf(group), { names: [`in-${run}`], containsOld: false });
  }
  const { names } = await servicesOf({ GroupName: 'Default' });
  assert.equal(names.includes(`out-${run}`), true);

  for (const filter of [`group.name = "${name}"`, `groupname = "${name}"`, `group.arn = "${arn}"`]) {
    assert.deepEqual(await matching(filter), [inside.trace_id]);
  }
  assert.deepEqual(await matching(`group.name != "${name}" service("out-${run}")`), [outside.trace_id]);
});

test(
  "a group's new filter counts for later traces, and the graph says that it mixes",
  { skip: onlyLocal },
  async () => {
    const run = newId();
    const [oldIn, oldOut] = [segment({ name: `a-${run}` }), segment({ name: `b-${run}` })];
    await put(client, oldIn, oldOut);
    const { name } = await create({ FilterExpression: `service("a-${run}")` });
    const change = { GroupName: name, FilterExpression: `service("b-${run}") OR service("c-${run}")` };
    await client.send(new UpdateGroupCommand(change));
    assert.deepEqual(await servicesOf({ GroupName: name }), { names: [`a-${run}`], containsOld: true });

    const later = { name: `c-${run}`, start_time: now() + 0.01, end_time: now() + 0.02 };
    const newIn = segment({ trace_id: newTrace(), ...later });
    await put(client, newIn);
    const { names } = await servicesOf({ GroupName: name });
    assert.deepEqual(names, [`a-${run}`, `c-${run}`]);
    // In a filter the group stands for the filter it has now.
    assert.deepEqual(await matching(`group.name = "${name}"`), [oldOut.trace_id, newIn.trace_id].sort());
  },
);

test(
  '25 groups of one’s own and Default come in pages, each once; the 26th is refused',
  { skip: onlyLocal },
  async () => {
    const all = async () => {
      const pages = [];
      for await (const { Groups } of paginateGetGroups({ client }, {})) pages.push(Groups!);
      return pages;
    };
    for (let count = (await all()).flat().length; count < 26; count++) await create();
    const pages = await all();
    const names = pages.flat().map(({ GroupName }) => GroupName);
    assert.equal(pages.length > 1, true);
    assert.equal(names.length, 26);
    assert.equal(new Set(names).size, 26);
    assert.equal(names.includes('Default'), true);
    await assert.rejects(client.send(new CreateGroupCommand({ GroupName: 't-26' })), {
      name: 'InvalidRequestException',
      message: /25/,
    });
  },
);
