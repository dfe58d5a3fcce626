import {
  BatchGetTracesCommand,
  CancelTraceRetrievalCommand,
  GetRetrievedTracesGraphCommand,
  ListRetrievedTracesCommand,
  ResourceNotFoundException,
  StartTraceRetrievalCommand,
  type RetrievedTrace,
  type TraceFormatType,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtelSpan } from '../model/index.ts';
import { newId, newTrace, onlyLocal, put, segment, startBackend } from './harness.ts';

/** AWS retrieves from the log group of Transaction Search, which an account need not have. */
const local = { skip: onlyLocal };

let time = Date.now() / 1000;
const { client, store } = await startBackend({ now: () => time });

const date = (seconds: number) => new Date(seconds * 1000);
const window = { StartTime: date(time - 60), EndTime: date(time + 60) };

async function start(TraceIds: string[], members: Partial<typeof window> = {}) {
  const { RetrievalToken } = await client.send(
    new StartTraceRetrievalCommand({ TraceIds, ...window, ...members }),
  );
  return RetrievalToken!;
}

const list = (RetrievalToken: string, TraceFormat?: TraceFormatType, NextToken?: string) =>
  client.send(new ListRetrievedTracesCommand({ RetrievalToken, TraceFormat, NextToken }));

const graph = (RetrievalToken: string) => client.send(new GetRetrievedTracesGraphCommand({ RetrievalToken }));

/** Waits as a client would, by asking, on the clock of these tests. */
async function complete(token: string) {
  while ((await list(token)).RetrievalStatus !== 'COMPLETE') time += 0.1;
}

async function everyPage(token: string, format: TraceFormatType) {
  const pages: RetrievedTrace[][] = [];
  let NextToken: string | undefined;
  do {
    const output = await list(token, format, NextToken);
    pages.push(output.Traces!);
    NextToken = output.NextToken;
  } while (NextToken !== undefined);
  return pages;
}

test('a retrieval is scheduled, runs, and is complete; until then it gives nothing', local, async () => {
  const one = segment();
  await put(client, one);
  const token = await start([one.trace_id]);
  const seen: string[] = [];
  for (;;) {
    const { RetrievalStatus, Traces, NextToken } = await list(token);
    const { RetrievalStatus: graphStatus, Services } = await graph(token);
    assert.equal(graphStatus, RetrievalStatus);
    if (seen.at(-1) !== RetrievalStatus) seen.push(RetrievalStatus!);
    if (RetrievalStatus === 'COMPLETE') break;
    assert.deepEqual([Traces, Services, NextToken], [[], [], undefined]);
    time += 0.1;
  }
  assert.deepEqual(seen, ['SCHEDULED', 'RUNNING', 'COMPLETE']);
});

test('in XRAY format, the default, the documents are those of BatchGetTraces', local, async () => {
  const one = segment({ annotations: { orderId: 'A17' }, http: { response: { status: 200 } } });
  const call = {
    type: 'subsegment',
    trace_id: one.trace_id,
    id: newId(),
    parent_id: one.id,
    name: 'elsewhere',
    namespace: 'remote',
    start_time: one.start_time,
    end_time: one.end_time,
  };
  await put(client, one, call);
  const token = await start([one.trace_id]);
  await complete(token);
  const { TraceFormat, Traces } = await list(token);
  assert.equal(TraceFormat, 'XRAY');
  const { Traces: batch } = await client.send(new BatchGetTracesCommand({ TraceIds: [one.trace_id] }));
  assert.deepEqual(
    Traces!.map(({ Id, Duration, Spans }) => ({ Id, Duration, Spans })),
    batch!.map(({ Id, Duration, Segments }) => ({ Id, Duration, Spans: Segments })),
  );
});

test('in OTEL format each segment and subsegment is a span', local, async () => {
  const inner = {
    id: newId(),
    name: 'DynamoDB',
    namespace: 'aws',
    start_time: 1700000000.25,
    end_time: 1700000000.5,
    aws: { operation: 'PutItem', table_name: 'orders' },
    fault: true,
    cause: { exceptions: [{ id: newId(), type: 'Broken', message: 'no table' }] },
  };
  const one = segment({
    start_time: 1700000000,
    end_time: 1700000001.125,
    annotations: { orderId: 'A17' },
    subsegments: [inner],
  });
  await put(client, one);
  const token = await start([one.trace_id], { StartTime: date(1700000001), EndTime: date(1700000001) });
  await complete(token);
  const { TraceFormat, Traces } = await list(token, 'OTEL');
  assert.equal(TraceFormat, 'OTEL');
  const { Id, Duration, Spans } = Traces![0]!;
  assert.equal(Id, one.trace_id);
  assert.equal(Duration, 1.125);
  assert.deepEqual(
    Spans!.map(({ Id: spanId }) => spanId),
    [one.id, inner.id],
  );
  const [outer, call] = Spans!.map(({ Document }) => JSON.parse(Document!) as OtelSpan);
  assert.equal(outer!.traceId, one.trace_id.slice(2).replace('-', ''));
  assert.deepEqual([outer!.spanId, outer!.parentSpanId, outer!.kind], [one.id, undefined, 2]);
  assert.deepEqual([call!.spanId, call!.parentSpanId, call!.kind], [inner.id, one.id, 3]);
  assert.equal(call!.startTimeUnixNano, '1700000000250000000');
  assert.equal(call!.endTimeUnixNano, '1700000000500000000');
  assert.deepEqual(call!.status, { code: 2, message: 'no table' });
  assert.equal(call!.events[0]!.name, 'exception');
  assert.deepEqual(outer!.resource.attributes.find(({ key }) => key === 'service.name')?.value, {
    stringValue: 'shop',
  });
});

