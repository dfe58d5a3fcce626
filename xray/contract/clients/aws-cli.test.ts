import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { newId, now, onlyLocal, put, runApi, segment, temporaryFolder } from '../harness.ts';
import { newTraceId } from '../../model/index.ts';
import { everyRequest } from '../../operations/sampling/sampling-rule.ts';
import type { Output } from './calls.ts';
import { awsCliSkip, awsXray } from './installed.ts';

const skip = onlyLocal || awsCliSkip;
const folder = temporaryFolder();
const api = skip ? undefined : await runApi(join(folder, 'xray.sqlite'));

const aws = (...args: string[]) => awsXray(api!.endpoint, ...args);

/** The output of a command that must succeed. */
async function output(...args: string[]): Promise<Output> {
  const answer = await aws(...args);
  assert.deepEqual([answer.exitCode, answer.errors], [0, ''], args.join(' '));
  return answer.output;
}

const isRecent = (at: number) => assert.ok(Math.abs(at - now()) < 600, `${at} is not about now`);

/** The CLI prints times as ISO texts (2.x and recent 1.x) or as epoch seconds. */
const seconds = (time: string | number) => (typeof time === 'number' ? time : Date.parse(time) / 1000);

/** A `--cli-input-json` of that content. */
function inputFile(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return `file://${path}`;
}

const rule = (RuleName: string, Priority: number) => ({
  SamplingRule: {
    RuleName,
    ...everyRequest,
    ServiceName: 'Scorekeep',
    Priority,
    FixedRate: 0.1,
    ReservoirSize: 5,
  },
});

const start = Math.floor(now()) - 60;
const traceId = newTraceId(start, Math.random);
const window = ['--start-time', `${start - 10}.0`, '--end-time', `${start + 44}.0`];
/** The segment whose call the example's document, an inferred segment, answers. */
const scorekeep = segment({
  trace_id: traceId,
  name: 'Scorekeep',
  start_time: start,
  end_time: start + 0.232,
  origin: 'AWS::ElasticBeanstalk::Environment',
  http: { request: { method: 'POST', url: 'http://scorekeep/api/user' }, response: { status: 200 } },
  subsegments: [
    { id: newId(), name: 'DynamoDB', namespace: 'aws', start_time: start + 0.195, end_time: start + 0.202 },
  ],
});
const document = {
  id: newId(),
  name: 'DynamoDB',
  trace_id: traceId,
  start_time: start + 0.195,
  end_time: start + 0.202,
  parent_id: scorekeep.subsegments![0]!.id,
  http: { response: { content_length: 60, status: 200 } },
  inferred: true,
  aws: {
    consistent_read: false,
    table_name: 'scorekeep-session-xray',
    operation: 'GetItem',
    request_id: 'SCAU23OM6M8FO38UASGC7785ARVV4KQNSO5AEMVJF66Q9ASUAAJG',
    resource_names: ['scorekeep-session-xray'],
  },
  origin: 'AWS::DynamoDB::Table',
};

/**
 * The commands of github.com/aws/aws-cli, awscli/examples/xray/*.rst (1.45), with the options they show and values of
 * our own, in an order in which each finds what it needs. Where an example's output differs from AWS's service model
 * (groups printed flat, SamplingRuleRecords for SamplingRuleRecord), the model counts: the CLI prints what is sent.
 */
