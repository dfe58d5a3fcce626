import {
  CreateSamplingRuleCommand,
  DeleteSamplingRuleCommand,
  GetSamplingRulesCommand,
  GetSamplingStatisticSummariesCommand,
  GetSamplingTargetsCommand,
  paginateGetSamplingRules,
  PutTelemetryRecordsCommand,
  UpdateSamplingRuleCommand,
  type SamplingRule,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { newId, now, onlyLocal, removedAfter, startBackend } from './harness.ts';

const { client, store } = await startBackend();

const created = removedAfter((RuleName) => client.send(new DeleteSamplingRuleCommand({ RuleName })));

const ruleNamed = (RuleName: string, members: Partial<SamplingRule> = {}): SamplingRule => ({
  RuleName,
  ...everyRequest,
  Priority: 100,
  FixedRate: 0.5,
  ReservoirSize: 10,
  ...members,
});

async function create(members: Partial<SamplingRule> = {}): Promise<string> {
  const name = `t-${newId()}`;
  created.push(name);
  await client.send(new CreateSamplingRuleCommand({ SamplingRule: ruleNamed(name, members) }));
  return name;
}

const allRules = async () => {
  const records = [];
  for await (const page of paginateGetSamplingRules({ client }, {}))
    records.push(...page.SamplingRuleRecords!);
  return records;
};

test('the Default rule is always there, with every member', { skip: onlyLocal }, async () => {
  const { SamplingRuleRecords } = await client.send(new GetSamplingRulesCommand({}));
  const record = SamplingRuleRecords?.find(({ SamplingRule }) => SamplingRule?.RuleName === 'Default');
  assert.deepEqual(record, {
    SamplingRule: {
      RuleName: 'Default',
      RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/Default',
      ResourceARN: '*',
      Priority: 10000,
      FixedRate: 0.05,
      ReservoirSize: 1,
      ServiceName: '*',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      Version: 1,
      Attributes: {},
    },
    CreatedAt: new Date(0),
    ModifiedAt: new Date(0),
  });
});

test('a rule that was created is given back with ARN, Attributes and times, and listed', async () => {
  const before = Math.floor(now()) - 60;
  const name = `t-${newId()}`;
  created.push(name);
  const { SamplingRuleRecord: record } = await client.send(
    new CreateSamplingRuleCommand({ SamplingRule: ruleNamed(name) }),
  );
  assert.match(record!.SamplingRule!.RuleARN!, new RegExp(`^arn:aws:xray:.*:sampling-rule/${name}$`));
  assert.deepEqual(record!.SamplingRule!.Attributes, {});
  assert.equal(record!.CreatedAt!.getTime() / 1000 > before, true);
  assert.deepEqual(record!.ModifiedAt, record!.CreatedAt);
  const listed = await allRules();
  assert.equal(
    listed.some(({ SamplingRule }) => SamplingRule?.RuleName === name),
    true,
  );
});

test('an update changes what it names and nothing else', async () => {
  const name = await create();
  const { SamplingRuleRecord: record } = await client.send(
    new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: name, FixedRate: 0 } }),
  );
  assert.equal(record?.SamplingRule?.FixedRate, 0);
  assert.equal(record.SamplingRule.ReservoirSize, 10);
  assert.equal(record.ModifiedAt! >= record.CreatedAt!, true);
});

test('a rule can be named by its ARN, and is given back once more when it is deleted', async () => {
  const name = await create();
  const listed = await allRules();
  const { RuleARN } = listed.find(({ SamplingRule }) => SamplingRule?.RuleName === name)!.SamplingRule!;
  const { SamplingRuleRecord } = await client.send(new DeleteSamplingRuleCommand({ RuleARN: RuleARN! }));
  assert.equal(SamplingRuleRecord?.SamplingRule?.RuleName, name);
  const left = await allRules();
  assert.equal(
    left.some(({ SamplingRule }) => SamplingRule?.RuleName === name),
    false,
  );
});

