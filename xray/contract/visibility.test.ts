import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  type XRayClient,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  eventually,
  now,
  onlyLocal,
  put,
  runApi,
  segment,
  startBackend,
  temporaryFolder,
} from './harness.ts';

// AWS's delay is what it is.
const skip = onlyLocal;

const range = () => ({ StartTime: new Date((now() - 300) * 1000), EndTime: new Date((now() + 60) * 1000) });

/** What each operation that reads shows of a trace. */
async function shown(client: XRayClient, id: string) {
  const [batch, summaries, filtered, serviceGraph, traceGraph] = await Promise.all([
    client.send(new BatchGetTracesCommand({ TraceIds: [id] })),
    client.send(new GetTraceSummariesCommand(range())),
    client.send(new GetTraceSummariesCommand({ ...range(), FilterExpression: 'service("shop")' })),
    client.send(new GetServiceGraphCommand(range())),
    client.send(new GetTraceGraphCommand({ TraceIds: [id] })),
  ]);
  return {
    traces: batch.Traces!.length,
    unprocessed: batch.UnprocessedTraceIds!.length,
    summaries: summaries.TraceSummaries!.length,
    filtered: filtered.TraceSummaries!.length,
    inServiceGraph: serviceGraph.Services!.some(({ Name }) => Name === 'shop'),
    inTraceGraph: traceGraph.Services!.some(({ Name }) => Name === 'shop'),
  };
}

const nothing = {
  traces: 0,
  unprocessed: 1,
  summaries: 0,
  filtered: 0,
  inServiceGraph: false,
  inTraceGraph: false,
};
const everything = {
  traces: 1,
  unprocessed: 0,
  summaries: 1,
  filtered: 1,
  inServiceGraph: true,
  inTraceGraph: true,
};

test(
  'no operation shows a document before its delay is over, and every one shows it then',
  { skip },
  async () => {
    const { client, store } = await startBackend({ visibilityDelay: () => 30 });
    const sent = segment();
    const { UnprocessedTraceSegments } = await put(client, sent, { ...segment(), name: undefined });
    assert.deepEqual(
      UnprocessedTraceSegments?.map(({ ErrorCode }) => ErrorCode),
      ['MissingName'],
    );

    store!.arrivals.releaseSlice(now() + 25, 30);
    assert.deepEqual(await shown(client, sent.trace_id), nothing);
    store!.arrivals.releaseSlice(now() + 30, 30);
    assert.deepEqual(await shown(client, sent.trace_id), everything);
  },
);

test('without a delay a document is visible with the answer', { skip }, async () => {
  const { client, store } = await startBackend();
  const sent = segment();
  await put(client, sent);
  assert.deepEqual(await shown(client, sent.trace_id), everything);
  assert.equal(store!.arrivals.waiting, 0);
});

const visible = (client: XRayClient, ids: readonly string[]) =>
  eventually(`the traces ${ids.join(', ')}`, async () => {
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [...ids] }));
    return Traces!.length === ids.length ? true : undefined;
  });

test(
  'what waits survives kill -9: it still waits, and with a shorter delay it is there',
  { skip },
  async () => {
    const home = temporaryFolder();
    const storePath = join(home, 'xray.sqlite');
    const api = await runApi(storePath, { LAB_HOME: home, XRAY_VISIBILITY_DELAY: '900' });
    const sent = [segment(), segment()];
    for (const one of sent) await put(api.client, one);
    const ids = sent.map(({ trace_id }) => trace_id);
    api.process.kill('SIGKILL');
    await once(api.process, 'exit');

    const slow = await runApi(storePath, { LAB_HOME: home, XRAY_VISIBILITY_DELAY: '900' });
    assert.deepEqual(await shown(slow.client, ids[0]!), nothing);
    slow.process.kill('SIGKILL');
    await once(slow.process, 'exit');

    const fast = await runApi(storePath, { LAB_HOME: home });
    await visible(fast.client, ids);
  },
);

test('a lab may change the delay while the API runs, in the settings file', { skip }, async () => {
  const home = temporaryFolder();
  const file = join(home, 'xray-settings.json');
  const api = await runApi(':memory:', { LAB_HOME: home });
  writeFileSync(file, '{ "visibilityDelay": 900 }');
  const waiting = await eventually('a document that waits', async () => {
    const sent = segment();
    await put(api.client, sent);
    const { Traces } = await api.client.send(new BatchGetTracesCommand({ TraceIds: [sent.trace_id] }));
    return Traces!.length === 0 ? sent.trace_id : undefined;
  });

  writeFileSync(file, '{ "visibilityDelay": "no" }');
  await eventually('the error in the log', async () => {
    await put(api.client, segment());
    return (
      api.lines.find((line) => line.includes('xray-settings.json cannot be used: visibilityDelay')) && true
    );
  });
  const { Traces } = await api.client.send(new BatchGetTracesCommand({ TraceIds: [waiting] }));
  assert.deepEqual(Traces, []);

  writeFileSync(file, '{}');
  await visible(api.client, [waiting]);
});
