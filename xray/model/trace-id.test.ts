import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEntityId, isTraceId, newEntityId, newTraceId, traceIdTime } from './trace-id.ts';

const ids = [
  { name: 'a trace id as AWS prints it', id: '1-58406520-a006649127e371903a2de979', valid: true },
  { name: 'capital hex digits', id: '1-58406520-A006649127E371903A2DE979', valid: true },
  { name: 'a W3C trace id in the form of X-Ray', id: '1-4efaaf4d-1e8720b39541901950019ee5', valid: true },
  { name: 'no version', id: '58406520-a006649127e371903a2de979', valid: false },
  { name: 'another version', id: '2-58406520-a006649127e371903a2de979', valid: false },
  { name: 'one digit short', id: '1-58406520-a006649127e371903a2de97', valid: false },
  { name: 'one digit long', id: '1-58406520-a006649127e371903a2de9790', valid: false },
  { name: 'a letter that is no hex digit', id: '1-58406520-g006649127e371903a2de979', valid: false },
  { name: 'a W3C trace id as it is', id: '4efaaf4d1e8720b39541901950019ee5', valid: false },
  { name: 'a line break at the end', id: '1-58406520-a006649127e371903a2de979\n', valid: false },
];

for (const { name, id, valid } of ids) {
  test(`${name} is ${valid ? 'a trace id' : 'refused'}`, () => assert.equal(isTraceId(id), valid));
}

test('a new trace id carries the second in which it was made', () => {
  const id = newTraceId(1480615200.987, () => 0.5);
  assert.equal(id, '1-58406520-800080008000800080008000');
  assert.ok(isTraceId(id));
  assert.equal(traceIdTime(id), 1480615200);
});

test('ids are well formed at both ends of the random range', () => {
  for (const random of [() => 0, () => 0.9999999999999999]) {
    assert.ok(isTraceId(newTraceId(1, random)));
    assert.ok(isEntityId(newEntityId(random)));
  }
});
