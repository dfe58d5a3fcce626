import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRetention } from './retention.ts';
import type { RetentionLimits, Store } from './store.ts';

test('a round asks for slices until there is nothing left, and stops when told', (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const asked: RetentionLimits[] = [];
  const store = { forgetSlice: (limits: RetentionLimits) => asked.push(limits) % 3 !== 0 } as Store;

  const stop = startRetention(store, {
    now: () => 3_000_000,
    onError: (error) => assert.fail(String(error)),
    everyMilliseconds: 60_000,
  });
  // The first round comes soon after the start: the limit may have been lowered for it.
  context.mock.timers.tick(999);
  assert.equal(asked.length, 0);
  context.mock.timers.tick(1);
  // A slice follows the other after a pause, however fast they are.
  assert.equal(asked.length % 3, 1);
  for (let turn = 0; turn < 5; turn++) context.mock.timers.tick(1_000);
  assert.equal(asked.length, 3);
  assert.equal(asked[0]?.before, 3_000_000 - 30 * 24 * 60 * 60);

  context.mock.timers.tick(55_000);
  // A slice follows the other after a pause, however fast they are.
  assert.equal(asked.length % 3, 1);
  for (let turn = 0; turn < 5; turn++) context.mock.timers.tick(1_000);
  assert.equal(asked.length, 6);

  stop();
  context.mock.timers.tick(600_000);
  assert.equal(asked.length, 6);
});

test('a round that fails is told, and the next one tries again', (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const errors: unknown[] = [];
  const store = {
    forgetSlice() {
      throw new Error('disk full');
    },
  } as unknown as Store;
  const stop = startRetention(store, {
    now: () => 0,
    onError: (error) => errors.push(error),
    everyMilliseconds: 10,
  });
  context.mock.timers.tick(20);
  stop();
  assert.equal(errors.length, 3);
});
