import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  paginateGetTraceSummaries,
  type GetTraceSummariesCommandInput,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitProfiles } from '../limits.ts';
import { eventually, newId, newTrace, now, onlyLocal, put, segment, startBackend } from './harness.ts';

const { client } = await startBackend();

const aroundNow = () => ({
  StartTime: new Date((now() - 60) * 1000),
  EndTime: new Date((now() + 60) * 1000),
});

/** The summaries of a run's traces, known by an annotation, once as many are there as expected. */
const summaries = (run: string, expected: number, input: Partial<GetTraceSummariesCommandInput> = {}) =>
  eventually(`${expected} summaries`, async () => {
    const query = { ...aroundNow(), FilterExpression: `annotation.run = "${run}"`, ...input };
    const { TraceSummaries } = await client.send(new GetTraceSummariesCommand(query));
    return TraceSummaries?.length === expected ? TraceSummaries : undefined;
  });

/** gateway calls order over HTTP; order calls a DynamoDB table, which sends nothing itself. */
async function sendCheckout(run: string) {
  const trace_id = newTrace();
  const start = Math.floor(now() - 10);
  const call = newId();
  const gateway = {
    trace_id,
    id: newId(),
    name: 'gateway',
    start_time: start,
    end_time: start + 2,
    http: { request: { method: 'POST', url: 'http://gateway/checkout' }, response: { status: 201 } },
    annotations: { run, total: 12.5, vip: true },
    subsegments: [
      {
        id: call,
        name: 'order',
        namespace: 'remote',
        start_time: start + 0.5,
        end_time: start + 1.5,
        http: {
          request: { method: 'POST', url: 'http://order/orders', traced: true },
          response: { status: 200 },
        },
      },
    ],
  };
  const order = {
    trace_id,
    id: newId(),
    name: 'order',
    parent_id: call,
    start_time: start + 0.6,
    end_time: start + 1.4,
    subsegments: [
      {
        id: newId(),
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start + 0.7,
        end_time: start + 0.9,
        aws: { operation: 'PutItem', table_name: 'orders', region: 'us-east-1' },
      },
    ],
  };
  const { UnprocessedTraceSegments } = await put(client, gateway, order);
  assert.deepEqual(UnprocessedTraceSegments, []);
  return { trace_id, start, gateway, order };
}

test('segments that were sent come back as one trace, with inferred ones added', async () => {
  const { trace_id, gateway, order } = await sendCheckout(newId());
  const [trace] = await eventually('the trace', async () => {
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [trace_id] }));
    return Traces?.[0]?.Segments?.length === 3 ? Traces : undefined;
  });

  assert.equal(trace?.Id, trace_id);
  assert.equal(trace.Duration, 2);
  const documents = trace.Segments!.map(({ Id, Document }) => ({ Id, ...JSON.parse(Document!) }));
  assert.deepEqual(new Set(documents.map(({ name }) => name)), new Set(['gateway', 'order', 'DynamoDB']));
  for (const document of documents) assert.equal(document.Id, document.id);
  const inferred = documents.find(({ inferred }) => inferred);
  assert.equal(inferred.parent_id, order.subsegments[0]?.id);
  assert.deepEqual(documents.find(({ id }) => id === gateway.id).annotations, gateway.annotations);
});

test('a summary says when, how long, how it ended, and what was annotated', async () => {
  const run = newId();
  const { trace_id, start } = await sendCheckout(run);
  const [summary] = await summaries(run, 1);

  assert.equal(summary?.Id, trace_id);
  assert.deepEqual(summary.StartTime, new Date(start * 1000));
  assert.equal(summary.Duration, 2);
  assert.equal(summary.ResponseTime, 2);
  assert.deepEqual(
    [summary.HasFault, summary.HasError, summary.HasThrottle, summary.IsPartial],
    [false, false, false, false],
  );
  assert.deepEqual(summary.Http, { HttpURL: 'http://gateway/checkout', HttpMethod: 'POST', HttpStatus: 201 });
  assert.equal(summary.EntryPoint?.Name, 'gateway');
  assert.equal(summary.Annotations?.['run']?.[0]?.AnnotationValue?.StringValue, run);
  assert.equal(summary.Annotations['total']?.[0]?.AnnotationValue?.NumberValue, 12.5);
  assert.equal(summary.Annotations['vip']?.[0]?.AnnotationValue?.BooleanValue, true);
});

