/** Whatever is sent, nothing crashes, nothing is answered with a 5xx, and nothing harms what it was sent with. */
import { BatchGetTracesCommand, PutTraceSegmentsCommand } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDatagram } from '../daemon/datagram.ts';
import { examples } from '../model/filter-expression/examples.fixture.ts';
import { documentShapes, refusedShapes } from '../model/fixtures/document-shapes.ts';
import { operations } from '../operations/index.ts';
import { newId, newTrace, now, onlyLocal, segment, startBackend } from './harness.ts';

const skip = onlyLocal;
const { client, endpoint } = await startBackend();

const post = (path: string, body: string | Uint8Array) =>
  fetch(`${endpoint}${path}`, { method: 'POST', body: body as BodyInit });

const window = () => ({ StartTime: Math.floor(now()) - 3600, EndTime: Math.floor(now()) + 3600 });

/** Every way to read what is kept; each must still answer 200. */
async function assertReadable(ids: readonly string[]) {
  const reads: [string, object][] = [
    ['/TraceSummaries', window()],
    ['/TraceSummaries', { ...window(), TimeRangeType: 'Event' }],
    ['/TraceSummaries', { ...window(), TimeRangeType: 'Service', FilterExpression: 'service() { fault }' }],
    ['/TraceSummaries', { ...window(), FilterExpression: 'rootcause.fault.entity { last } OR !fault' }],
    ['/ServiceGraph', window()],
    ['/TimeSeriesServiceStatistics', { ...window(), Period: 60 }],
    ['/SamplingStatisticSummaries', {}],
    ['/GetSamplingRules', {}],
    ...ids.flatMap((id): [string, object][] => [
      ['/Traces', { TraceIds: [id] }],
      ['/TraceGraph', { TraceIds: [id] }],
    ]),
  ];
  for (const [path, body] of reads) {
    const response = await post(path, JSON.stringify(body));
    assert.equal(response.status, 200, `${path} ${JSON.stringify(body)}: ${await response.text()}`);
  }
}

/** Sends documents beside a good one, which must be kept, and gives back the refusals. */
async function sendBesideGood(texts: readonly string[]) {
  const good = segment();
  const TraceSegmentDocuments = [...texts.slice(0, 49), JSON.stringify(good)];
  const { UnprocessedTraceSegments } = await client.send(
    new PutTraceSegmentsCommand({ TraceSegmentDocuments }),
  );
  const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [good.trace_id] }));
  assert.equal(Traces?.length, 1, 'the good document beside it is kept');
  return UnprocessedTraceSegments!;
}

for (const { name, text, code, id } of refusedShapes) {
  test(`a document with ${name} is refused alone`, { skip }, async () => {
    const refusals = await sendBesideGood([text]);
    assert.deepEqual(
      refusals.map(({ ErrorCode, Id }) => [ErrorCode, Id]),
      [[code, id]],
    );
  });
}

test('all document shapes in one call are taken', { skip }, async () => {
  const texts = Object.values(documentShapes).flat();
  assert.deepEqual(await sendBesideGood(texts), []);
});

const open = (members: object) => ({ ...segment(members), end_time: undefined, in_progress: true });

/** A document of `depth` subsegments, each inside the one before. The innermost has the id `last`. */
function deep(top: { start_time: number }, depth: number, last: string): string {
  const startTime = Math.floor(top.start_time);
  const inner = Array.from({ length: depth }, (_, i) => {
    const id = i === depth - 1 ? last : newId();
    return `{"id":"${id}","name":"a","start_time":${startTime}${i === depth - 1 ? '' : ',"subsegments":['}`;
  });
  const closing = `}${']}'.repeat(depth - 1)}`;
  return `${JSON.stringify(top).slice(0, -1)},"subsegments":[${inner.join('')}${closing}]}`;
}

