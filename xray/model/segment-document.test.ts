import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, parseSegmentDocument, traceIdAge } from './segment-document.ts';
import type { Segment, SegmentDocument } from './vocabulary.ts';

const trace_id = '1-58406520-a006649127e371903a2de979';
const id = '6226467e3f845502';
const segment = { name: 'order', id, trace_id, start_time: 1480615200.01, end_time: 1480615200.39 };
const subsegment = { name: 'step', id: '6226467e3f845503', start_time: 1480615200.1, end_time: 1480615200.2 };
const independent = { ...subsegment, type: 'subsegment', trace_id, parent_id: id };
const without = (member: string, from: object) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => key !== member));
const embedding = (inner: object) => ({ ...segment, subsegments: [subsegment, inner] });

function accepted(document: unknown): SegmentDocument[] {
  const result = parseSegmentDocument(JSON.stringify(document));
  assert.ok('accepted' in result, JSON.stringify(result));
  return result.accepted;
}

const acceptedSegment = (document: unknown) => accepted(document)[0] as Segment;

const ofSegment = (ErrorCode: string, Id: string | undefined = id) => ({
  ...(Id && { Id }),
  ErrorCode,
  Message: `Invalid segment. ErrorCode: ${ErrorCode}`,
});
const ofSubsegment = (ErrorCode: string, Id: string | undefined = id) => ({
  ...(Id && { Id }),
  ErrorCode,
  Message: `Invalid subsegment. ErrorCode: ${ErrorCode}, Cause: null`,
});

const refused: { name: string; document?: unknown; text?: string; rejection: object }[] = [
  { name: 'what is not JSON', text: '{"name": "order"', rejection: ofSegment('ParseError', '') },
  { name: 'JSON that is no object', document: 'order', rejection: ofSegment('ParseError', '') },
  { name: 'an empty array', document: [], rejection: ofSegment('MissingId', '') },
  { name: 'a segment without id', document: without('id', segment), rejection: ofSegment('MissingId', '') },
  {
    name: 'an id of 15 digits',
    document: { ...segment, id: id.slice(1) },
    rejection: ofSegment('InvalidId', id.slice(1)),
  },
  {
    name: 'an id that is no hex',
    document: { ...segment, id: 'x'.repeat(16) },
    rejection: ofSegment('InvalidId', 'x'.repeat(16)),
  },
  { name: 'a segment without name', document: without('name', segment), rejection: ofSegment('MissingName') },
  { name: 'an empty name', document: { ...segment, name: '' }, rejection: ofSegment('MissingName') },
  {
    name: 'a name with a question mark',
    document: { ...segment, name: 'GET /?a' },
    rejection: ofSegment('InvalidName'),
  },
  {
    name: 'a name of 201 characters',
    document: { ...segment, name: 'n'.repeat(201) },
    rejection: ofSegment('InvalidName'),
  },
  { name: 'a name that is a number', document: { ...segment, name: 5 }, rejection: ofSegment('InvalidName') },
  {
    name: 'a segment without trace id',
    document: without('trace_id', segment),
    rejection: ofSegment('MissingTraceId'),
  },
  {
    name: 'a malformed trace id',
    document: { ...segment, trace_id: '1-xyz' },
    rejection: ofSegment('InvalidTraceId'),
  },
  {
    name: 'a segment without start',
    document: without('start_time', segment),
    rejection: ofSegment('MissingStartTime'),
  },
  {
    name: 'a start that is text',
    document: { ...segment, start_time: '12:00' },
    rejection: ofSegment('InvalidStartTime'),
  },
  {
    name: 'an end that is text',
    document: { ...segment, end_time: '12:00' },
    rejection: ofSegment('InvalidEndTime'),
  },
  {
    name: 'a segment with neither end nor in_progress',
    document: without('end_time', segment),
    rejection: ofSegment('MissingEndTime'),
  },
  {
    name: 'a malformed parent id',
    document: { ...segment, parent_id: 'p' },
    rejection: ofSegment('InvalidParentId'),
  },
  {
    name: 'an embedded subsegment without id',
    document: embedding(without('id', subsegment)),
    rejection: ofSubsegment('MissingId'),
  },
  {
    name: 'an embedded subsegment without name',
    document: embedding(without('name', subsegment)),
    rejection: ofSubsegment('MissingName'),
  },
  {
    name: 'an embedded subsegment with a question mark in its name',
    document: embedding({ ...subsegment, name: 'a?b' }),
    rejection: ofSubsegment('InvalidName'),
  },
  {
    name: 'an embedded subsegment with a name of 201 characters',
    document: embedding({ ...subsegment, name: 'n'.repeat(201) }),
    rejection: ofSubsegment('InvalidName'),
  },
  {
    name: 'an embedded subsegment without end in a finished segment',
    document: embedding(without('end_time', subsegment)),
    rejection: ofSubsegment('MissingEndTime'),
  },
  {
    name: 'a bad subsegment at any depth',
    document: embedding({ ...subsegment, subsegments: [without('start_time', subsegment)] }),
    rejection: ofSubsegment('MissingStartTime'),
  },
  {
    name: 'something in subsegments that is no object',
    document: embedding([]),
    rejection: ofSubsegment('MissingId'),
  },
  {
    name: 'an independent subsegment without parent',
    document: without('parent_id', independent),
    rejection: ofSubsegment('MissingParentId', subsegment.id),
  },
  {
    name: 'an independent subsegment with a malformed parent id',
    document: { ...independent, parent_id: 'p' },
    rejection: ofSubsegment('InvalidParentId', subsegment.id),
  },
  {
    name: 'an independent subsegment without trace id',
    document: without('trace_id', independent),
    rejection: ofSubsegment('MissingTraceId', subsegment.id),
  },
  {
    name: 'an array whose second element is bad, as a whole',
    document: [independent, without('name', { ...independent, id })],
    rejection: ofSubsegment('MissingName'),
  },
  {
    name: 'a document of more than 64 KB',
    document: { ...segment, metadata: { default: { text: 'x'.repeat(64 * 1024) } } },
    rejection: ofSegment('InvalidSegment'),
  },
  ...['metadata', 'aws', 'service'].map((block) => ({
    name: `${block} nested without end`,
    text: JSON.stringify({ ...segment, [block]: '@' }).replace(
      '"@"',
      `{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`,
    ),
    rejection: ofSegment('ParseError'),
  })),
];

