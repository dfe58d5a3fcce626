import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problemOf } from './client.ts';

test('a problem of the control plane keeps its remedy and field', () => {
  const problem = {
    error: 'BadRequest',
    message: 'share is too large',
    remedy: 'Use 0 to 1.',
    field: 'share',
  };
  assert.deepEqual(problemOf(problem, 400), problem);
});

test('an error in the wire format of X-Ray reads the same way', () => {
  assert.deepEqual(problemOf({ __type: 'InvalidRequestException', Message: 'Invalid input symbol' }, 400), {
    error: 'InvalidRequestException',
    message: 'Invalid input symbol',
  });
});

test('an answer that is not JSON still says its status', () => {
  assert.deepEqual(problemOf(undefined, 502), { error: 'HTTP 502', message: 'The lab answered 502.' });
});