const hostile: { name: string; texts: (trace_id: string) => string[] }[] = [
  {
    name: 'seven documents of 900 nested subsegments, each inside the innermost of the one before',
    texts(trace_id) {
      const ids = Array.from({ length: 8 }, newId);
      return ids.slice(1).map((last, i) =>
        deep(
          open({
            trace_id,
            id: ids[i]!,
            ...(i > 0 && { type: 'subsegment', parent_id: ids[0]! }),
          }),
          900,
          last,
        ),
      );
    },
  },
  {
    name: 'three thousand subsegments that travel alone, each under the one before',
    texts(trace_id) {
      const ids = Array.from({ length: 3000 }, newId);
      const parts = ids.map((id, i) => ({
        id,
        name: 'a',
        trace_id,
        start_time: Math.floor(now()) - 2,
        end_time: Math.floor(now()) - 1,
        ...(i > 0 && { type: 'subsegment', parent_id: ids[i - 1] }),
      }));
      return Array.from({ length: 10 }, (_, i) => JSON.stringify(parts.slice(i * 300, (i + 1) * 300)));
    },
  },
  {
    name: 'forty-nine documents of one id, each with the same subsegments',
    texts: (trace_id) =>
      Array.from({ length: 49 }, (_, i) =>
        JSON.stringify(
          segment({
            trace_id,
            id: '00000000000000aa',
            name: `name ${i}`,
            subsegments: Array.from({ length: 60 }, (_, j) => ({
              id: (j % 7).toString(16).padStart(16, '0'),
              name: 'remote',
              namespace: 'remote',
              start_time: 1,
              end_time: 2,
              fault: true,
            })),
          }),
        ),
      ),
  },
  {
    name: 'segments that call each other in a circle',
    texts: (trace_id) => {
      const ids = Array.from({ length: 40 }, newId);
      return ids.map((id, i) =>
        JSON.stringify(segment({ trace_id, id, parent_id: ids[(i + 1) % 40]!, fault: true })),
      );
    },
  },
  {
    name: 'times at both ends of what there is',
    texts: (trace_id) => [
      JSON.stringify(segment({ trace_id, start_time: 0, end_time: 253_402_300_799 })),
      JSON.stringify(segment({ trace_id, start_time: 253_402_300_799, end_time: 0 })),
      JSON.stringify(segment({ trace_id, start_time: 5e-324, end_time: 5e-324 })),
    ],
  },
  {
    name: 'numbers that are none',
    texts: (trace_id) => [
      JSON.stringify(segment({ trace_id, start_time: 7 })).replace('"start_time":7', '"start_time":1e999'),
      JSON.stringify(segment({ trace_id, end_time: 7 })).replace('"end_time":7', '"end_time":1e999'),
      JSON.stringify(segment({ trace_id, annotations: { a: 7 } })).replace('"a":7', '"a":-1e999'),
      JSON.stringify(segment({ trace_id, metadata: { a: 7 } })).replace('"a":7', '"a":1e999'),
      JSON.stringify(segment({ trace_id, http: { response: { status: 7 } } })).replace('7}', '1e999}'),
    ],
  },
  {
    name: 'halves of surrogate pairs, NUL and names that every object has',
    texts: (trace_id) => [
      JSON.stringify(segment({ trace_id, user: '\ud800\u0000', annotations: { constructor: '\udfff' } })),
      JSON.stringify(segment({ trace_id, name: 'constructor', origin: '__proto__' })),
      `{"__proto__":{"id":"x"},"constructor":1,${JSON.stringify(segment({ trace_id })).slice(1)}`,
      JSON.stringify(segment({ trace_id, metadata: { a: 1 } })).replace('{"a":1}', '{"__proto__":{"b":1}}'),
      JSON.stringify(
        segment({
          trace_id,
          subsegments: [
            { id: newId(), name: 'hasOwnProperty', namespace: 'aws', start_time: 1, end_time: 2 },
          ],
        }),
      ),
    ],
  },
  {
    name: 'a thousand links, to itself and to nowhere',
    texts: (trace_id) =>
      Array.from({ length: 5 }, () =>
        JSON.stringify(
          segment({
            trace_id,
            links: Array.from({ length: 200 }, (_, i) => ({
              trace_id: i % 2 ? trace_id : newTrace(),
              id: '00000000000000aa',
              attributes: { 'aws.xray.reserved.reference_type': 'child' },
            })),
          }),
        ),
      ),
  },
];
for (const { name, texts } of hostile) {
  test(`${name}: nothing is harmed, and all can be read`, { skip }, async () => {
    const trace_id = newTrace();
    await sendBesideGood(texts(trace_id));
    await assertReadable([trace_id]);
  });
}