test(
  'twelve traces, one of them of 250 spans, come on pages of at most 5 traces and 100 spans each',
  local,
  async () => {
    const long = segment();
    long.subsegments = Array.from({ length: 249 }, (_, index) => ({
      id: newId(),
      name: `step ${index}`,
      start_time: long.start_time,
      end_time: long.start_time,
    }));
    const others = Array.from({ length: 11 }, () => segment());
    const all = [...others.slice(0, 3), long, ...others.slice(3)];
    await put(client, ...all);
    const token = await start(all.map(({ trace_id }) => trace_id));
    await complete(token);
    const pages = await everyPage(token, 'OTEL');
    assert.deepEqual(
      pages.map((page) => page.map(({ Spans }) => Spans!.length)),
      [[1, 1, 1, 100], [100], [50, 1, 1, 1, 1], [1, 1, 1, 1]],
    );
    const ids = pages.flat().flatMap(({ Spans }) => Spans!.map(({ Id }) => Id));
    assert.equal(new Set(ids).size, 250 + 11);
    assert.equal(ids.length, 250 + 11);
    assert.deepEqual(
      [...new Set(pages.flat().map(({ Id }) => Id))],
      all.map(({ trace_id }) => trace_id),
    );
  },
);

test(
  'a document that is too long for a span is given in parts that make the same trace again',
  local,
  async () => {
    const one = segment();
    const parts = Array.from({ length: 5 }, (_, index) => ({
      type: 'subsegment',
      trace_id: one.trace_id,
      id: newId(),
      parent_id: one.id,
      name: `part ${index}`,
      start_time: one.start_time + index / 10,
      end_time: one.end_time,
      metadata: { default: { text: 'x'.repeat(60_000) } },
    }));
    await put(client, one, ...parts);
    const token = await start([one.trace_id]);
    await complete(token);
    const { Traces } = await list(token);
    const documents = Traces![0]!.Spans!.map(({ Document }) => Document!);
    assert.equal(documents.length, 6);
    assert.equal(
      documents.every(({ length }) => length <= 204_800),
      true,
    );

    const before = store!.traces.get(one.trace_id)!;
    const copy = await startBackend();
    await put(copy.client, ...documents.map((text) => JSON.parse(text) as object));
    assert.deepEqual(copy.store!.traces.get(one.trace_id)!.segments, before.segments);
  },
);

test(
  'ids that nobody sent, and traces outside the time range, are left out; both ends belong to it',
  local,
  async () => {
    const at = Math.floor(time);
    const one = segment({ start_time: at - 30, end_time: at - 29 });
    await put(client, one);
    const ranges: [number, number, number][] = [
      [at - 29, at, 1],
      [at - 28.9, at, 0],
      [at - 60, at - 30, 1],
      [at - 60, at - 30.1, 0],
    ];
    for (const [from, to, count] of ranges) {
      const token = await start([newTrace(), one.trace_id, one.trace_id], {
        StartTime: date(Math.round(from * 1000) / 1000),
        EndTime: date(Math.round(to * 1000) / 1000),
      });
      await complete(token);
      assert.equal((await list(token)).Traces!.length, count, `${from} to ${to}`);
    }
  },
);

test('the graph of retrieved traces has their services, and the links between them', local, async () => {
  const producer = segment({ name: 'producer' });
  const links = [
    {
      trace_id: producer.trace_id,
      id: producer.id,
      attributes: { 'aws.xray.reserved.reference_type': 'parent' },
    },
  ];
  const consumer = segment({ name: 'consumer', links });
  await put(client, producer, consumer);
  const token = await start([producer.trace_id, consumer.trace_id]);
  await complete(token);
  const { Services } = await graph(token);
  const byName = (name: string) =>
    Services!.find(({ Service }) => Service!.Name === name && Service!.Type !== 'client')!;
  assert.deepEqual(byName('consumer').Links, [
    {
      ReferenceType: 'parent',
      SourceTraceId: consumer.trace_id,
      DestinationTraceIds: [producer.trace_id],
    },
  ]);
  assert.deepEqual(byName('producer').Links, []);
  assert.equal(byName('producer').Service!.SummaryStatistics!.TotalCount, 1);
  assert.equal(
    byName('producer').Service!.Edges!.some(({ EdgeType }) => EdgeType === 'link'),
    true,
  );
});

