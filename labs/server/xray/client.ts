import {
  BatchGetTracesCommand,
  CreateSamplingRuleCommand,
  DeleteSamplingRuleCommand,
  GetSamplingRulesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import type { Settings } from '../settings.ts';
import { xrayWire, type Signer, type XRayWire } from './wire.ts';

/** What checks and live questions read with; pages go over the wire, see `wire.ts`. */
const reads = {
  BatchGetTraces: BatchGetTracesCommand,
  GetServiceGraph: GetServiceGraphCommand,
  GetTraceSummaries: GetTraceSummariesCommand,
} as const;

/** Calls one operation of the X-Ray API; rejects with the SDK's error. Times in the input are `Date`s. */
export type SendXRay = (operation: string, input: object) => Promise<unknown>;

export interface XRay {
  /** Through AWS's client, as a learner's own program would. */
  read: SendXRay;
  /** The same API as bytes, for what is passed on or read often. */
  wire: XRayWire;
  /** AWS's own, with this client's identity. */
  signer(): Promise<Signer>;
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

  const signer = () => client.config.signer();
  const wire = xrayWire({ endpoint: xrayEndpoint, signer });

  return {
    wire,
    signer,
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
    close() {
      wire.close();
      client.destroy();
    },
  };
}