/** JSON values that a program might send by mistake, or someone on purpose. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
  fc.constantFrom<unknown>(null, '', 0, -1, 1e308, true, [], {}, '\ud800', 'x'.repeat(5000), [[[]]], 2 ** 53),
);

const members = [
  ...['id', 'name', 'trace_id', 'parent_id', 'start_time', 'end_time', 'in_progress', 'type', 'namespace'],
  ...['http', 'aws', 'sql', 'cause', 'annotations', 'metadata', 'subsegments', 'links', 'user', 'service'],
  ...['origin', 'resource_arn', 'precursor_ids', 'traced', 'error', 'throttle', 'fault', 'inferred'],
];

test(
  'documents with anything in any member are taken or refused, and never harm their batch',
  { skip },
  async () => {
    const shapes = Object.values(documentShapes).flat();
    const spoiled = fc
      .tuple(
        fc.constantFrom(...shapes),
        fc.dictionary(fc.constantFrom(...members), anything, { maxKeys: 3, noNullPrototype: true }),
        fc.boolean(),
      )
      .map(([text, changes, inside]) => {
        const document = JSON.parse(text);
        const target = inside && document.subsegments ? document.subsegments[0] : document;
        return JSON.stringify(Object.assign(target, changes) && document);
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(spoiled, fc.string(), fc.json()), { maxLength: 20 }),
        async (texts) => {
          const refusals = await sendBesideGood(texts);
          assert.ok(refusals.length <= texts.length);
          for (const { ErrorCode, Message } of refusals) assert.ok(ErrorCode && Message?.includes(ErrorCode));
        },
      ),
      { numRuns: 60 },
    );
    await assertReadable(['1-58406520-a006649127e371903a2de979']);
  },
);

test('any filter is answered with traces, or with a 400 that says where it is wrong', { skip }, async () => {
  const changed = fc
    .tuple(
      fc.constantFrom(...examples.map(({ expression }) => expression)),
      fc.nat(),
      fc.string({ maxLength: 5 }),
    )
    .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + 2));
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, fc.string()), async (FilterExpression) => {
      const response = await post('/TraceSummaries', JSON.stringify({ ...window(), FilterExpression }));
      const answer = (await response.json()) as Record<string, string>;
      if (response.status === 200) return;
      assert.deepEqual([response.status, answer['__type']], [400, 'InvalidRequestException']);
      assert.match(answer['Message']!, /^At (the end|character \d+)|^Group/);
    }),
    { numRuns: 150 },
  );
});

const inputMembers = [
  ...['TraceSegmentDocuments', 'TelemetryRecords', 'StartTime', 'EndTime', 'TraceIds', 'FilterExpression'],
  ...['TimeRangeType', 'Sampling', 'SamplingStrategy', 'NextToken', 'GroupName', 'GroupARN', 'Period'],
  ...[
    'EntitySelectorExpression',
    'ForecastStatistics',
    'InsightsConfiguration',
    'Tags',
    'TagKeys',
    'ResourceARN',
  ],
  ...[
    'SamplingRule',
    'SamplingRuleUpdate',
    'RuleName',
    'RuleARN',
    'SamplingStatisticsDocuments',
    'InsightId',
  ],
  ...[
    'SamplingBoostStatisticsDocuments',
    'PolicyName',
    'PolicyDocument',
    'PolicyRevisionId',
    'Type',
    'KeyId',
  ],
  ...['Destination', 'Name', 'Rule', 'RetrievalToken', 'TraceFormat', 'States', 'MaxResults', 'Priority'],
];

for (const { name, path } of operations) {
  test(`${name} answers any body with 200 or a 4xx in X-Ray's wire format`, { skip }, async () => {
    const body = fc.oneof(
      { arbitrary: fc.dictionary(fc.constantFrom(...inputMembers), anything, { maxKeys: 8 }), weight: 4 },
      { arbitrary: anything, weight: 1 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { arbitrary: body.map((value) => JSON.stringify(value) ?? ''), weight: 8 },
          { arbitrary: fc.string(), weight: 1 },
          { arbitrary: fc.uint8Array({ maxLength: 40 }), weight: 1 },
        ),
        async (sent) => {
          const response = await post(path, sent as string | Uint8Array<ArrayBuffer>);
          const answer = (await response.json()) as Record<string, unknown>;
          if (response.status === 200) return;
          assert.ok(
            response.status >= 400 && response.status < 500,
            `${response.status} ${JSON.stringify(answer)}`,
          );
          assert.deepEqual([typeof answer['__type'], typeof answer['Message']], ['string', 'string']);
          assert.equal(response.headers.get('x-amzn-errortype'), answer['__type']);
        },
      ),
      { numRuns: 40 },
    );
  });
}

test(
  'members of the right type and any value are answered 200 or 4xx, and what is kept can be read',
  { skip },
  async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom(0, -1, 2 ** 31),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '/', 'Default', '*'),
    );
    const rule = fc.record(
      {
        RuleName: text,
        RuleARN: text,
        ResourceARN: text,
        Priority: number,
        FixedRate: number,
        ReservoirSize: number,
        ServiceName: text,
        ServiceType: text,
        Host: text,
        HTTPMethod: text,
        URLPath: text,
        Version: number,
        Attributes: fc.dictionary(text, text),
        SamplingRateBoost: fc.record({ MaxRate: number, CooldownWindowMinutes: number }),
      },
      { requiredKeys: [] },
    );
    const report = fc.record({
      RuleName: text,
      ClientID: fc.string({ unit: 'binary', minLength: 24, maxLength: 24 }),
      Timestamp: number,
      RequestCount: number,
      SampledCount: number,
      BorrowCount: number,
    });
    const calls = fc.oneof(
      rule.map((SamplingRule) => ['/CreateSamplingRule', { SamplingRule }] as const),
      rule.map((SamplingRuleUpdate) => ['/UpdateSamplingRule', { SamplingRuleUpdate }] as const),
      report.map((document) => ['/SamplingTargets', { SamplingStatisticsDocuments: [document] }] as const),
      fc
        .tuple(number, number, fc.constantFrom('TraceId', 'Event', 'Service'))
        .map(
          ([StartTime, EndTime, TimeRangeType]) =>
            ['/TraceSummaries', { StartTime, EndTime, TimeRangeType }] as const,
        ),
      fc
        .tuple(number, number)
        .map(([StartTime, EndTime]) => ['/ServiceGraph', { StartTime, EndTime }] as const),
      fc
        .tuple(number, number, number)
        .map(
          ([StartTime, EndTime, Period]) =>
            ['/TimeSeriesServiceStatistics', { StartTime, EndTime, Period }] as const,
        ),
      fc
        .tuple(text, text)
        .map(([GroupName, FilterExpression]) => ['/CreateGroup', { GroupName, FilterExpression }] as const),
    );
    await fc.assert(
      fc.asyncProperty(calls, async ([path, body]) => {
        const response = await post(path, JSON.stringify(body));
        const answer = await response.text();
        assert.ok(response.status < 500, `${path} ${JSON.stringify(body)}: ${answer}`);
      }),
      { numRuns: 400 },
    );
    await assertReadable([]);
  },
);

test('any datagram is a document or a reason', () => {
  const header = fc.constantFrom(
    '{"format":"json","version":1}',
    '{"format": "json", "version": 1}',
    '{',
    '[]',
    'null',
  );
  const datagram = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(header, fc.constantFrom('\n', '\r\n', ''), fc.string({ unit: 'binary' }))
      .map((parts) => Buffer.from(parts.join(''))),
  );
  fc.assert(
    fc.property(datagram, (bytes) => {
      const read = readDatagram(bytes);
      assert.ok('document' in read ? typeof read.document === 'string' : read.rejected.length > 0);
    }),
    { numRuns: 1000 },
  );
});