for (const { name, document, text, rejection } of refused) {
  test(`refused: ${name}`, () =>
    assert.deepEqual(parseSegmentDocument(text ?? JSON.stringify(document)), { rejected: rejection }));
}

test('64 KB are counted in bytes, not in characters', () => {
  const padded = (text: string) => JSON.stringify({ ...segment, metadata: { default: { text } } });
  const room = limits.documentBytes - padded('').length;
  assert.ok('accepted' in parseSegmentDocument(padded('x'.repeat(room))));
  assert.ok('rejected' in parseSegmentDocument(padded('x'.repeat(room + 1))));
  assert.ok('accepted' in parseSegmentDocument(padded('é'.repeat(Math.floor(room / 2)))));
  assert.ok('rejected' in parseSegmentDocument(padded('é'.repeat(Math.floor(room / 2) + 1))));
});

test('a minimal segment is taken as it is', () => assert.deepEqual(accepted(segment), [segment]));
test('a segment in progress needs no end', () => {
  const open = { ...without('end_time', segment), in_progress: true };
  assert.deepEqual(accepted(open), [open]);
});
test('an independent subsegment is taken as it is', () =>
  assert.deepEqual(accepted(independent), [independent]));
test('an array brings several independent subsegments', () => {
  const second = { ...independent, id: '6226467e3f845504' };
  assert.deepEqual(accepted([independent, second]), [independent, second]);
});
test('while a segment runs, an open subsegment in it is in progress', () => {
  const open = { ...embedding(without('end_time', subsegment)), in_progress: true };
  const [, inner] = acceptedSegment(without('end_time', open)).subsegments!;
  assert.deepEqual(inner, { ...without('end_time', subsegment), in_progress: true });
});
test('a document with an end is complete, whatever in_progress says', () =>
  assert.deepEqual(accepted({ ...segment, in_progress: true }), [segment]));