const documented: readonly { example: string; run(): Promise<void> }[] = [
  {
    example: 'put-trace-segments',
    async run() {
      await put(api!.client, scorekeep);
      const { UnprocessedTraceSegments } = await output(
        'put-trace-segments',
        '--trace-segment-documents',
        JSON.stringify(document),
      );
      assert.deepEqual(UnprocessedTraceSegments, []);
    },
  },
  {
    example: 'batch-traces-get',
    async run() {
      const { Traces, UnprocessedTraceIds } = await output('batch-get-traces', '--trace-ids', traceId);
      assert.deepEqual([Traces[0].Id, Traces[0].Duration, UnprocessedTraceIds], [traceId, 0.232, []]);
      const sent = Traces[0].Segments.find(({ Id }: Output) => Id === document.id);
      assert.deepEqual(JSON.parse(sent.Document).aws, document.aws);
    },
  },
  {
    example: 'get-trace-summaries',
    async run() {
      const { TraceSummaries, TracesProcessedCount } = await output('get-trace-summaries', ...window);
      assert.deepEqual([TraceSummaries.length, TraceSummaries[0].Id], [1, traceId]);
      assert.equal(TracesProcessedCount, 1);
    },
  },
  {
    example: 'get-service-graph',
    async run() {
      const graph = await output('get-service-graph', ...window);
      assert.deepEqual([seconds(graph.StartTime), seconds(graph.EndTime)], [start - 10, start + 44]);
      const nodes = graph.Services.map(({ Name, Type }: Output) => `${Name} ${Type}`);
      assert.deepEqual(nodes.sort(), [
        'Scorekeep AWS::ElasticBeanstalk::Environment',
        'Scorekeep client',
        'scorekeep-session-xray AWS::DynamoDB::Table',
      ]);
      assert.equal(graph.ContainsOldGroupVersions, false);
    },
  },
  {
    example: 'create-group',
    async run() {
      const expression = 'service("mydomain.com") {fault OR error}';
      const { Group } = await output(
        'create-group',
        '--group-name',
        'AdminGroup',
        '--filter-expression',
        expression,
      );
      assert.deepEqual([Group.GroupName, Group.FilterExpression], ['AdminGroup', expression]);
      assert.match(Group.GroupARN, /^arn:aws:xray:us-east-1:\d{12}:group\/AdminGroup\/\w+$/);
    },
  },
  {
    example: 'get-group',
    async run() {
      const { Group } = await output('get-group', '--group-name', 'AdminGroup');
      assert.equal(Group.GroupName, 'AdminGroup');
    },
  },
  {
    example: 'get-groups',
    async run() {
      const { Groups } = await output('get-groups');
      assert.deepEqual(
        Groups.map(({ GroupName }: Output) => GroupName),
        ['Default', 'AdminGroup'],
      );
    },
  },
  {
    example: 'update-group',
    async run() {
      const expression = 'service("mydomain.com") {fault}';
      const { Group } = await output(
        'update-group',
        '--group-name',
        'AdminGroup',
        '--group-arn',
        await adminGroupArn(),
        '--filter-expression',
        expression,
      );
      assert.equal(Group.FilterExpression, expression);
    },
  },
  {
    example: 'delete-group',
    async run() {
      const arn = await adminGroupArn();
      assert.equal(await output('delete-group', '--group-name', 'AdminGroup', '--group-arn', arn), undefined);
      const { Groups } = await output('get-groups');
      assert.equal(Groups.length, 1);
    },
  },
  {
    example: 'create-sampling-rule',
    async run() {
      const file = inputFile('9000-base-scorekeep.json', rule('base-scorekeep', 9000));
      const { SamplingRuleRecord } = await output('create-sampling-rule', '--cli-input-json', file);
      const { RuleARN, ...created } = SamplingRuleRecord.SamplingRule;
      assert.deepEqual(created, { ...rule('base-scorekeep', 9000).SamplingRule, Attributes: {} });
      assert.match(RuleARN, /^arn:aws:xray:us-east-1:\d{12}:sampling-rule\/base-scorekeep$/);
      isRecent(seconds(SamplingRuleRecord.CreatedAt));
    },
  },
  {
    example: 'update-sampling-rule',
    async run() {
      const file = inputFile('1000-default.json', {
        SamplingRuleUpdate: { RuleName: 'Default', FixedRate: 0.01, ReservoirSize: 0 },
      });
      const { SamplingRuleRecord } = await output('update-sampling-rule', '--cli-input-json', file);
      const { RuleName, FixedRate, ReservoirSize, Priority } = SamplingRuleRecord.SamplingRule;
      assert.deepEqual([RuleName, FixedRate, ReservoirSize, Priority], ['Default', 0.01, 0, 10_000]);
    },
  },
  {
    example: 'get-sampling-rules',
    async run() {
      const { SamplingRuleRecords: records } = await output('get-sampling-rules');
      const names = records.map(({ SamplingRule }: Output) => SamplingRule.RuleName);
      assert.deepEqual(names, ['base-scorekeep', 'Default']);
    },
  },
  {
    example: 'get-sampling-targets',
    async run() {
      // As printed the example is no JSON (a quote and some members are missing); the members are these.
      const statistics = ['base-scorekeep', 'Default'].map((RuleName, index) => ({
        RuleName,
        ClientID: 'ABCDEF1234567890ABCDEF10',
        Timestamp: new Date(now() * 1000).toISOString(),
        RequestCount: 110 - index,
        SampledCount: 20,
        BorrowCount: 10,
      }));
      const targets = await output(
        'get-sampling-targets',
        '--sampling-statistics-documents',
        JSON.stringify(statistics),
      );
      const rates = targets.SamplingTargetDocuments.map(({ RuleName, FixedRate, Interval }: Output) => [
        RuleName,
        FixedRate,
        Interval,
      ]);
      assert.deepEqual(rates, [
        ['base-scorekeep', 0.1, 10],
        ['Default', 0.01, 10],
      ]);
      isRecent(seconds(targets.LastRuleModification));
      assert.deepEqual(targets.UnprocessedStatistics, []);
    },
  },
  {
    example: 'delete-sampling-rule',
    async run() {
      const { SamplingRuleRecord } = await output('delete-sampling-rule', '--rule-name', 'base-scorekeep');
      assert.equal(SamplingRuleRecord.SamplingRule.RuleName, 'base-scorekeep');
      const { SamplingRuleRecords } = await output('get-sampling-rules');
      assert.equal(SamplingRuleRecords.length, 1);
    },
  },
  {
    example: 'get-encryption-config',
    async run() {
      const { EncryptionConfig } = await output('get-encryption-config');
      assert.deepEqual(EncryptionConfig, { Status: 'ACTIVE', Type: 'NONE' });
    },
  },
  {
    example: 'put-encryption-config',
    async run() {
      const { EncryptionConfig } = await output(
        'put-encryption-config',
        '--type',
        'KMS',
        '--key-id',
        'alias/aws/xray',
      );
      assert.match(EncryptionConfig.KeyId, /^arn:aws:kms:us-east-1:\d{12}:key\/[0-9a-f-]{36}$/);
      assert.deepEqual([EncryptionConfig.Status, EncryptionConfig.Type], ['UPDATING', 'KMS']);
    },
  },
];

