import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BURST_SECONDS, CapacityMeter } from './meter.ts';

function meterAt() {
  const clock = { seconds: 0 };
  const meter = new CapacityMeter(() => clock.seconds);
  const takeWrites = (units: number) => meter.take('orders', 'write', units);
  return { clock, meter, takeWrites };
}

test('a table that is not known is not limited', () => {
  const { takeWrites } = meterAt();
  assert.equal(takeWrites(1_000_000), true);
});

test('a table gives its units, and then throttles until time has brought new ones', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 5, writeUnits: 10 });
  assert.equal(takeWrites(10), true);
  assert.equal(takeWrites(1), false);
  clock.seconds += 0.1;
  assert.equal(takeWrites(1), true);
  assert.equal(takeWrites(1), false);
});

test('reads and writes, and tables, have buckets of their own', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.provision('payments', { readUnits: 1, writeUnits: 1 });
  assert.equal(takeWrites(1), true);
  assert.equal(takeWrites(1), false);
  assert.equal(meter.take('orders', 'read', 1), true);
  assert.equal(meter.take('payments', 'write', 1), true);
});

test('a refused operation costs nothing', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  takeWrites(1);
  clock.seconds += 1;
  assert.equal(takeWrites(2), false);
  assert.equal(takeWrites(1), true);
});

test('unused capacity is saved for a burst, up to 300 seconds of it', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 2 });
  clock.seconds += 100_000;
  assert.equal(takeWrites(2 * BURST_SECONDS), true);
  assert.equal(takeWrites(1), false);
});

test('a decrease empties the bucket, so that the shortage shows at once', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 100 });
  clock.seconds += 300;
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  assert.equal(takeWrites(1), false);
  clock.seconds += 3;
  assert.equal(takeWrites(3), true);
});

test('an increase counts at once, also for a table in debt', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.settle('orders', 'write', 1, 50);
  assert.equal(takeWrites(1), false);
  meter.provision('orders', { readUnits: 1, writeUnits: 100 });
  assert.equal(takeWrites(3), true);
});

test('setting the capacity a table has changes nothing', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 4 });
  assert.equal(takeWrites(4), true);
  meter.provision('orders', { readUnits: 2, writeUnits: 4 });
  assert.equal(takeWrites(1), false);
});

test('an operation that turned out dearer is paid from later capacity, a cheaper one gives back', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 10 });
  assert.equal(takeWrites(1), true);
  meter.settle('orders', 'write', 1, 15);
  clock.seconds += 0.5;
  assert.equal(takeWrites(1), false);
  clock.seconds += 0.125;
  assert.equal(takeWrites(1), true);
  meter.settle('orders', 'write', 1, 0);
  assert.equal(takeWrites(1), true);
});

test('a table on demand is not limited', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.release('orders');
  assert.equal(takeWrites(1000), true);
});
