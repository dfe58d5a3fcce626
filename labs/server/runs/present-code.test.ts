import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabProcess } from '../contract.ts';
import { processView } from '../../kit/process.fixture.ts';
import { runPresentCode } from './present-code.ts';

/** Processes that are, look after look, as listed; the last stays. */
function processes(...looks: Partial<LabProcess>[][]) {
  const acts: string[] = [];
  let look = 0;
  return {
    acts,
    looks: () => look,
    list: async () =>
      (looks[Math.min(look++, looks.length - 1)] ?? []).map((one) => ({
        ...processView(one.name ?? ''),
        ...one,
      })),
    async act(name: string, action: string) {
      acts.push(`${action} ${name}`);
      return processView(name);
    },
  };
}

const stale = ['services/payment/provider.ts'];

test('a process that runs older code is restarted, the others are left alone', async () => {
  const shop = processes(
    [{ name: 'order' }, { name: 'payment', stale }],
    [{ name: 'order' }, { name: 'payment' }],
  );
  assert.deepEqual(await runPresentCode(shop), ['payment']);
  assert.deepEqual(shop.acts, ['restart payment']);
});

test('one that crashed with older code is started with the present one', async () => {
  const shop = processes(
    [{ name: 'payment', state: 'crashed', healthy: false, stale }],
    [{ name: 'payment' }],
  );
  assert.deepEqual(await runPresentCode(shop), ['payment']);
});

test('one that the supervisor is restarting already is waited for', async () => {
  const starting = [{ name: 'payment', state: 'starting', healthy: false } as const];
  const shop = processes(starting, starting, [{ name: 'payment' }]);
  assert.deepEqual(await runPresentCode(shop), []);
  assert.equal(shop.looks(), 3);
});

test('one that is saved once more during its restart is restarted once more', async () => {
  const shop = processes([{ name: 'payment', stale }], [{ name: 'payment', stale }], [{ name: 'payment' }]);
  await runPresentCode(shop);
  assert.deepEqual(shop.acts, ['restart payment', 'restart payment']);
});

test('when all run what is on disk, and when one was stopped on purpose, nothing happens and nothing is waited for', async () => {
  const shop = processes([{ name: 'order' }, { name: 'payment', state: 'stopped', healthy: false }]);
  assert.deepEqual(await runPresentCode(shop), []);
  assert.equal(shop.looks(), 1);
});
