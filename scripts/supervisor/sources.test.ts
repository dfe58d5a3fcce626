import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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
function payment(now?: () => number) {
  const look = shopSources(folder, ['payment'], now);
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

test('two saves within one tick of the clock are two versions', () => {
  const sources = payment();
  const path = join(folder, 'services/payment/provider.ts');
  const tick = new Date();
  const versions = [];
  for (const text of ['b', 'c', 'b']) {
    writeFileSync(path, text);
    utimesSync(path, tick, tick);
    versions.push(sources());
  }
  const [first, second, third] = versions;
  assert.deepEqual(changedBetween(first!, second!), ['services/payment/provider.ts']);
  assert.deepEqual(changedBetween(second!, third!), ['services/payment/provider.ts']);
  assert.deepEqual(changedBetween(first!, third!), []);
});

test('a file that lies there for long is not read at each look, and is once its time is new', () => {
  const path = join(folder, 'services/payment/provider.ts');
  const later = () => Date.now() + 60_000;
  const sources = payment(later);
  const before = sources();
  writeFileSync(path, 'b');
  assert.deepEqual(changedBetween(before, sources()), ['services/payment/provider.ts']);
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