test('pages are newest first and together yield every trace once', async () => {
  const run = newId();
  const ids: string[] = [];
  for (let call = 0; call < 5; call++) {
    const segments = Array.from({ length: 50 }, () => segment({ annotations: { run } }));
    await put(client, ...segments);
    ids.push(...segments.map(({ trace_id }) => trace_id));
  }

  const seen = await eventually('250 summaries', async () => {
    const pages = paginateGetTraceSummaries(
      { client },
      { ...aroundNow(), FilterExpression: `annotation.run = "${run}"` },
    );
    const found: string[] = [];
    let count = 0;
    for await (const page of pages) {
      count++;
      found.push(...page.TraceSummaries!.map(({ Id }) => Id!));
    }
    return found.length === 250 ? { found, count } : undefined;
  });
  assert.deepEqual(new Set(seen.found), new Set(ids));
  assert.equal(seen.count > 1, true);
  const times = seen.found.map((id) => Number.parseInt(id.slice(2, 10), 16));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
});

test(
  'ApproximateTime and TracesProcessedCount are told, and traces that do not match are counted',
  { skip: onlyLocal },
  async () => {
    const run = newId();
    await put(client, segment({ annotations: { run } }), segment());
    const output = await client.send(
      new GetTraceSummariesCommand({ ...aroundNow(), FilterExpression: `annotation.run = "${run}"` }),
    );
    assert.equal(output.TraceSummaries?.length, 1);
    assert.equal(output.TracesProcessedCount! >= 2, true);
    assert.equal(output.ApproximateTime instanceof Date, true);
  },
);

const windows = [
  { name: 'Event finds a trace by a moment in its middle', type: 'Event', from: 20, to: 30, found: 1 },
  { name: 'Event does not find it after its end', type: 'Event', from: 51, to: 60, found: 0 },
  {
    name: 'Service finds it by a segment that ended in the window',
    type: 'Service',
    from: 45,
    to: 55,
    found: 1,
  },
  { name: 'Service does not find it in its middle', type: 'Service', from: 20, to: 30, found: 0 },
] as const;
for (const { name, type, from, to, found } of windows) {
  test(`TimeRangeType ${name}`, async () => {
    const run = newId();
    const start = Math.floor(now()) - 100;
    await put(client, segment({ start_time: start, end_time: start + 50, annotations: { run } }));
    const at = (seconds: number) => new Date((start + seconds) * 1000);
    const [summary] = await summaries(run, found, {
      TimeRangeType: type,
      StartTime: at(from),
      EndTime: at(to),
    });
    const expected = { Event: at(from), Service: at(50) }[type];
    assert.deepEqual(summary?.MatchedEventTime, found ? expected : undefined);
  });
}

test(
  'a sample of half the traces is about half of them, of none of them is none',
  { skip: onlyLocal },
  async () => {
    const run = newId();
    await put(client, ...Array.from({ length: 50 }, () => segment({ annotations: { run } })));
    const sampled = async (Value: number) => {
      const SamplingStrategy = { Name: 'FixedRate', Value } as const;
      const query = {
        ...aroundNow(),
        FilterExpression: `annotation.run = "${run}"`,
        Sampling: true,
        SamplingStrategy,
      };
      return (await client.send(new GetTraceSummariesCommand(query))).TraceSummaries!.length;
    };
    assert.equal(await sampled(0), 0);
    assert.equal(await sampled(1), 50);
    const half = await sampled(0.5);
    assert.equal(half > 5 && half < 45, true, `${half}`);
  },
);

