/**
 * Our daemon against AWS's own. Ours is held to what AWS's did (recordings.json) everywhere; where AWS's program is,
 * the recordings are held to it, so that nobody can edit them or leave them behind.
 */
import { BatchGetTracesCommand, CreateSamplingRuleCommand, type XRayClient } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { daemonVersion } from '../../daemon/version.ts';
import { everyRequest } from '../../operations/sampling/sampling-rule.ts';
import { eventually, onlyLocal, runApi, runProgram } from '../harness.ts';
import { officialDaemon, officialVersion, recordingsOnly, withoutOfficial } from './official.ts';
import { asRecorded, readRecordings } from './recordings.ts';
import { scenarios } from './scenarios/index.ts';
import { onStage, ourDaemon, type DaemonCommand } from './stage.ts';

const { source, observed } = readRecordings();

/** Scenarios mostly wait, each for a daemon and an X-Ray of its own. */
const concurrency = 3;

test('every scenario has its recording, and every recording its scenario', () =>
  assert.deepEqual(
    Object.keys(observed),
    scenarios.map(({ name }) => name),
  ));

test('the recordings are of the version that ours takes after', () =>
  assert.equal(source.version, daemonVersion));

describe('our daemon does what AWS’s did', { skip: onlyLocal, concurrency }, () => {
  for (const { name, observe } of scenarios)
    test(`our daemon, as AWS’s, ${name}`, async () =>
      assert.deepEqual(asRecorded(await onStage(ourDaemon, observe)), observed[name]));
});

// No skipped tests where AWS's program can't be had and whoever runs this knows it: with CI=true a skip is a failure,
// for it means that something was not installed. The facts above have run, and .ci/run says aloud what has not.
if (!recordingsOnly)
  describe('AWS’s daemon itself', { skip: onlyLocal || withoutOfficial, concurrency }, () => {
    test('is of the version that was recorded', () => assert.equal(officialVersion(), source.version));

    for (const { name, observe } of scenarios)
      test(`AWS’s daemon still, as recorded, ${name}`, async () =>
        assert.deepEqual(asRecorded(await onStage(officialDaemon, observe)), observed[name]));

    test('the shop’s SDK sends the same traces through either daemon into our API', async () => {
      const { client, endpoint } = await runApi(':memory:');
      await client.send(new CreateSamplingRuleCommand({ SamplingRule: everything }));
      const [ours, official] = await Promise.all(
        [ourDaemon, officialDaemon].map((daemon) => tracesThrough(daemon, endpoint, client)),
      );
      assert.equal(ours!.length, 3);
      assert.deepEqual(ours, official);
    });
  });

const everything = {
  RuleName: 'everything',
  ...everyRequest,
  Priority: 1,
  FixedRate: 1,
  ReservoirSize: 100,
};

/** Three requests to a traced program, sampled by that rule, as they arrive in our API through this daemon. */
const tracesThrough = (command: DaemonCommand, endpoint: string, client: XRayClient): Promise<unknown[]> =>
  onStage(command, async (stage) => {
    const daemon = await stage.startDaemon(endpoint);
    const program = runProgram('./traced-program.ts', [], { AWS_XRAY_DAEMON_ADDRESS: daemon.address });
    const [, port] = await program.line(/listening on (\d+)/);
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        headers: { 'x-forwarded-for': '10.1.2.3' },
      });
      return ((await response.json()) as { traceId: string }).traceId;
    };
    // Until the rules have come through the daemon's proxy, the SDK samples by a rule of its own.
    const asked: string[] = [];
    await eventually('a trace by the rule', async () => {
      asked.push(await ask());
      await new Promise((resolve) => setTimeout(resolve, 200));
      const documents = await documentsOf(client, asked.slice(-5));
      return documents.some(({ aws }) => aws.xray.rule_name === 'everything') || undefined;
    });
    const ids = [await ask(), await ask(), await ask()];
    const traces = await eventually('three traces by the rule', async () => {
      const documents = await documentsOf(client, ids);
      return documents.length === ids.length ? documents : undefined;
    });
    await daemon.stop();
    return traces.map((document) => anonymous(document, String(port)));
  });

/** The segments of those traces that have arrived. */
async function documentsOf(client: XRayClient, ids: string[]) {
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: ids }));
  return Traces!.map(({ Segments }) => JSON.parse(Segments![0]!.Document!));
}

/** A document without what differs between two requests: ids, times and the port. */
function anonymous(document: unknown, port: string): unknown {
  const text = JSON.stringify(document, (name, value: unknown) =>
    /^(id|trace_id|parent_id|start_time|end_time)$/.test(name) ? typeof value : value,
  );
  return JSON.parse(text.replaceAll(port, 'PORT'));
}
