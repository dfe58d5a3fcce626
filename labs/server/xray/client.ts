import {
  BatchGetTracesCommand,
  CreateSamplingRuleCommand,
  DeleteSamplingRuleCommand,
  GetGroupCommand,
  GetGroupsCommand,
  GetSamplingRulesCommand,
  GetSamplingStatisticSummariesCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  ListTagsForResourceCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import type { Settings } from '../settings.ts';

/** The operations pages may ask for: those that read. To add one, add its line. */
const reads = {
  BatchGetTraces: BatchGetTracesCommand,
  GetGroup: GetGroupCommand,
  GetGroups: GetGroupsCommand,
  GetSamplingRules: GetSamplingRulesCommand,
  GetSamplingStatisticSummaries: GetSamplingStatisticSummariesCommand,
  GetServiceGraph: GetServiceGraphCommand,
  GetTimeSeriesServiceStatistics: GetTimeSeriesServiceStatisticsCommand,
  GetTraceGraph: GetTraceGraphCommand,
  GetTraceSummaries: GetTraceSummariesCommand,
  ListTagsForResource: ListTagsForResourceCommand,
} as const;

export const readOperations = Object.keys(reads);

/** Calls one operation of the X-Ray API; rejects with the SDK's error. Times in the input are `Date`s. */
export type SendXRay = (operation: string, input: object) => Promise<unknown>;

export interface XRay {
  /** Only operations of the allow-list. */
  read: SendXRay;
  /** Sampling rules are the one thing this process changes by itself. */
  createSamplingRule(rule: SamplingRule): Promise<void>;
  deleteSamplingRule(name: string): Promise<void>;
  samplingRuleNames(): Promise<string[]>;
  close(): void;
}

export type SamplingRule = NonNullable<
  ConstructorParameters<typeof CreateSamplingRuleCommand>[0]['SamplingRule']
>;

/** X-Ray through AWS's own client, aimed at the lab's endpoint. */
export function xrayClient({ xrayEndpoint, region, credentials }: Settings): XRay {
  const client = new XRayClient({
    endpoint: xrayEndpoint,
    region,
    credentials,
    // A learner waits for the answer; a backend that is down is said at once, not after the SDK's three attempts.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 10_000 },
  });

  return {
    async read(operation, input) {
      const Command = reads[operation as keyof typeof reads] as unknown as new (input: object) => never;
      return client.send(new Command(input));
    },
    async createSamplingRule(SamplingRule) {
      await client.send(new CreateSamplingRuleCommand({ SamplingRule }));
    },
    async deleteSamplingRule(RuleName) {
      await client.send(new DeleteSamplingRuleCommand({ RuleName }));
    },
    async samplingRuleNames() {
      const { SamplingRuleRecords = [] } = await client.send(new GetSamplingRulesCommand({}));
      return SamplingRuleRecords.flatMap(({ SamplingRule }) => SamplingRule?.RuleName ?? []);
    },
    close: () => client.destroy(),
  };
}