test('GetTraceGraph shows the client, the services of the trace and their edges', async () => {
  const { trace_id } = await sendCheckout(newId());
  const services = await eventually('the graph', async () => {
    const { Services } = await client.send(new GetTraceGraphCommand({ TraceIds: [trace_id] }));
    return Services?.length === 4 ? Services : undefined;
  });
  const node = (name: string, type: string | undefined) =>
    services.find((service) => service.Name === name && service.Type === type);
  const gateway = node('gateway', undefined);
  const order = node('order', undefined);
  const table = node('orders', 'AWS::DynamoDB::Table');
  assert.equal(gateway?.Root, true);
  assert.deepEqual(
    node('gateway', 'client')?.Edges?.map((edge) => edge.ReferenceId),
    [gateway.ReferenceId],
  );
  assert.deepEqual(
    gateway.Edges?.map((edge) => edge.ReferenceId),
    [order?.ReferenceId],
  );
  assert.deepEqual(
    order?.Edges?.map((edge) => edge.ReferenceId),
    [table?.ReferenceId],
  );
  assert.equal(gateway.SummaryStatistics?.OkCount, 1);
});

test('GetServiceGraph echoes its window and counts the requests in it', async () => {
  await sendCheckout(newId());
  const StartTime = new Date(Math.floor(now() - 60) * 1000);
  const EndTime = new Date(Math.floor(now()) * 1000);
  const graph = await eventually('the graph', async () => {
    const output = await client.send(new GetServiceGraphCommand({ StartTime, EndTime }));
    return output.Services?.some(({ Name }) => Name === 'gateway') ? output : undefined;
  });
  assert.deepEqual(graph.StartTime, StartTime);
  assert.deepEqual(graph.EndTime, EndTime);
  assert.equal(graph.ContainsOldGroupVersions, false);
  const gateway = graph.Services?.find(({ Name, Type }) => Name === 'gateway' && Type !== 'client');
  assert.equal(gateway!.SummaryStatistics!.TotalCount! >= 1, true);
  assert.equal(gateway!.StartTime instanceof Date, true);
});

test('trace ids nobody sent are named in UnprocessedTraceIds', { skip: onlyLocal }, async () => {
  const id = newTrace();
  const output = await client.send(new BatchGetTracesCommand({ TraceIds: [id, 'nonsense'] }));
  assert.deepEqual(output.Traces, []);
  assert.deepEqual(output.UnprocessedTraceIds, [id, 'nonsense']);
});

test('a trace with only a segment in progress can be read already, and is partial until that ends', async () => {
  const run = newId();
  const { end_time: _, ...open } = segment({ in_progress: true, annotations: { run } });
  await put(client, open);
  const [partial] = await summaries(run, 1);
  assert.equal(partial?.IsPartial, true);
  assert.equal(partial.ResponseTime, undefined);

  await put(client, { ...open, in_progress: undefined, end_time: open.start_time + 1 });
  await eventually('the whole trace', async () => {
    const [summary] = await summaries(run, 1);
    return summary?.IsPartial === false ? summary : undefined;
  });
});

test(
  'a trace past 500 KB refuses further segments and is marked LimitExceeded',
  { skip: onlyLocal },
  async () => {
    const trace_id = newTrace();
    const large = () => segment({ trace_id, metadata: { text: 'x'.repeat(60_000) } });
    const eight = await put(client, ...Array.from({ length: 8 }, large));
    assert.deepEqual(eight.UnprocessedTraceSegments, []);
    const ninth = large();
    const { UnprocessedTraceSegments } = await put(client, ninth);
    assert.deepEqual(UnprocessedTraceSegments, [
      {
        Id: ninth.id,
        ErrorCode: 'InvalidSegment',
        Message:
          'Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment documents.',
      },
    ]);
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [trace_id] }));
    assert.equal(Traces?.[0]?.LimitExceeded, true);
  },
);

test('an old trace id is taken, unless the age of trace ids is checked', { skip: onlyLocal }, async () => {
  const old = segment({ trace_id: '1-58406520-a006649127e371903a2de979' });
  const taken = await put(client, old);
  assert.deepEqual(taken.UnprocessedTraceSegments, []);

  const strict = await startBackend({ limits: { ...limitProfiles.aws, checksTraceIdAge: true } });
  const { UnprocessedTraceSegments } = await put(strict.client, old, segment());
  assert.deepEqual(UnprocessedTraceSegments, [
    { Id: old.id, ErrorCode: 'InvalidTraceId', Message: 'Invalid segment. ErrorCode: InvalidTraceId' },
  ]);
});
