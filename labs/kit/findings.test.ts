import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannotTell, counted, fail, pass } from './findings.ts';

const evidence = {
  lookedFor: 'a spared checkout',
  found: 'one',
  traceIds: ['a', 'a', 'b', 'a', 'c', 'd', 'e', 'f'],
};
const shown = ['a', 'b', 'c', 'd', 'e'];

for (const [name, { traceIds }] of [
  ['pass', pass('why', evidence)],
  ['fail', fail('why', evidence)],
  ['cannot-tell', cannotTell('why', { ...evidence, remedy: 'look' })],
] as const) {
  test(`${name}: a trace that shows it twice is named once, and five are named`, () =>
    assert.deepEqual(traceIds, shown));
}

test('a verdict without traces names none', () =>
  assert.deepEqual(pass('why', { lookedFor: 'it', found: 'it' }).traceIds, []));

test('one is counted without an s', () =>
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'trace')),
    ['0 traces', '1 trace', '2 traces'],
  ));
