/**
 * One meaningful call of each operation of X-Ray, as data: what has to be there first, what is sent, what must be
 * answered. Inputs and outputs are in the form of the wire (timestamps in epoch seconds), so that every client can
 * send and judge them.
 */
import assert from 'node:assert/strict';
import type { Trouble } from './insight.ts';
import { newId, newTrace, now, segment } from '../harness.ts';

/** An answer as it was on the wire. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its shape is what departures() judges
export type Output = any;

/** What a call may use to make ready: another operation, whose success is taken for granted. */
export interface World {
  send(operation: string, input: object): Promise<Output>;
  /** Asks until there is an answer; throws after a while. */
  eventually<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer>;
  /** Groups with insights, made on demand; see insight.ts. Throws against AWS, where none can be made. */
  trouble(wanted: { services: number; callsPerFault?: number }): Promise<Trouble>;
}

export interface Call {
  /** Makes ready what the call needs, then gives its input, with every structure and list the operation knows. */
  input(world: World): object | Promise<object>;
  /** Throws unless the answer says what it should. */
  check(output: Output, input: Output): void;
  /** Changes what the whole account shares, or needs what cannot be made in AWS: not sent to a real account. */
  onlyLocal?: boolean;
}

const name = () => `t-${newId()}`;

const window = () => ({ StartTime: Math.floor(now()) - 600, EndTime: Math.ceil(now()) + 60 });

const rule = (RuleName: string) => ({
  RuleName,
  ResourceARN: '*',
  Priority: 4321,
  FixedRate: 0.25,
  ReservoirSize: 7,
  ServiceName: 'shop',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: 'GET',
  URLPath: '/orders/*',
  Version: 1,
  Attributes: { stage: 'test' },
  SamplingRateBoost: { MaxRate: 0.5, CooldownWindowMinutes: 10 },
});

async function newRule(world: World): Promise<Output> {
  const { SamplingRuleRecord } = await world.send('CreateSamplingRule', { SamplingRule: rule(name()) });
  return SamplingRuleRecord.SamplingRule;
}

async function newGroup(world: World): Promise<Output> {
  const { Group } = await world.send('CreateGroup', {
    GroupName: name(),
    FilterExpression: 'service("shop")',
    Tags: [{ Key: 'team', Value: 'checkout' }],
  });
  return Group;
}

/** A trace of shop → orders → a table; orders failed. Readable when this returns. */
async function newTraceOfThree(world: World): Promise<string> {
  const trace_id = newTrace();
  const [call, start] = [newId(), Math.floor(now()) - 20];
  const documents = [
    segment({
      trace_id,
      start_time: start,
      end_time: start + 2,
      user: 'alice',
      annotations: { stage: 'test', total: 12.5, vip: true },
      http: {
        request: { method: 'POST', url: 'http://shop/checkout', client_ip: '192.0.2.7' },
        response: { status: 502 },
      },
      fault: true,
      subsegments: [
        {
          id: call,
          name: 'orders',
          namespace: 'remote',
          start_time: start + 0.25,
          end_time: start + 1.75,
          fault: true,
          http: { request: { method: 'GET', url: 'http://orders/' }, response: { status: 500 } },
        },
      ],
    }),
    segment({
      trace_id,
      name: 'orders',
      parent_id: call,
      start_time: start + 0.5,
      end_time: start + 1.5,
      fault: true,
      subsegments: [
        {
          id: newId(),
          name: 'DynamoDB',
          namespace: 'aws',
          start_time: start + 0.75,
          end_time: start + 1.25,
          aws: { operation: 'GetItem', table_name: 'orders', region: 'us-east-1' },
        },
      ],
    }),
  ];
  const TraceSegmentDocuments = documents.map((document) => JSON.stringify(document));
  const { UnprocessedTraceSegments } = await world.send('PutTraceSegments', { TraceSegmentDocuments });
  assert.deepEqual(UnprocessedTraceSegments, []);
  await world.eventually(`the trace ${trace_id}`, async () => {
    const { Traces } = await world.send('BatchGetTraces', { TraceIds: [trace_id] });
    return Traces[0]?.Segments.length === 3 ? trace_id : undefined;
  });
  return trace_id;
}

const statisticsOf = (RuleName: string) => ({
  RuleName,
  ClientID: 'ABCDEF1234567890ABCDEF10',
  Timestamp: Math.floor(now()),
  RequestCount: 110,
  SampledCount: 20,
  BorrowCount: 10,
});

const policy = (PolicyName: string) => ({
  PolicyName,
  PolicyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: '*', Action: 'xray:PutTraceSegments', Resource: '*' },
  }),
});