const http = {
  request: { method: 'GET', url: 'http://order/', traced: true },
  response: { status: 200, content_length: -1 },
};
const kept: { name: string; more: object }[] = [
  { name: 'http with the content length as text', more: { http: { response: { content_length: '120' } } } },
  { name: 'http: {}, as Node writes it on a timeout', more: { http: {} } },
  { name: 'a content length of -1', more: { http } },
  {
    name: 'rule_name and package in aws.xray, as Node writes them',
    more: { aws: { xray: { rule_name: 'Default', package: 'aws-xray-sdk-core' } } },
  },
  {
    name: 'environment in aws.elastic_beanstalk, as Node writes it',
    more: { aws: { elastic_beanstalk: { environment: 'e', deployment_id: 3 } } },
  },
  {
    name: 'consumed_capacity as an object',
    more: { aws: { consumed_capacity: { TableName: 'orders', CapacityUnits: 1 } } },
  },
  { name: 'a cause with an id', more: { cause: { id: subsegment.id, exceptions: [] } } },
  { name: 'a cause that is the id of an exception', more: { cause: '6226467e3f845509' } },
  { name: 'an empty cause', more: { cause: {} } },
  {
    name: 'a stack frame without line',
    more: {
      cause: { exceptions: [{ id: '6226467e3f845509', stack: [{ path: 'node', line: null, label: 'x' }] }] },
    },
  },
  { name: 'empty annotations, metadata and service', more: { annotations: {}, metadata: {}, service: {} } },
  { name: 'empty strings from OpenTelemetry', more: { user: '', origin: '', aws: { account_id: '' } } },
  { name: 'flags that say false', more: { error: false, throttle: false, fault: false } },
  { name: 'an end before the start', more: { end_time: 1480615199 } },
  { name: 'a user of 300 characters', more: { user: 'u'.repeat(300) } },
  { name: 'a name in another script', more: { name: 'Bestellung für 注文 & Co: a/b%c#d=e+f-g@h.i_j' } },
  { name: 'a backslash in the name, which the guide lists', more: { name: 'a\\b' } },
  { name: 'an inferred segment, as read from X-Ray', more: { inferred: true, parent_id: subsegment.id } },
  {
    name: 'annotations of all three types',
    more: { annotations: { text: 'A17', number: 1.5, flag: false } },
  },
  { name: 'dots and colons in annotation keys', more: { annotations: { 'my.key': 1, 'aws:api_id': 'x' } } },
  {
    name: 'sixty annotations',
    more: { annotations: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, i])) },
  },
  {
    name: 'a link',
    more: { links: [{ trace_id, id, attributes: { 'aws.xray.reserved.reference_type': 'parent' } }] },
  },
  {
    name: 'a subsegment in every detail',
    more: {
      subsegments: [
        {
          ...subsegment,
          namespace: 'remote',
          traced: true,
          precursor_ids: [id],
          sql: { url: 'jdbc:x', sanitized_query: 'select 1' },
        },
      ],
    },
  },
  { name: 'a subsegment with an empty namespace', more: { subsegments: [{ ...subsegment, namespace: '' }] } },
];

for (const { name, more } of kept) {
  test(`kept: ${name}`, () => assert.deepEqual(accepted({ ...segment, ...more }), [{ ...segment, ...more }]));
}

const dropped: { name: string; more: object; left: object }[] = [
  { name: 'members X-Ray does not know', more: { Dummy: false, colour: 'red' }, left: {} },
  {
    name: 'unknown members of http',
    more: { http: { request: { method: 'GET', body: 'x' }, extra: 1 } },
    left: { http: { request: { method: 'GET' } } },
  },
  {
    name: 'members of the wrong type',
    more: { http: 'x', aws: [], annotations: 5, user: 7, fault: 'yes', links: {}, subsegments: {} },
    left: {},
  },
  {
    name: 'annotations under a bad key',
    more: { annotations: { 'bad key': 1, 'bad-key': 2, good_key: 3 } },
    left: { annotations: { good_key: 3 } },
  },
  {
    name: 'annotations that are no scalar',
    more: { annotations: { list: [1], object: {}, nothing: null } },
    left: { annotations: {} },
  },
  { name: 'an empty parent id', more: { parent_id: '' }, left: {} },
];

