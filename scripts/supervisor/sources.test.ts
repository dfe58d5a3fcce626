import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { changedBetween, concerned, shopSources } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, text: string) => {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
};
/** The sources of payment, looked at anew each time. */
function payment() {
  const look = shopSources(folder, ['payment']);
  return () => look().get('payment')!;
}

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  write('services/payment/provider.ts', 'a');
  write('services/order/app.ts', 'a');
  write('platform/log.ts', 'a');
});

const shop = ['dynamodb', 'auth', 'payment', 'payment-provider'];
const changes = [
  { file: 'services/payment/provider.ts', restarts: ['payment'] },
  { file: 'services/payment-provider/app.ts', restarts: ['payment-provider'] },
  { file: 'platform/http-client.ts', restarts: ['auth', 'payment', 'payment-provider'] },
  { file: 'faults/plan/apply.ts', restarts: ['auth', 'payment', 'payment-provider'] },
  { file: 'dynamodb/meter.ts', restarts: ['dynamodb'] },
  { file: 'services/payment/provider.test.ts', restarts: [] },
  { file: 'products.ts', restarts: shop },
  { file: 'README.md', restarts: [] },
];
for (const { file, restarts } of changes) {
  test(`a change of ${file} restarts ${restarts.join(', ') || 'nothing'}`, () =>
    assert.deepEqual(concerned(file, shop), restarts));
}

test('a replica is restarted with the service whose program it runs, and no other', () => {
  const replicated = ['inventory', 'inventory-2', 'payment', 'payment-provider'];
  const restarted = (file: string) => concerned(file, replicated);
  assert.deepEqual(restarted('services/inventory/reserve.ts'), ['inventory', 'inventory-2']);
  assert.deepEqual(restarted('services/payment/provider.ts'), ['payment']);
  assert.deepEqual(restarted('services/payment-provider/app.ts'), ['payment-provider']);
});

test('a process has its own folder, what all share, and nothing of another service', () => {
  write('services/payment/provider.test.ts', 'a');
  write('services/payment/node_modules/x/index.ts', 'a');
  write('services/payment/.history/provider.ts', 'a');
  const look = shopSources(folder, ['payment', 'order'])();
  assert.deepEqual([...look.get('payment')!.keys()].sort(), [
    'platform/log.ts',
    'services/payment/provider.ts',
  ]);
  assert.deepEqual([...look.get('order')!.keys()].sort(), ['platform/log.ts', 'services/order/app.ts']);
});

const file = 'services/payment/provider.ts';
/** A file system whose clock stands at this time. */
const at = (time: number) => (path: string) => {
  const { ino, size } = statSync(path);
  return { ino, size, mtimeMs: time, ctimeMs: time };
};

/** Of a clock of which a tick lasts two seconds, as FAT has it: a save right after a look may have the time of the one before. */
for (const [name, age] of [
  ['at once', 0],
  ['within the tick', 1_500],
  ['at its very end', 2_000],
] as const) {
  test(`two saves within one tick of the clock, looked at ${name}, are two versions`, () => {
    const look = shopSources(folder, ['payment'], () => 10_000 + age, at(10_000));
    const versions = ['b', 'c', 'b'].map((text) => {
      // Into the file: the same inode, the same size, the same time.
      writeFileSync(join(folder, file), text);
      return look().get('payment')!;
    });
    const [first, second, third] = versions;
    assert.deepEqual(changedBetween(first!, second!), [file]);
    assert.deepEqual(changedBetween(second!, third!), [file]);
    assert.deepEqual(changedBetween(first!, third!), []);
  });
}

test('a file that lies there for long is not read at each look, and is once its time is new', () => {
  let time = 10_000;
  const look = shopSources(
    folder,
    ['payment'],
    () => 60_000,
    (path) => at(time)(path),
  );
  const before = look().get('payment')!;
  writeFileSync(join(folder, file), 'b');
  assert.deepEqual(changedBetween(before, look().get('payment')!), [], 'nothing tells that it was written');
  time = 20_000;
  assert.deepEqual(changedBetween(before, look().get('payment')!), [file]);
});

test('a save that changes nothing is no change', () => {
  const sources = payment();
  const before = sources();
  write('services/payment/provider.ts', 'a');
  assert.deepEqual(changedBetween(before, sources()), []);
});

test('a file that is new and one that is gone are changes', () => {
  const sources = payment();
  const before = sources();
  write('services/payment/breaker/state.ts', 'a');
  rmSync(join(folder, 'platform'), { recursive: true });
  assert.deepEqual(changedBetween(before, sources()), [
    'platform/log.ts',
    'services/payment/breaker/state.ts',
  ]);
});

test('without a shop there is no source, and no error', () => {
  rmSync(folder, { recursive: true });
  assert.equal(payment()().size, 0);
});