async function adminGroupArn(): Promise<string> {
  const { Group } = await output('get-group', '--group-name', 'AdminGroup');
  return Group.GroupARN;
}

describe('the AWS CLI runs the example of its documentation', { skip }, () => {
  for (const { example, run } of documented) test(example, run);
});

describe('the AWS CLI', { skip }, () => {
  const names = Array.from({ length: 12 }, (_, index) => `p-${String(index).padStart(2, '0')}`);
  const segments = Array.from({ length: 150 }, () => segment({ name: 'cli' }));

  before(async () => {
    for (const name of names) await output('create-group', '--group-name', name);
    for (let first = 0; first < 150; first += 50)
      await put(api!.client, ...segments.slice(first, first + 50));
  });

  test('follows the pages of a list by itself', async () => {
    const { Groups, NextToken } = await output('get-groups');
    assert.deepEqual(
      Groups.map(({ GroupName }: Output) => GroupName),
      ['Default', ...names],
    );
    assert.equal(NextToken, undefined);
    const { TraceSummaries } = await output('get-trace-summaries', ...aroundNow(String), ...onlyCli);
    const ids = TraceSummaries.map(({ Id }: Output) => Id);
    assert.deepEqual(new Set(ids), new Set(segments.map(({ trace_id }) => trace_id)));
    assert.equal(ids.length, 150);
  });

  test('shows one page and its token with --no-paginate, and the next with --next-token', async () => {
    const first = await output('get-groups', '--no-paginate');
    const second = await output('get-groups', '--no-paginate', '--next-token', first.NextToken);
    const found = [...first.Groups, ...second.Groups].map(({ GroupName }) => GroupName);
    assert.ok(first.Groups.length < 13);
    assert.deepEqual(found, ['Default', ...names]);
    assert.equal(second.NextToken, undefined);
  });

  test('goes on from --starting-token where --max-items stopped', async () => {
    const first = await output('get-groups', '--max-items', '4');
    const second = await output('get-groups', '--starting-token', first.NextToken);
    assert.equal(first.Groups.length, 4);
    const found = [...first.Groups, ...second.Groups].map(({ GroupName }) => GroupName);
    assert.deepEqual(found, ['Default', ...names]);
  });

  for (const [form, text] of [
    ['ISO 8601', (at: number) => new Date(at * 1000).toISOString()],
    ['epoch seconds', (at: number) => String(at)],
    ['epoch seconds with a fraction', (at: number) => at.toFixed(6)],
  ] as const) {
    test(`takes times as ${form}`, async () => {
      const { TraceSummaries } = await output('get-trace-summaries', ...aroundNow(text), ...onlyCli);
      assert.equal(TraceSummaries.length, 150);
    });
  }

  const refusals = [
    {
      name: 'a filter that cannot be read',
      args: ['get-trace-summaries', ...aroundNow(String), '--filter-expression', 'responsetime >'],
      errors: /\(InvalidRequestException\) when calling the GetTraceSummaries operation/,
    },
    {
      name: 'a group name that is too long',
      args: ['create-group', '--group-name', 'x'.repeat(33)],
      errors: /\(ValidationException\).*'groupName'.*less than or equal to 32/,
    },
    {
      name: 'tags of a resource that is not there',
      args: ['list-tags-for-resource', '--resource-arn', 'arn:aws:xray:us-east-1:000000000000:group/none/X'],
      errors: /\(ResourceNotFoundException\)/,
    },
    {
      name: 'a token that was never given out',
      args: ['get-groups', '--no-paginate', '--next-token', 'garbage'],
      errors: /\(InvalidRequestException\).*NextToken/,
    },
  ];
  for (const { name, args, errors } of refusals) {
    test(`ends with the service error's exit code and text for ${name}`, async () => {
      const answer = await aws(...args);
      // 254 since 1.33 and in 2.x; 255 before.
      assert.ok([254, 255].includes(answer.exitCode), `exit code ${answer.exitCode}: ${answer.errors}`);
      assert.match(answer.errors, errors);
    });
  }
});

const onlyCli = ['--filter-expression', 'service("cli")'];

function aroundNow(text: (at: number) => string): string[] {
  return ['--start-time', text(Math.floor(now()) - 300), '--end-time', text(Math.ceil(now()) + 300)];
}
