import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleTrace } from '../../model/index.ts';
import type { IndependentSubsegment, Segment, Subsegment } from '../../model/vocabulary.ts';
import { processedDocument } from './processed-document.ts';

const trace_id = '1-58406520-a006649127e371903a2de979';
const segment: Segment = {
  trace_id,
  origin: 'AWS::EC2::Instance',
  resource_arn: 'arn:aws:x',
  user: 'alice',
  metadata: { default: { a: 1 } },
  annotations: { b: 2 },
  service: { version: '1' },
  aws: { account_id: '1' },
  http: { response: { status: 200 } },
  end_time: 2,
  start_time: 1,
  name: 'shop',
  id: '00000000000000aa',
};
const call: Subsegment = {
  id: '00000000000000ab',
  name: 'DynamoDB',
  namespace: 'aws',
  start_time: 1,
  end_time: 2,
  aws: { table_name: 'orders' },
};
const members = (text: string) => Object.keys(JSON.parse(text));

test('members stand in the order of AWS’s samples, subsegments last', () => {
  assert.deepEqual(members(processedDocument({ ...segment, subsegments: [call] })), [
    'id',
    'name',
    'start_time',
    'end_time',
    'http',
    'aws',
    'service',
    'annotations',
    'metadata',
    'trace_id',
    'user',
    'origin',
    'resource_arn',
    'subsegments',
  ]);
});

test('the text is the JSON of the document, at every depth', () => {
  const inner: Subsegment = { ...call, id: '00000000000000ac', aws: { resource_names: ['x'] } };
  const whole = { ...segment, subsegments: [{ ...call, aws: {}, subsegments: [inner, inner] }, inner] };
  assert.deepEqual(JSON.parse(processedDocument(whole)), whole);
});

test('a call shows the resource that X-Ray recognised, one without a known resource what it said', () => {
  const shown = (subsegment: Subsegment) => JSON.parse(processedDocument(subsegment));
  assert.deepEqual(shown(call).aws, { table_name: 'orders', resource_names: ['orders'] });
  assert.deepEqual(shown({ ...call, aws: { operation: 'ListTables' } }).aws, { operation: 'ListTables' });
  const { aws: _, ...bare } = call;
  assert.equal('aws' in shown(bare), false);
});

test('an empty list of subsegments is left out', () =>
  assert.equal(members(processedDocument({ ...segment, subsegments: [] })).includes('subsegments'), false));

test('a trace may nest deeper than JSON.stringify can go', () => {
  const chain = Array.from({ length: 20_000 }, (_, i): IndependentSubsegment => ({
    id: `s${i}`,
    name: 'a',
    type: 'subsegment',
    trace_id,
    parent_id: i === 0 ? segment.id : `s${i - 1}`,
    start_time: 1,
    end_time: 2,
  }));
  const [whole] = assembleTrace(trace_id, [segment, ...chain]).segments;
  const text = processedDocument(whole!);
  assert.equal(text.split('"subsegments":[').length - 1, 20_000);
  assert.equal(text.at(-1), '}');
});
