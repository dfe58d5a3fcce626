/**
 * The lists of X-Ray's API that come in pages, as data: how to fill each so that it takes more than one page, and by
 * what its items are known. The page sizes are constants of the operations; an item too few fails the test.
 */
import { newTraceId } from '../../model/index.ts';
import { everyRequest } from '../../operations/sampling/sampling-rule.ts';
import { newId, newTrace, now, segment } from '../harness.ts';
import type { Output, World } from './calls.ts';

export interface Listing {
  /** Fills the list. Gives the input that reads it and the keys of all its items, made once per run. */
  make(world: World): Promise<{ input: object; keys: string[] }>;
  /** The keys of the items on a page. */
  keys(page: Output): string[];
  /** The same call with another question, for which the tokens of `input` are none. Absent without a question. */
  another?(input: Output): object;
  /** Adds an item that belongs between those shown; absent where the list stands still. */
  arrives?(world: World): Promise<unknown>;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const padded = (index: number) => String(index).padStart(5, '0');

/** Makes it once in a world, however often it is asked for. */
function once<Made>(make: (world: World) => Promise<Made>): (world: World) => Promise<Made> {
  const made = new WeakMap<World, Promise<Made>>();
  return (world) => {
    const there = made.get(world) ?? make(world);
    made.set(world, there);
    return there;
  };
}

async function putAll(world: World, documents: readonly object[]): Promise<void> {
  for (let start = 0; start < documents.length; start += 50) {
    const TraceSegmentDocuments = documents.slice(start, start + 50).map((one) => JSON.stringify(one));
    await world.send('PutTraceSegments', { TraceSegmentDocuments });
  }
}

const rule = (RuleName: string, Priority: number) => ({
  RuleName,
  ...everyRequest,
  Priority,
  FixedRate: 0.5,
  ReservoirSize: 1,
});

/** 600 sampling rules, and statistics of each in two windows of ten seconds. */
const rules = once(async (world) => {
  const names = range(600).map((index) => `rule-${padded(index)}`);
  for (const [index, name] of names.entries()) {
    await world.send('CreateSamplingRule', { SamplingRule: rule(name, 100 + index) });
  }
  return names;
});

const windowStarts = once(() => {
  const latest = Math.floor(now() / 10) * 10;
  return Promise.resolve([latest - 60, latest - 30]);
});

async function report(world: World, names: readonly string[], Timestamp: number): Promise<void> {
  for (let start = 0; start < names.length; start += 25) {
    const SamplingStatisticsDocuments = names.slice(start, start + 25).map((RuleName) => ({
      RuleName,
      ClientID: 'ABCDEF1234567890ABCDEF10',
      Timestamp,
      RequestCount: 3,
      SampledCount: 2,
      BorrowCount: 1,
    }));
    await world.send('GetSamplingTargets', { SamplingStatisticsDocuments });
  }
}

const groups = once(async (world) => {
  const made = range(25).map((index) => `g-${padded(10 * index)}`);
  for (const GroupName of made) await world.send('CreateGroup', { GroupName });
  return made;
});

const tagged = once(async (world) => {
  const { Group } = await world.send('CreateGroup', { GroupName: `tagged-${newId()}` });
  const keys = range(45).map((index) => `key-${padded(10 * index)}`);
  await world.send('TagResource', {
    ResourceARN: Group.GroupARN,
    Tags: keys.map((Key) => ({ Key, Value: 'value' })),
  });
  return { ResourceARN: Group.GroupARN as string, keys };
});

const policies = once(async (world) => {
  const keys = range(150).map((index) => `policy-${padded(10 * index)}`);
  for (const PolicyName of keys) await putPolicy(world, PolicyName);
  return keys;
});

const putPolicy = (world: World, PolicyName: string) =>
  world.send('PutResourcePolicy', {
    PolicyName,
    PolicyDocument: JSON.stringify({
      Statement: { Effect: 'Allow', Principal: '*', Action: 'xray:PutTraceSegments', Resource: '*' },
    }),
  });

/** 250 traces of one run. */
const traces = once(async (world) => {
  const run = newId();
  const documents = range(250).map(() => segment({ annotations: { run } }));
  await putAll(world, documents);
  const query = {
    StartTime: Math.floor(now()) - 300,
    EndTime: Math.ceil(now()) + 300,
    FilterExpression: `annotation.run = "${run}"`,
  };
  const keys = documents.map(({ trace_id }) => trace_id!);
  await world.eventually('250 summaries', async () => {
    const { TracesProcessedCount } = await world.send('GetTraceSummaries', query);
    return TracesProcessedCount >= 100 ? true : undefined;
  });
  return { run, query, keys };
});

/** 1,000 traces, each of a service that calls eleven others nobody else calls: 12,001 nodes with the client's. */
const wideTraces = once(async (world) => {
  const start = Math.floor(now()) - 30;
  const prefix = `n-${newId()}`;
  const names = range(1_000).map((index) => ({
    caller: `${prefix}-${padded(index)}`,
    called: range(11).map((call) => `${prefix}-${padded(index)}-${call}`),
  }));
  const documents = names.map(({ caller, called }) =>
    segment({
      name: caller,
      annotations: { run: prefix },
      start_time: start,
      end_time: start + 1,
      subsegments: called.map((name) => ({
        id: newId(),
        name,
        namespace: 'remote',
        start_time: start,
        end_time: start + 0.5,
      })),
    }),
  );
  await putAll(world, documents);
  const GroupName = prefix;
  await world.send('CreateGroup', { GroupName, FilterExpression: `annotation.run = "${prefix}"` });
  const TraceIds = documents.map(({ trace_id }) => trace_id!);
  const services = names.flatMap(({ caller, called }) => [caller, ...called]);
  const clients = names.map(({ caller }) => `${caller} client`);
  return { TraceIds, GroupName, start, keys: [...services, ...clients] };
});

/** A trace in each of 1,600 seconds, each of which is read as a period of its own. */
const secondsOfTraffic = once(async (world) => {
  const end = Math.floor(now()) - 60;
  const seconds = range(1_600).map((index) => end - 1_600 + index);
  const name = `t-${newId()}`;
  const documents = seconds.map((start) =>
    segment({ trace_id: newTraceId(start, Math.random), name, start_time: start, end_time: start + 0.5 }),
  );
  await putAll(world, documents);
  return { name, seconds, end };
});

const insightId = ({ InsightId }: Output): string => InsightId;

const troubles = once((world) => world.trouble({ services: 5 }));

/** An insight with some events, whose failing service called 12,000 others. */
const longTrouble = once(async (world) => {
  const { StartTime, EndTime, services, called, insights } = await world.trouble({
    services: 1,
    callsPerFault: 200,
  });
  const { InsightId } = insights[0];
  const { InsightEvents } = await world.send('GetInsightEvents', { InsightId });
  return {
    InsightId,
    StartTime,
    EndTime,
    events: InsightEvents.map(({ EventTime }: Output) => String(EventTime)) as string[],
    nodes: [...services, ...services.map((name) => `${name} client`), ...called],
  };
});

/** The token of a finished retrieval. */
async function retrieved(world: World, TraceIds: readonly string[]): Promise<string> {
  const window = { StartTime: Math.floor(now()) - 3600, EndTime: Math.ceil(now()) };
  const { RetrievalToken } = await world.send('StartTraceRetrieval', { TraceIds, ...window });
  return world.eventually('the retrieved traces', async () => {
    const { RetrievalStatus } = await world.send('ListRetrievedTraces', { RetrievalToken });
    return RetrievalStatus === 'COMPLETE' ? (RetrievalToken as string) : undefined;
  });
}

const nodeKeys = (services: Output): string[] =>
  services.map(({ Name, Type }: Output) => (Type === 'client' ? `${Name} client` : Name));

export const listings: Readonly<Record<string, Listing>> = {
  GetGroups: {
    make: async (world) => ({ input: {}, keys: ['Default', ...(await groups(world))] }),
    keys: ({ Groups }) => Groups.map(({ GroupName }: Output) => GroupName),
    arrives: (world) => world.send('CreateGroup', { GroupName: 'g-00005' }),
  },
  ListTagsForResource: {
    async make(world) {
      const { ResourceARN, keys } = await tagged(world);
      return { input: { ResourceARN }, keys };
    },
    keys: ({ Tags }) => Tags.map(({ Key }: Output) => Key),
    another: ({ ResourceARN }) => ({
      ResourceARN: ResourceARN.replace(/group\/.*/, 'sampling-rule/Default'),
    }),
    async arrives(world) {
      const { ResourceARN } = await tagged(world);
      await world.send('TagResource', { ResourceARN, Tags: [{ Key: 'key-00005', Value: 'new' }] });
    },
  },
  ListResourcePolicies: {
    make: async (world) => ({ input: {}, keys: await policies(world) }),
    keys: ({ ResourcePolicies }) => ResourcePolicies.map(({ PolicyName }: Output) => PolicyName),
    arrives: (world) => putPolicy(world, 'policy-00005'),
  },
  GetSamplingRules: {
    make: async (world) => ({ input: {}, keys: ['Default', ...(await rules(world))] }),
    keys: ({ SamplingRuleRecords: records }) =>
      records.map(({ SamplingRule }: Output) => SamplingRule.RuleName),
    arrives: (world) => world.send('CreateSamplingRule', { SamplingRule: rule('new-rule', 1) }),
  },
  GetSamplingStatisticSummaries: {
    async make(world) {
      const [names, starts] = [await rules(world), await windowStarts(world)];
      for (const start of starts) await report(world, names, start);
      return { input: {}, keys: starts.flatMap((start) => names.map((name) => `${name} ${start}`)) };
    },
    keys: ({ SamplingStatisticSummaries: summaries }) =>
      summaries.map(({ RuleName, Timestamp }: Output) => `${RuleName} ${Timestamp}`),
    async arrives(world) {
      const [, latest = 0] = await windowStarts(world);
      await report(world, (await rules(world)).slice(0, 25), latest + 20);
    },
  },
  GetTraceSummaries: {
    async make(world) {
      const { query, keys } = await traces(world);
      return { input: query, keys };
    },
    keys: ({ TraceSummaries }) => TraceSummaries.map(({ Id }: Output) => Id),
    another: (input) => ({ ...input, EndTime: input.EndTime + 1 }),
    async arrives(world) {
      const { run } = await traces(world);
      await putAll(
        world,
        range(50).map(() => segment({ trace_id: newTrace(), annotations: { run } })),
      );
    },
  },
  BatchGetTraces: {
    async make(world) {
      const { keys } = await traces(world);
      return { input: { TraceIds: keys }, keys };
    },
    keys: ({ Traces }) => Traces.map(({ Id }: Output) => Id),
    another: ({ TraceIds }) => ({ TraceIds: TraceIds.slice(1) }),
    async arrives(world) {
      const { keys } = await traces(world);
      await putAll(world, [segment({ trace_id: keys[0]!, name: 'late' })]);
    },
  },
  GetTraceGraph: {
    async make(world) {
      const { TraceIds, keys } = await wideTraces(world);
      return { input: { TraceIds }, keys };
    },
    keys: ({ Services }) => nodeKeys(Services),
    another: ({ TraceIds }) => ({ TraceIds: TraceIds.slice(1) }),
  },
  GetServiceGraph: {
    async make(world) {
      const { start, GroupName, keys } = await wideTraces(world);
      return { input: { StartTime: start - 60, EndTime: start + 60, GroupName }, keys };
    },
    keys: ({ Services }) => nodeKeys(Services),
    another: (input) => ({ ...input, GroupName: 'Default' }),
  },
  GetTimeSeriesServiceStatistics: {
    async make(world) {
      const { name, seconds, end } = await secondsOfTraffic(world);
      const input = {
        StartTime: end - 1_600,
        EndTime: end,
        Period: 1,
        EntitySelectorExpression: `service("${name}")`,
      };
      return { input, keys: seconds.map(String) };
    },
    keys: ({ TimeSeriesServiceStatistics: periods }) =>
      periods.map(({ Timestamp }: Output) => String(Timestamp)),
    another: (input) => ({ ...input, Period: 2 }),
  },
  GetInsightSummaries: {
    async make(world) {
      const { GroupName, StartTime, EndTime, insights } = await troubles(world);
      return { input: { GroupName, StartTime, EndTime, MaxResults: 2 }, keys: insights.map(insightId) };
    },
    keys: ({ InsightSummaries }) => InsightSummaries.map(insightId),
    another: (input) => ({ ...input, EndTime: input.EndTime + 1 }),
  },
  GetInsightEvents: {
    async make(world) {
      const { InsightId, events } = await longTrouble(world);
      return { input: { InsightId, MaxResults: 1 }, keys: events };
    },
    keys: ({ InsightEvents }) => InsightEvents.map(({ EventTime }: Output) => String(EventTime)),
  },
  GetInsightImpactGraph: {
    async make(world) {
      const { InsightId, StartTime, EndTime, nodes } = await longTrouble(world);
      return { input: { InsightId, StartTime, EndTime }, keys: nodes };
    },
    keys: ({ Services }) => nodeKeys(Services),
    another: (input) => ({ ...input, EndTime: input.EndTime + 1 }),
  },
  ListRetrievedTraces: {
    async make(world) {
      const TraceIds = (await traces(world)).keys.slice(0, 12);
      return { input: { RetrievalToken: await retrieved(world, TraceIds) }, keys: TraceIds };
    },
    keys: ({ Traces }) => Traces.map(({ Id }: Output) => Id),
    another: (input) => ({ ...input, TraceFormat: 'OTEL' }),
  },
  GetRetrievedTracesGraph: {
    async make(world) {
      const { TraceIds, keys } = await wideTraces(world);
      const first = TraceIds.slice(0, 100);
      const prefixes = new Set(range(100).map(padded));
      const nodes = keys.filter((key) => prefixes.has(/-(\d{5})\b/.exec(key)![1]!));
      return { input: { RetrievalToken: await retrieved(world, first) }, keys: nodes };
    },
    keys: ({ Services }) => nodeKeys(Services.map(({ Service }: Output) => Service)),
  },
};