for (const { name, more, left } of dropped) {
  test(`dropped without a word: ${name}`, () =>
    assert.deepEqual(accepted({ ...segment, ...more }), [{ ...segment, ...left }]));
}

test('an annotation called __proto__ changes nothing', () => {
  const text = JSON.stringify({ ...segment, annotations: '@' }).replace('"@"', '{"__proto__": "x", "a": 1}');
  const result = parseSegmentDocument(text);
  assert.ok('accepted' in result);
  assert.deepEqual(result.accepted, [{ ...segment, annotations: { a: 1 } }]);
});

test('times in exponent form are numbers like others', () => {
  const text = JSON.stringify({ ...segment, start_time: '@' }).replace('"@"', '1.48061520001E9');
  const result = parseSegmentDocument(`${text}\n`);
  assert.deepEqual('accepted' in result && result.accepted, [segment]);
});

/** What real SDKs send although the published schema forbids it: taken, and kept as it was sent. */
const deviations: { from: string; sends: string; more: object }[] = [
  { from: 'Node', sends: 'aws.xray.rule_name', more: { aws: { xray: { rule_name: 'Default' } } } },
  { from: 'Node', sends: 'aws.xray.package', more: { aws: { xray: { package: 'aws-xray-sdk-core' } } } },
  {
    from: 'Node',
    sends: 'elastic_beanstalk.environment',
    more: { aws: { elastic_beanstalk: { environment: 'prod' } } },
  },
  {
    from: 'Node',
    sends: 'traced outside http.request',
    more: { subsegments: [{ ...subsegment, namespace: 'remote', traced: true }] },
  },
  { from: 'Node', sends: 'a cause with an id', more: { cause: { id: subsegment.id } } },
  {
    from: 'Node',
    sends: 'a stack frame whose line is null',
    more: { cause: { exceptions: [{ id, stack: [{ path: 'node', line: null }] }] } },
  },
  {
    from: 'the JavaScript SDK v2',
    sends: 'a content_length as text',
    more: { http: { response: { content_length: '86' } } },
  },
  { from: 'Node', sends: 'http: {} on a timeout', more: { http: {} } },
  {
    from: 'Node and Java',
    sends: 'aws.consumed_capacity as an object',
    more: { aws: { consumed_capacity: { CapacityUnits: 1 } } },
  },
  { from: 'Java and Go', sends: 'empty blocks', more: { annotations: {}, metadata: {}, service: {} } },
  {
    from: 'OpenTelemetry',
    sends: 'an empty namespace',
    more: { subsegments: [{ ...subsegment, namespace: '' }] },
  },
  { from: 'OpenTelemetry', sends: 'an empty user', more: { user: '' } },
  { from: 'OpenTelemetry', sends: 'an empty account', more: { aws: { account_id: '' } } },
  {
    from: 'OpenTelemetry',
    sends: 'flags that are false',
    more: { error: false, fault: false, throttle: false },
  },
  { from: 'any clock', sends: 'an end before the start', more: { end_time: segment.start_time - 1 } },
  {
    from: 'the JavaScript SDK v2 and Go',
    sends: 'service names in lower case',
    more: { subsegments: [{ ...subsegment, name: 'dynamodb', namespace: 'aws' }] },
  },
];
for (const { from, sends, more } of deviations) {
  test(`${from} sends ${sends}: taken as it is`, () =>
    assert.deepEqual(accepted({ ...segment, ...more }), [{ ...segment, ...more }]));
}
test('Go sends "Dummy": false: taken without it', () =>
  assert.deepEqual(accepted({ ...segment, Dummy: false }), [segment]));
test('OpenTelemetry sends a line feed after the JSON, Java exponents: taken', () => {
  const text = JSON.stringify(segment).replace('1480615200.39', '1.48061520039E9');
  assert.deepEqual(parseSegmentDocument(`${text}\n`), { accepted: [segment] });
});