test('a rule whose name holds slashes is found by its ARN', async () => {
  const name = `t/${newId()}/x`;
  created.push(name);
  const { SamplingRuleRecord } = await client.send(
    new CreateSamplingRuleCommand({ SamplingRule: ruleNamed(name) }),
  );
  const { RuleARN } = SamplingRuleRecord!.SamplingRule!;
  const updated = await client.send(
    new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleARN, FixedRate: 0.25 } }),
  );
  assert.deepEqual(
    [updated.SamplingRuleRecord?.SamplingRule?.RuleName, updated.SamplingRuleRecord?.SamplingRule?.FixedRate],
    [name, 0.25],
  );
});

test('of the Default rule, rate and reservoir can be changed', { skip: onlyLocal }, async () => {
  const update = (FixedRate: number, ReservoirSize: number) =>
    client.send(
      new UpdateSamplingRuleCommand({
        SamplingRuleUpdate: { RuleName: 'Default', FixedRate, ReservoirSize },
      }),
    );
  const { SamplingRuleRecord } = await update(1, 50);
  assert.deepEqual(
    [SamplingRuleRecord?.SamplingRule?.FixedRate, SamplingRuleRecord?.SamplingRule?.ReservoirSize],
    [1, 50],
  );
  assert.equal(SamplingRuleRecord!.SamplingRule!.Priority, 10000);
  await update(0.05, 1);
});

const refusals = [
  {
    name: 'a name longer than 32 characters',
    command: () => new CreateSamplingRuleCommand({ SamplingRule: ruleNamed('x'.repeat(33)) }),
    code: 'ValidationException',
    says: `1 validation error detected: Value '${'x'.repeat(33)}' at 'samplingRule.ruleName' failed to satisfy constraint: Member must have length less than or equal to 32`,
  },
  {
    name: 'a rate above 1',
    command: () => new CreateSamplingRuleCommand({ SamplingRule: ruleNamed('t-rate', { FixedRate: 1.5 }) }),
    code: 'ValidationException',
    says: /at 'samplingRule\.fixedRate' failed to satisfy constraint: Member must have value less than or equal to 1/,
  },
  {
    name: 'another Default rule',
    command: () => new CreateSamplingRuleCommand({ SamplingRule: ruleNamed('Default') }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: "the Default rule's priority",
    command: () =>
      new CreateSamplingRuleCommand({ SamplingRule: ruleNamed('t-priority', { Priority: 10000 }) }),
    code: /InvalidRequestException|ValidationException/,
    says: /./,
  },
  {
    name: 'a version other than 1',
    command: () => new CreateSamplingRuleCommand({ SamplingRule: ruleNamed('t-version', { Version: 2 }) }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: "a change of the Default rule's priority",
    command: () =>
      new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'Default', Priority: 5 } }),
    code: 'InvalidRequestException',
    says: 'Invalid update request for default sampling rule',
  },
  {
    name: 'deleting the Default rule',
    command: () => new DeleteSamplingRuleCommand({ RuleName: 'Default' }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'updating a rule that does not exist',
    command: () => new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 't-nobody' } }),
    code: 'InvalidRequestException',
    says: /./,
  },
  {
    name: 'a rule without a host pattern',
    command: () =>
      new CreateSamplingRuleCommand({ SamplingRule: { ...ruleNamed('t-host'), Host: undefined } }),
    code: 'ValidationException',
    says: "1 validation error detected: Value null at 'samplingRule.host' failed to satisfy constraint: Member must not be null",
  },
  {
    name: 'a sixth attribute',
    command: () =>
      new CreateSamplingRuleCommand({
        SamplingRule: ruleNamed('t-attributes', {
          Attributes: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' },
        }),
      }),
    code: 'ValidationException',
    says: /Member must have length less than or equal to 5/,
  },
  {
    name: 'an update that names no rule',
    command: () => new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { FixedRate: 0 } }),
    code: 'InvalidRequestException',
    says: /by exactly one of them/,
  },
  {
    name: "a change of the Default rule's host",
    command: () => new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'Default', Host: 'x' } }),
    code: 'InvalidRequestException',
    says: 'Invalid update request for default sampling rule',
  },
  {
    name: "the ARN of something else that ends in a rule's name",
    command: () =>
      new DeleteSamplingRuleCommand({ RuleARN: 'arn:aws:xray:us-east-1:000000000000:group/Default' }),
    code: 'InvalidRequestException',
    says: /is not the ARN of a sampling rule/,
  },
  {
    name: 'deleting by name and ARN at once',
    command: () => new DeleteSamplingRuleCommand({ RuleName: 'a', RuleARN: 'b' }),
    code: 'InvalidRequestException',
    says: /./,
  },
];
for (const { name, command, code, says } of refusals) {
  test(`${name} is refused: ${code}`, () =>
    assert.rejects(client.send(command() as never), { name: code, message: says }));
}

