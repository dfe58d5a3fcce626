import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLiveLab, type LiveLabOptions } from './live-lab.ts';

test('a question is broken into the code that is on disk: no service restarts in the middle of its window', async () => {
  const done: string[] = [];
  const engine = {
    offAll: async () => void done.push('faults off'),
    on: async (id: string) => void done.push(`${id} on`),
  } as unknown as LiveLabOptions['engine'];
  const lab = createLiveLab({
    engine,
    traffic: {} as LiveLabOptions['traffic'],
    runs: { resume: async () => {} },
    reader: {} as LiveLabOptions['reader'],
    presentCode: async () => void done.push('present code'),
  });
  await lab.startFault('inventory-slow', {});
  assert.deepEqual(done, ['faults off', 'present code', 'inventory-slow on']);
});