const isRecent = (at: number) => assert.ok(Math.abs(at - now()) < 600, `${at} is not about now`);

const servicesNamed = (services: Output): string[] =>
  services.map(({ Name, Type }: Output) => `${Name} ${Type ?? ''}`.trim());

export const calls: Readonly<Record<string, Call>> = {
  PutTraceSegments: {
    input: () => ({ TraceSegmentDocuments: [JSON.stringify(segment())] }),
    check: (output) => assert.deepEqual(output, { UnprocessedTraceSegments: [] }),
  },
  PutTelemetryRecords: {
    input: () => ({
      TelemetryRecords: [
        {
          Timestamp: now(),
          SegmentsReceivedCount: 5,
          SegmentsSentCount: 4,
          SegmentsSpilloverCount: 1,
          SegmentsRejectedCount: 0,
          BackendConnectionErrors: {
            TimeoutCount: 0,
            ConnectionRefusedCount: 0,
            HTTPCode4XXCount: 0,
            HTTPCode5XXCount: 0,
            UnknownHostCount: 0,
            OtherCount: 0,
          },
        },
      ],
      EC2InstanceId: '',
      Hostname: 'laptop',
      ResourceARN: '',
    }),
    check: (output) => assert.deepEqual(output, {}),
  },
  GetSamplingRules: {
    async input(world) {
      await newRule(world);
      return {};
    },
    check({ SamplingRuleRecords: records }) {
      const names = records.map(({ SamplingRule }: Output) => SamplingRule.RuleName);
      assert.ok(names.includes('Default'));
      assert.ok(records.length >= 2);
      for (const { SamplingRule } of records) assert.equal(SamplingRule.Version, 1);
    },
  },
  GetSamplingTargets: {
    async input(world) {
      const { RuleName } = await newRule(world);
      return {
        SamplingStatisticsDocuments: [statisticsOf(RuleName)],
        SamplingBoostStatisticsDocuments: [
          {
            RuleName,
            ServiceName: 'shop',
            Timestamp: Math.floor(now()),
            AnomalyCount: 1,
            TotalCount: 110,
            SampledAnomalyCount: 1,
          },
        ],
      };
    },
    check(output, { SamplingStatisticsDocuments: [sent] }) {
      const [target] = output.SamplingTargetDocuments;
      assert.equal(target.RuleName, sent.RuleName);
      assert.equal(target.FixedRate, 0.25);
      assert.ok(target.Interval > 0);
      isRecent(output.LastRuleModification);
      assert.deepEqual(output.UnprocessedStatistics, []);
    },
  },
  GetSamplingStatisticSummaries: {
    async input(world) {
      const { RuleName } = await newRule(world);
      await world.send('GetSamplingTargets', { SamplingStatisticsDocuments: [statisticsOf(RuleName)] });
      return {};
    },
    check({ SamplingStatisticSummaries: summaries }) {
      const summary = summaries.find((one: Output) => one.RequestCount === 110);
      assert.deepEqual([summary?.SampledCount, summary?.BorrowCount], [20, 10]);
      isRecent(summary.Timestamp);
    },
  },
  CreateSamplingRule: {
    input: () => ({ SamplingRule: rule(name()), Tags: [{ Key: 'team', Value: 'checkout' }] }),
    check({ SamplingRuleRecord }, { SamplingRule }) {
      const { RuleARN, ...created } = SamplingRuleRecord.SamplingRule;
      assert.deepEqual(created, SamplingRule);
      assert.match(RuleARN, new RegExp(`^arn:aws:xray:.*:sampling-rule/${SamplingRule.RuleName}$`));
      isRecent(SamplingRuleRecord.CreatedAt);
      assert.equal(SamplingRuleRecord.ModifiedAt, SamplingRuleRecord.CreatedAt);
    },
  },
  UpdateSamplingRule: {
    async input(world) {
      const { RuleARN: _, Version: _v, ...members } = await newRule(world);
      return { SamplingRuleUpdate: { ...members, FixedRate: 0.75, Attributes: { stage: 'live' } } };
    },
    check({ SamplingRuleRecord }, { SamplingRuleUpdate }) {
      const { RuleARN: _, Version, ...updated } = SamplingRuleRecord.SamplingRule;
      assert.deepEqual(updated, SamplingRuleUpdate);
      assert.equal(Version, 1);
      assert.ok(SamplingRuleRecord.ModifiedAt >= SamplingRuleRecord.CreatedAt);
    },
  },
  DeleteSamplingRule: {
    async input(world) {
      const { RuleName } = await newRule(world);
      return { RuleName };
    },
    check: ({ SamplingRuleRecord }, { RuleName }) =>
      assert.equal(SamplingRuleRecord.SamplingRule.RuleName, RuleName),
  },
  GetTraceSummaries: {
    async input(world) {
      await newTraceOfThree(world);
      return {
        ...window(),
        TimeRangeType: 'Event',
        Sampling: true,
        SamplingStrategy: { Name: 'FixedRate', Value: 1 },
        FilterExpression: 'annotation.stage = "test" AND fault',
      };
    },
    check({ TraceSummaries: summaries, TracesProcessedCount, ApproximateTime }, { StartTime, EndTime }) {
      const summary = summaries.at(0);
      assert.deepEqual([summary.HasFault, summary.Duration, summary.EntryPoint.Name], [true, 2, 'shop']);
      assert.deepEqual([summary.Http.HttpStatus, summary.Users[0].UserName], [502, 'alice']);
      assert.equal(summary.Annotations.total[0].AnnotationValue.NumberValue, 12.5);
      assert.ok(summary.FaultRootCauses.length > 0);
      assert.ok(TracesProcessedCount >= summaries.length);
      assert.ok(ApproximateTime >= StartTime && ApproximateTime <= EndTime);
    },
  },
  BatchGetTraces: {
    input: async (world) => ({ TraceIds: [await newTraceOfThree(world)] }),
    check({ Traces, UnprocessedTraceIds }, { TraceIds }) {
      assert.deepEqual([Traces.length, Traces[0].Id, Traces[0].Duration], [1, TraceIds[0], 2]);
      const names = Traces[0].Segments.map(({ Document }: Output) => JSON.parse(Document).name);
      assert.deepEqual(names.sort(), ['DynamoDB', 'orders', 'shop']);
      assert.deepEqual(UnprocessedTraceIds, []);
    },
  },
  GetTraceGraph: {
    input: async (world) => ({ TraceIds: [await newTraceOfThree(world)] }),
    check({ Services }) {
      const names = servicesNamed(Services);
      for (const expected of ['shop client', 'shop', 'orders', 'orders AWS::DynamoDB::Table']) {
        assert.ok(names.includes(expected), `${expected} is not among ${names.join(', ')}`);
      }
    },
  },
  GetServiceGraph: {
    async input(world) {
      await newTraceOfThree(world);
      const { GroupName } = await newGroup(world);
      return { ...window(), GroupName };
    },
    check(output, { StartTime, EndTime }) {
      assert.deepEqual([output.StartTime, output.EndTime], [StartTime, EndTime]);
      const shop = output.Services.find(({ Name, Type }: Output) => Name === 'shop' && Type !== 'client');
      assert.ok(shop.SummaryStatistics.FaultStatistics.TotalCount >= 1);
      assert.ok(shop.Edges.some(({ SummaryStatistics }: Output) => SummaryStatistics.TotalCount >= 1));
      assert.equal(output.ContainsOldGroupVersions, false);
    },
  },
  GetTimeSeriesServiceStatistics: {
    async input(world) {
      await newTraceOfThree(world);
      const { GroupName } = await newGroup(world);
      return {
        ...window(),
        GroupName,
        EntitySelectorExpression: 'service("shop")',
        Period: 60,
        ForecastStatistics: false,
      };
    },
    check({ TimeSeriesServiceStatistics: buckets, ContainsOldGroupVersions }, { StartTime, Period }) {
      const faults = buckets.map(
        ({ ServiceSummaryStatistics }: Output) => ServiceSummaryStatistics?.FaultStatistics?.TotalCount ?? 0,
      );
      assert.ok(faults.reduce((sum: number, count: number) => sum + count, 0) >= 1);
      for (const { Timestamp } of buckets) assert.equal((Timestamp - StartTime) % Period, 0);
      assert.equal(ContainsOldGroupVersions, false);
    },
  },
  CreateGroup: {
    input: () => ({
      GroupName: name(),
      FilterExpression: 'responsetime > 2',
      InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: false },
      Tags: [{ Key: 'team', Value: 'checkout' }],
    }),
    check({ Group: { GroupARN, ...group } }, { Tags: _, ...input }) {
      assert.deepEqual(group, input);
      assert.match(GroupARN, new RegExp(`^arn:aws:xray:.*:group/${input.GroupName}/`));
    },
  },
  GetGroup: {
    async input(world) {
      const { GroupName } = await newGroup(world);
      return { GroupName };
    },
    check({ Group }, { GroupName }) {
      assert.deepEqual([Group.GroupName, Group.FilterExpression], [GroupName, 'service("shop")']);
    },
  },
  GetGroups: {
    async input(world) {
      await newGroup(world);
      return {};
    },
    check: ({ Groups }) => assert.ok(Groups.length >= 2),
  },
  UpdateGroup: {
    async input(world) {
      const { GroupName } = await newGroup(world);
      return {
        GroupName,
        FilterExpression: 'fault',
        InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: true },
      };
    },
    check({ Group: { GroupARN, ...group } }, input) {
      assert.deepEqual(group, input);
      assert.ok(GroupARN);
    },
  },
  DeleteGroup: {
    async input(world) {
      const { GroupName } = await newGroup(world);
      return { GroupName };
    },
    check: (output) => assert.deepEqual(output, {}),
  },
  TagResource: {
    async input(world) {
      const { GroupARN } = await newGroup(world);
      return { ResourceARN: GroupARN, Tags: [{ Key: 'stage', Value: 'test' }] };
    },
    check: (output) => assert.deepEqual(output, {}),
  },
  UntagResource: {
    async input(world) {
      const { GroupARN } = await newGroup(world);
      return { ResourceARN: GroupARN, TagKeys: ['team'] };
    },
    check: (output) => assert.deepEqual(output, {}),
  },
  ListTagsForResource: {
    async input(world) {
      const { GroupARN } = await newGroup(world);
      return { ResourceARN: GroupARN };
    },
    check: ({ Tags }) => assert.deepEqual(Tags, [{ Key: 'team', Value: 'checkout' }]),
  },
  GetEncryptionConfig: {
    input: () => ({}),
    check: ({ EncryptionConfig }) => assert.ok(['NONE', 'KMS'].includes(EncryptionConfig.Type)),
  },
  PutEncryptionConfig: {
    input: () => ({ Type: 'KMS', KeyId: 'alias/aws/xray' }),
    check({ EncryptionConfig }) {
      assert.match(EncryptionConfig.KeyId, /^arn:aws:kms:us-east-1:\d{12}:key\/[0-9a-f-]{36}$/);
      assert.deepEqual([EncryptionConfig.Type, EncryptionConfig.Status], ['KMS', 'UPDATING']);
    },
    onlyLocal: true,
  },
  PutResourcePolicy: {
    input: () => ({ ...policy(name()), PolicyRevisionId: '0', BypassPolicyLockoutCheck: false }),
    check({ ResourcePolicy }, { PolicyName, PolicyDocument }) {
      const { LastUpdatedTime, ...put } = ResourcePolicy;
      assert.deepEqual(put, { PolicyName, PolicyDocument, PolicyRevisionId: '1' });
      isRecent(LastUpdatedTime);
    },
    onlyLocal: true,
  },
  ListResourcePolicies: {
    async input(world) {
      await world.send('PutResourcePolicy', policy(name()));
      return {};
    },
    check: ({ ResourcePolicies }) => assert.ok(ResourcePolicies.length >= 1),
    onlyLocal: true,
  },
  DeleteResourcePolicy: {
    async input(world) {
      const { PolicyName, PolicyDocument } = policy(name());
      await world.send('PutResourcePolicy', { PolicyName, PolicyDocument });
      return { PolicyName, PolicyRevisionId: '1' };
    },
    check: (output) => assert.deepEqual(output, {}),
    onlyLocal: true,
  },
  GetInsightSummaries: {
    async input(world) {
      const { GroupName, StartTime, EndTime } = await anInsight(world);
      return { GroupName, StartTime, EndTime, States: ['ACTIVE'], MaxResults: 10 };
    },
    check({ InsightSummaries: [summary] }, { GroupName }) {
      assert.deepEqual([summary.GroupName, summary.State], [GroupName, 'ACTIVE']);
      assert.deepEqual(summary.Categories, ['FAULT']);
      assert.ok(summary.RootCauseServiceId.Name);
      assert.ok(summary.LastUpdateTime >= summary.StartTime);
    },
    onlyLocal: true,
  },
  GetInsight: {
    async input(world) {
      const { InsightId } = await anInsight(world);
      return { InsightId };
    },
    check({ Insight }, { InsightId }) {
      assert.equal(Insight.InsightId, InsightId);
      assert.ok(Insight.ClientRequestImpactStatistics.FaultCount > 0);
      assert.ok(Insight.Summary);
    },
    onlyLocal: true,
  },
  GetInsightEvents: {
    async input(world) {
      const { InsightId } = await anInsight(world);
      return { InsightId, MaxResults: 10 };
    },
    check({ InsightEvents: events }) {
      assert.ok(events.length >= 1);
      for (const { Summary, EventTime } of events) assert.ok(Summary && EventTime > 0);
    },
    onlyLocal: true,
  },
  GetInsightImpactGraph: {
    async input(world) {
      const { InsightId, StartTime, EndTime } = await anInsight(world);
      return { InsightId, StartTime, EndTime };
    },
    check(output, { InsightId, StartTime, EndTime }) {
      assert.deepEqual([output.InsightId, output.StartTime, output.EndTime], [InsightId, StartTime, EndTime]);
      assert.ok(output.Services.length >= 1);
    },
    onlyLocal: true,
  },
  GetTraceSegmentDestination: {
    input: () => ({}),
    check: ({ Destination }) => assert.ok(['XRay', 'CloudWatchLogs'].includes(Destination)),
  },
  UpdateTraceSegmentDestination: {
    input: () => ({
      Destination: 'CloudWatchLogs',
      CloudWatchLogsConfiguration: { SpansLogGroupKmsKeyId: 'alias/spans' },
    }),
    check: ({ Destination }) => assert.equal(Destination, 'CloudWatchLogs'),
    onlyLocal: true,
  },
  GetIndexingRules: {
    input: () => ({}),
    check({ IndexingRules }) {
      assert.deepEqual([IndexingRules.length, IndexingRules[0].Name], [1, 'Default']);
      assert.ok(IndexingRules[0].Rule.Probabilistic.DesiredSamplingPercentage > 0);
    },
  },
  UpdateIndexingRule: {
    input: () => ({ Name: 'Default', Rule: { Probabilistic: { DesiredSamplingPercentage: 12.5 } } }),
    check({ IndexingRule }) {
      assert.equal(IndexingRule.Rule.Probabilistic.DesiredSamplingPercentage, 12.5);
      isRecent(IndexingRule.ModifiedAt);
    },
    onlyLocal: true,
  },
  StartTraceRetrieval: {
    input: async (world) => ({ TraceIds: [await newTraceOfThree(world)], ...window() }),
    check: ({ RetrievalToken }) => assert.ok(RetrievalToken.length > 0),
    onlyLocal: true,
  },
  ListRetrievedTraces: {
    input: async (world) => ({ RetrievalToken: await finishedRetrieval(world), TraceFormat: 'XRAY' }),
    check({ RetrievalStatus, TraceFormat, Traces }) {
      assert.deepEqual([RetrievalStatus, TraceFormat, Traces.length], ['COMPLETE', 'XRAY', 1]);
      assert.equal(Traces[0].Duration, 2);
      for (const { Id, Document } of Traces[0].Spans) assert.equal(JSON.parse(Document).id, Id);
    },
    onlyLocal: true,
  },
  GetRetrievedTracesGraph: {
    input: async (world) => ({ RetrievalToken: await finishedRetrieval(world) }),
    check({ RetrievalStatus, Services }) {
      assert.equal(RetrievalStatus, 'COMPLETE');
      const names = servicesNamed(Services.map(({ Service }: Output) => Service));
      assert.ok(names.includes('orders AWS::DynamoDB::Table'));
    },
    onlyLocal: true,
  },
  CancelTraceRetrieval: {
    async input(world) {
      const TraceIds = [await newTraceOfThree(world)];
      const { RetrievalToken } = await world.send('StartTraceRetrieval', { TraceIds, ...window() });
      return { RetrievalToken };
    },
    check: (output) => assert.deepEqual(output, {}),
    onlyLocal: true,
  },
};

/** One insight per world: it is only read. */
const insights = new WeakMap<World, Promise<Trouble>>();

async function anInsight(world: World) {
  const made = insights.get(world) ?? world.trouble({ services: 1 });
  insights.set(world, made);
  const { GroupName, StartTime, EndTime, insights: found } = await made;
  assert.equal(found.length, 1);
  return { InsightId: found[0].InsightId as string, GroupName, StartTime, EndTime };
}

async function finishedRetrieval(world: World): Promise<string> {
  const TraceIds = [await newTraceOfThree(world)];
  const { RetrievalToken } = await world.send('StartTraceRetrieval', { TraceIds, ...window() });
  return world.eventually('the retrieved trace', async () => {
    const { RetrievalStatus } = await world.send('ListRetrievedTraces', { RetrievalToken });
    return RetrievalStatus === 'COMPLETE' ? (RetrievalToken as string) : undefined;
  });
}
