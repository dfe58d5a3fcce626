import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusals } from './refusals.ts';

const rejection = { Id: 'a', ErrorCode: 'MissingName', Message: 'Invalid segment. ErrorCode: MissingName' };

test('a refusal is kept with its reason, its trace and its name', () => {
  const refusals = new Refusals(5);
  refusals.add(7, rejection, '{"id":"a","trace_id": "1-2-3","name":"order","start_time":1}');
  assert.deepEqual(refusals.newest, [{ At: 7, ...rejection, TraceId: '1-2-3', Name: 'order' }]);
  assert.deepEqual([refusals.since, refusals.count], [5, 1]);
});

test('a text that is no JSON, and one that is not known, are refusals as well', () => {
  const refusals = new Refusals(0);
  refusals.add(1, rejection, 'format');
  refusals.add(2, rejection);
  assert.deepEqual(refusals.newest, [
    { At: 2, ...rejection },
    { At: 1, ...rejection },
  ]);
});

test('of many the newest hundred are kept, and all are counted', () => {
  const refusals = new Refusals(0);
  for (let at = 1; at <= 250; at++) refusals.add(at, rejection);
  assert.deepEqual([refusals.count, refusals.newest.length, refusals.newest[0]?.At], [250, 100, 250]);
});