test('a cancelled retrieval gives nothing; a complete one cannot be cancelled any more', local, async () => {
  const one = segment();
  await put(client, one);
  const cancelled = await start([one.trace_id]);
  await client.send(new CancelTraceRetrievalCommand({ RetrievalToken: cancelled }));
  time += 60;
  const { RetrievalStatus, Traces } = await list(cancelled);
  assert.deepEqual([RetrievalStatus, Traces], ['CANCELLED', []]);

  const finished = await start([one.trace_id]);
  await complete(finished);
  await client.send(new CancelTraceRetrievalCommand({ RetrievalToken: finished }));
  assert.equal((await list(finished)).RetrievalStatus, 'COMPLETE');
});

test('after 60 minutes a retrieval has timed out', local, async () => {
  const one = segment();
  await put(client, one);
  const token = await start([one.trace_id]);
  const began = time;
  await complete(token);
  time = began + 3_599;
  assert.equal((await list(token)).RetrievalStatus, 'COMPLETE');
  time = began + 3_600;
  const { RetrievalStatus, Traces } = await list(token);
  assert.deepEqual([RetrievalStatus, Traces], ['TIMEOUT', []]);
});

test('of very many retrievals the oldest are forgotten', local, async () => {
  const oldest = await start([]);
  for (let count = 0; count < 1_000; count++) {
    time += 0.001;
    await start([]);
  }
  await assert.rejects(list(oldest), { name: 'ResourceNotFoundException' });
});

for (const { name, command } of [
  {
    name: 'ListRetrievedTraces',
    command: new ListRetrievedTracesCommand({ RetrievalToken: 'nobody' }),
  },
  {
    name: 'GetRetrievedTracesGraph',
    command: new GetRetrievedTracesGraphCommand({ RetrievalToken: 'nobody' }),
  },
  {
    name: 'CancelTraceRetrieval',
    command: new CancelTraceRetrievalCommand({ RetrievalToken: 'nobody' }),
  },
]) {
  test(`${name} of a token nobody gave out is a ResourceNotFoundException that names it`, local, () =>
    assert.rejects(client.send(command as never), (error: unknown) => {
      assert.equal(error instanceof ResourceNotFoundException, true);
      assert.equal((error as ResourceNotFoundException).ResourceName, 'nobody');
      return true;
    }),
  );
}

const refusals = [
  {
    name: '101 trace ids',
    command: () =>
      new StartTraceRetrievalCommand({ TraceIds: Array.from({ length: 101 }, newTrace), ...window }),
    code: 'ValidationException',
    says: /'traceIds' failed to satisfy constraint: Member must have length less than or equal to 100/,
  },
  {
    name: 'a trace id of 36 characters',
    command: () => new StartTraceRetrievalCommand({ TraceIds: ['x'.repeat(36)], ...window }),
    code: 'ValidationException',
    says: /'traceIds\.1\.member'/,
  },
  {
    name: 'no time range',
    command: () => new StartTraceRetrievalCommand({ TraceIds: [], StartTime: undefined, EndTime: undefined }),
    code: 'ValidationException',
    says: /2 validation errors detected.*'startTime'.*'endTime'/,
  },
  {
    name: 'a time range that ends before it starts',
    command: () =>
      new StartTraceRetrievalCommand({
        TraceIds: [],
        StartTime: window.EndTime,
        EndTime: window.StartTime,
      }),
    code: 'InvalidRequestException',
    says: /StartTime/,
  },
  {
    name: 'a format nobody knows',
    command: () => new ListRetrievedTracesCommand({ RetrievalToken: 'x', TraceFormat: 'ZIPKIN' as 'OTEL' }),
    code: 'ValidationException',
    says: /enum value set: \[XRAY, OTEL\]/,
  },
  {
    name: 'a retrieval token of 1021 characters',
    command: () => new CancelTraceRetrievalCommand({ RetrievalToken: 'x'.repeat(1021) }),
    code: 'ValidationException',
    says: /less than or equal to 1020/,
  },
];
for (const { name, command, code, says } of refusals) {
  test(`${name}: ${code}`, local, () =>
    assert.rejects(client.send(command() as never), { name: code, message: says }),
  );
}

test('a page token of another retrieval or format is refused', local, async () => {
  const all = Array.from({ length: 6 }, () => segment());
  await put(client, ...all);
  const ids = all.map(({ trace_id }) => trace_id);
  const [token, other] = [await start(ids), await start(ids)];
  await complete(token);
  await complete(other);
  const { NextToken } = await list(token);
  await assert.rejects(list(other, 'XRAY', NextToken), { name: 'InvalidRequestException' });
  await assert.rejects(list(token, 'OTEL', NextToken), { name: 'InvalidRequestException' });
  assert.equal((await list(token, 'XRAY', NextToken)).Traces!.length, 1);
});
