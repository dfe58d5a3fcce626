import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitive } from '@xray-lab/sample-app/faults';
import { openProgressStore } from '../progress/store.ts';
import { storedLeftovers } from './leftovers.ts';

const stopped: Primitive = { kind: 'stopped', process: 'order' };
const slow: Primitive = { kind: 'slow-link', process: 'xray-daemon', milliseconds: 3000 };

const opened = () => {
  const store = openProgressStore(':memory:', () => 5);
  return { store, leftovers: storedLeftovers(store, () => 7), next: () => storedLeftovers(store, () => 9) };
};

test('a lab process that was killed left what was in force, and when', () => {
  const { leftovers, next } = opened();
  leftovers.keep([stopped], true);
  assert.deepEqual(next().read(), { primitives: [stopped], at: 7 });
});

test('what is not wanted any more is kept until it is undone', () => {
  const { leftovers, next } = opened();
  leftovers.keep([stopped], true);
  leftovers.keep([slow], false);
  assert.deepEqual(next().read()?.primitives, [stopped, slow]);
  leftovers.keep([slow], true);
  assert.deepEqual(next().read()?.primitives, [slow]);
  leftovers.keep([], true);
  assert.deepEqual(next().read()?.primitives, []);
});

test('the next lab process keeps what it finds until that is undone', () => {
  const { leftovers, next } = opened();
  leftovers.keep([stopped], true);
  const second = next();
  second.keep([], false);
  assert.deepEqual(next().read()?.primitives, [stopped]);
});

test('nothing is written while nothing changes', () => {
  const writes: unknown[] = [];
  const leftovers = storedLeftovers(
    { get: () => undefined, put: (...args) => void writes.push(args) },
    () => 1,
  );
  for (let round = 0; round < 3; round++) leftovers.keep([stopped], true);
  assert.equal(writes.length, 1);
});