/** Numbers that JSON can write and JavaScript cannot: once read as Infinity, then stored as null. */
const numbers: { name: string; more: string; result: object }[] = [
  { name: 'a start', more: '"start_time": 1e999', result: { rejected: ofSegment('InvalidStartTime') } },
  { name: 'an end', more: '"end_time": 1e999', result: { rejected: ofSegment('InvalidEndTime') } },
  { name: 'an annotation', more: '"annotations": {"a": 1e999, "b": 1}', result: { annotations: { b: 1 } } },
  { name: 'a status', more: '"http": {"response": {"status": 1e999}}', result: { http: { response: {} } } },
  {
    name: 'a content length',
    more: '"http": {"response": {"status": 200, "content_length": 1e999}}',
    result: { http: { response: { status: 200 } } },
  },
];
for (const { name, more, result } of numbers) {
  test(`${name} too large for a number is none`, () => {
    const { start_time, end_time, ...rest } = segment;
    const times = ['start_time', 'end_time'].filter((member) => !more.startsWith(`"${member}"`));
    const given = JSON.stringify({
      ...rest,
      ...Object.fromEntries(times.map((member) => [member, segment[member as 'start_time']])),
    });
    const expected = 'rejected' in result ? result : { accepted: [{ ...segment, ...result }] };
    assert.deepEqual(parseSegmentDocument(given.replace(/}$/, `, ${more}}`)), expected);
    assert.ok(start_time < end_time);
  });
}

test('a status is a whole number of 32 bits, as clients in strict languages read it', () => {
  const kept = (status: unknown) =>
    acceptedSegment({ ...segment, http: { response: { status } } }).http?.response;
  assert.deepEqual([kept(429), kept(-1)], [{ status: 429 }, { status: -1 }]);
  for (const status of [200.5, 2 ** 31, '200']) assert.deepEqual(kept(status), {});
});

test('a time in milliseconds, or after the year 9999, is no time', () => {
  const last = { ...segment, start_time: limits.latestTime, end_time: limits.latestTime };
  assert.deepEqual(accepted(last), [last]);
  const milliseconds = { ...segment, start_time: 1480615200010, end_time: 1480615200390 };
  assert.deepEqual(parseSegmentDocument(JSON.stringify(milliseconds)), {
    rejected: ofSegment('InvalidStartTime'),
  });
});

test('of a segment’s links the first twenty are kept', () => {
  const links = Array.from({ length: 25 }, (_, i) => ({ trace_id, id: i.toString(16).padStart(16, '0') }));
  assert.deepEqual(acceptedSegment({ ...segment, links }).links, links.slice(0, 20));
});

test('the time in a trace id is checked only where that is asked for', () => {
  const time = 0x58406520;
  const refusedAt = (checkTraceIdAt?: number) =>
    'rejected' in parseSegmentDocument(JSON.stringify(segment), { checkTraceIdAt });
  assert.equal(refusedAt(), false);
  assert.equal(refusedAt(time + traceIdAge.oldest), false);
  assert.equal(refusedAt(time + traceIdAge.oldest + 1), true);
  assert.equal(refusedAt(time - traceIdAge.ahead), false);
  assert.equal(refusedAt(time - traceIdAge.ahead - 1), true);
  assert.deepEqual(parseSegmentDocument(JSON.stringify(independent), { checkTraceIdAt: 0 }), {
    rejected: ofSubsegment('InvalidTraceId', subsegment.id),
  });
});

test('a text of a megabyte and more is refused unread', () => {
  const text = `{"id": "${id}", "name": "${'n'.repeat(limits.readableLength)}"}`;
  assert.deepEqual(parseSegmentDocument(text), { rejected: ofSegment('InvalidSegment', '') });
});

test('half a surrogate pair is kept in values and refused in names', () => {
  assert.equal(acceptedSegment({ ...segment, annotations: { a: '\ud800' } }).annotations?.['a'], '\ud800');
  assert.deepEqual(parseSegmentDocument(JSON.stringify({ ...segment, name: 'a\ud800' })), {
    rejected: ofSegment('InvalidName'),
  });
});

test('subsegments as deep as 64 KB can hold them are read', () => {
  const depth = 900;
  const inner = `{"id":"${id}","name":"a","start_time":1,"subsegments":[`;
  const text = `{"id":"${id}","name":"a","trace_id":"${trace_id}","start_time":1,"in_progress":true,"subsegments":[${inner.repeat(depth)}${']}'.repeat(depth)}]}`;
  assert.ok(text.length > 60_000 && text.length <= limits.documentBytes);
  assert.ok('accepted' in parseSegmentDocument(text));
});
