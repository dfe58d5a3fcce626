/**
 * What AWS's own Node SDK makes of our sampling answers. Its defects (docs/fidelity.md, "The Node SDK's defects") are
 * real: these tests hold in place which of them the server's answers get around, and which they honestly cannot.
 */
import { CreateSamplingRuleCommand } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { now, onlyLocal, startBackend } from './harness.ts';

interface NodeSdkRule {
  getName(): string;
  snapshotStatistics(): { requestCount: number; borrowCount: number; sampledCount: number };
}
type Target = { rate: number; quota: number | undefined; TTL: number; interval: number };

/** The part of the SDK that talks to the API, as far as it is used here. */
interface ServiceConnector {
  fetchSamplingRules(done: (error: Error | null, rules: NodeSdkRule[]) => void): void;
  fetchTargets(
    rules: readonly NodeSdkRule[],
    done: (error: Error | null, targets: Record<string, Target>, freshness: number) => void,
  ): void;
}

const { client, endpoint } = await startBackend();
const load = createRequire(import.meta.url);
const sdk = load('aws-xray-sdk-core') as { setDaemonAddress(address: string): void };
const connector = load(
  'aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector',
) as ServiceConnector;
// The API stands where the daemon would, which passes these calls on unread.
if (endpoint) sdk.setDaemonAddress(endpoint.replace('http://', ''));

const fetchRules = () =>
  new Promise<NodeSdkRule[]>((resolve, reject) =>
    connector.fetchSamplingRules((error, rules) => (error ? reject(error) : resolve(rules))),
  );
const fetchTargets = (rules: readonly NodeSdkRule[]) =>
  new Promise<{ targets: Record<string, Target>; freshness: number }>((resolve, reject) =>
    connector.fetchTargets(rules, (error, targets, freshness) =>
      error ? reject(error) : resolve({ targets, freshness }),
    ),
  );

const create = (RuleName: string, members: object = {}) =>
  client.send(
    new CreateSamplingRuleCommand({
      SamplingRule: {
        RuleName,
        ...everyRequest,
        Priority: 100,
        FixedRate: 0.5,
        ReservoirSize: 5,
        ...members,
      },
    }),
  );

test(
  'before any rule was made, the SDK has the Default rule, so it never meets the empty list it ignores',
  { skip: onlyLocal },
  async () => {
    const rules = await fetchRules();
    assert.deepEqual(
      rules.map((rule) => rule.getName()),
      ['Default'],
    );
  },
);

test(
  'before any rule was made, LastRuleModification is a number, without which the SDK drops the answer',
  { skip: onlyLocal },
  async () => {
    const { targets, freshness } = await fetchTargets(await fetchRules());
    assert.equal(freshness, 0);
    assert.deepEqual([targets['Default']?.rate, targets['Default']?.interval], [0.05, 10]);
  },
);

test(
  'a rule made without Attributes is sent with empty ones, without which the SDK drops the rule',
  { skip: onlyLocal },
  async () => {
    await create('plain');
    await create('with-attributes', { Attributes: { team: 'shop' } });
    const names = (await fetchRules()).map((rule) => rule.getName());
    assert.deepEqual(names, ['plain', 'Default'], 'rules with attributes are ignored, as AWS documents');
  },
);

test('all rules are on the first page: the SDK does not ask for a second', { skip: onlyLocal }, async () => {
  const before = (await fetchRules()).length;
  for (let i = 0; i < 20; i++) await create(`one-of-many-${i}`, { Priority: 200 + i });
  assert.equal((await fetchRules()).length, before + 20);
});

test(
  'a quota always looks expired to the SDK, and a change of rules always old: no answer in seconds can help',
  { skip: onlyLocal },
  async () => {
    const rules = (await fetchRules()).filter((rule) => rule.getName() === 'plain');
    await fetchTargets(rules);
    const { targets, freshness } = await fetchTargets(rules);
    assert.equal(targets['plain']?.quota, 5, 'the server gave a quota');
    assert.ok(targets['plain'].TTL < now() / 500, 'and the SDK divided its end by 1000');
    assert.ok(freshness > 0 && freshness < now() / 500);
  },
);

test(
  'a report of a rule with a name beyond ASCII is cut off by the SDK, and refused as what it is',
  { skip: onlyLocal },
  async () => {
    await create('küche');
    const rules = (await fetchRules()).filter((rule) => rule.getName() === 'küche');
    assert.equal(rules.length, 1, 'reading it works');
    await assert.rejects(fetchTargets(rules));
  },
);