test('a name that is taken is refused', async () => {
  const name = await create();
  await assert.rejects(client.send(new CreateSamplingRuleCommand({ SamplingRule: ruleNamed(name) })), {
    name: 'InvalidRequestException',
  });
});

test('a client that reports twice gets a quota, an interval and a rate; and the statistics are summed', async () => {
  const name = await create({ Priority: 200, ReservoirSize: 7 });
  const report = () =>
    client.send(
      new GetSamplingTargetsCommand({
        SamplingStatisticsDocuments: [
          {
            RuleName: name,
            ClientID: '0123456789abcdef01234567',
            Timestamp: new Date(),
            RequestCount: 110,
            SampledCount: 20,
            BorrowCount: 10,
          },
        ],
      }),
    );
  const first = await report();
  assert.equal(first.LastRuleModification instanceof Date, true);
  const second = await report();
  const [target] = second.SamplingTargetDocuments!;
  assert.equal(target?.RuleName, name);
  assert.equal(target.FixedRate, 0.5);
  assert.equal(target.ReservoirQuota, 7);
  assert.equal(target.Interval, 10);
  assert.equal(target.ReservoirQuotaTTL!.getTime() / 1000 > now(), true);

  const { SamplingStatisticSummaries } = await client.send(new GetSamplingStatisticSummariesCommand({}));
  const mine = SamplingStatisticSummaries!.filter(({ RuleName }) => RuleName === name);
  assert.equal(
    mine.reduce((sum, { RequestCount = 0 }) => sum + RequestCount, 0),
    220,
  );
  assert.equal(
    mine.every(({ Timestamp }) => Timestamp!.getTime() % 10_000 === 0),
    true,
  );
});

test('statistics of an unknown rule are unprocessed, and the answer is still a 200', async () => {
  const { UnprocessedStatistics } = await client.send(
    new GetSamplingTargetsCommand({
      SamplingStatisticsDocuments: [
        {
          RuleName: 't-nobody',
          ClientID: 'a'.repeat(24),
          Timestamp: new Date(),
          RequestCount: 1,
          SampledCount: 0,
        },
      ],
    }),
  );
  assert.equal(UnprocessedStatistics?.[0]?.RuleName, 't-nobody');
});

test('telemetry with empty ids is accepted and kept', async () => {
  const Timestamp = new Date(Math.floor(now()) * 1000);
  await client.send(
    new PutTelemetryRecordsCommand({
      TelemetryRecords: [
        { Timestamp, SegmentsReceivedCount: 3, BackendConnectionErrors: { TimeoutCount: 1 } },
      ],
      EC2InstanceId: '',
      Hostname: '',
      ResourceARN: '',
    }),
  );
  const [kept] = store?.telemetry.latest(1) ?? [];
  if (!onlyLocal) {
    assert.deepEqual(kept?.record, {
      Timestamp: Timestamp.getTime() / 1000,
      SegmentsReceivedCount: 3,
      BackendConnectionErrors: { TimeoutCount: 1 },
    });
  }
});

test('the 26th rule of one’s own is a RuleLimitExceededException', { skip: onlyLocal }, async () => {
  const custom = (await allRules()).length - 1;
  for (let count = custom; count < 25; count++) await create();
  const rule = ruleNamed('t-26');
  await assert.rejects(client.send(new CreateSamplingRuleCommand({ SamplingRule: rule })), {
    name: 'RuleLimitExceededException',
  });
});
