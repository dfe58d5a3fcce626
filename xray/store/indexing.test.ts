import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startIndexing } from './indexing.ts';
import type { Store } from './store.ts';

/** A store whose slices are told from outside. */
const storeWith = (indexSlice: () => boolean) => ({ indexSlice }) as unknown as Store;

const never = (error: unknown) => assert.fail(error as Error);

test('slices follow each other until there is nothing left, and none comes after the stop', async () => {
  let slices = 0;
  await new Promise<void>((resolve) => {
    const stop = startIndexing(
      storeWith(() => {
        slices++;
        if (slices < 3) return true;
        stop();
        resolve();
        return false;
      }),
      never,
    );
    keepAwakeUntil(() => slices >= 3);
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(slices, 3);
});

test('a slice that fails is told, and the next one tries again', async () => {
  const told: unknown[] = [];
  const failure = new Error('the disk is full');
  let slices = 0;
  await new Promise<void>((resolve) => {
    const stop = startIndexing(
      storeWith(() => {
        slices++;
        if (slices === 1) throw failure;
        stop();
        resolve();
        return false;
      }),
      (error) => told.push(error),
    );
    keepAwakeUntil(() => slices >= 2);
  });
  assert.deepEqual(told, [failure]);
});

/** Indexing keeps no process alive; a test has to. */
function keepAwakeUntil(isDone: () => boolean): void {
  const timer = setInterval(() => {
    if (isDone()) clearInterval(timer);
  }, 10);
}
