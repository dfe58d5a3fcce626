import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BURST_SECONDS, CapacityMeter, MAX_WATCHED_PARTITIONS, PARTITION_LIMIT, type Draw } from './meter.ts';

function meterAt() {
  const clock = { seconds: 0 };
  const meter = new CapacityMeter(() => clock.seconds);
  const write = (units: number, partition?: string): Draw => ({
    table: 'orders',
    kind: 'write',
    units,
    partition,
  });
  const takeWrites = (units: number, partition?: string) => meter.take(write(units, partition)) === undefined;
  return { clock, meter, write, takeWrites };
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

for (const [back, name] of [
  [50, 'far'],
  [0.1, 'a little'],
] as const) {
  test(`a clock that is set back ${name} takes nothing away, and what was earned is not earned again`, () => {
    const { clock, meter, takeWrites } = meterAt();
    clock.seconds = 100;
    meter.provision('orders', { readUnits: 5, writeUnits: 10 });
    assert.equal(takeWrites(4), true);
    clock.seconds -= back;
    assert.equal(takeWrites(6), true);
    assert.equal(takeWrites(1), false);
    clock.seconds = 100;
    assert.equal(takeWrites(1), false);
    clock.seconds = 101;
    assert.equal(takeWrites(10), true);
    assert.equal(takeWrites(1), false);
  });
}

test('reads and writes, tables and indexes, have buckets of their own', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.provision('orders', { readUnits: 1, writeUnits: 1 }, 'by-customer');
  meter.provision('payments', { readUnits: 1, writeUnits: 1 });
  assert.equal(takeWrites(1), true);
  assert.deepEqual(meter.take({ table: 'orders', kind: 'write', units: 1 }), {
    table: 'orders',
    index: undefined,
    kind: 'write',
    of: 'capacity',
  });
  assert.equal(meter.take({ table: 'orders', kind: 'read', units: 1 }), undefined);
  assert.equal(meter.take({ table: 'orders', index: 'by-customer', kind: 'write', units: 1 }), undefined);
  assert.equal(meter.take({ table: 'payments', kind: 'write', units: 1 }), undefined);
});

test('a refused operation costs nothing', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  takeWrites(1);
  clock.seconds += 1;
  assert.equal(takeWrites(2), false);
  assert.equal(takeWrites(1), true);
});

test('of several draws all are taken or none', () => {
  const { meter, write, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.provision('orders', { readUnits: 1, writeUnits: 1 }, 'by-customer');
  meter.settle({ table: 'orders', index: 'by-customer', kind: 'write', units: 0 }, 5);
  const shortage = meter.take(write(1), { table: 'orders', index: 'by-customer', kind: 'write', units: 0 });
  assert.equal(shortage?.index, 'by-customer', 'an index in debt holds back writes to its table');
  assert.equal(takeWrites(1), true, 'the table has kept its unit');
});

test('unused capacity is saved for a burst, up to 300 seconds of it', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 2 });
  clock.seconds += 100_000;
  assert.equal(takeWrites(2 * BURST_SECONDS), true);
  assert.equal(takeWrites(1), false);
});

test('an operation dearer than any burst runs when the bucket is full, and leaves a debt', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  assert.equal(takeWrites(400), false);
  clock.seconds += BURST_SECONDS;
  assert.equal(takeWrites(400), true);
  clock.seconds += 100;
  assert.equal(takeWrites(1), false);
  clock.seconds += 1;
  assert.equal(takeWrites(1), true);
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
  const { meter, write, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.settle(write(1), 50);
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
  const { clock, meter, write, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 10 });
  assert.equal(takeWrites(1), true);
  meter.settle(write(1), 15);
  clock.seconds += 0.5;
  assert.equal(takeWrites(1), false);
  clock.seconds += 0.125;
  assert.equal(takeWrites(1), true);
  meter.settle(write(1), 0);
  assert.equal(takeWrites(1), true);
});

test('a table on demand is not limited as a whole, and its partitions are', () => {
  const { meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 1, writeUnits: 1 });
  meter.release('orders');
  for (let key = 0; key < 10; key++) assert.equal(takeWrites(PARTITION_LIMIT.writeUnits, `S:${key}`), true);
  assert.equal(takeWrites(1, 'S:0'), false);
});

test('a partition key gives 1,000 write units a second, whatever the table has, and saves none of them', () => {
  const { clock, meter, write, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 40_000, writeUnits: 40_000 });
  clock.seconds += 60;
  assert.equal(takeWrites(1000, 'S:hot'), true);
  assert.equal(meter.take(write(1, 'S:hot'))?.of, 'partition');
  assert.equal(takeWrites(1000, 'S:other'), true);
  clock.seconds += 0.0015;
  assert.equal(takeWrites(1, 'S:hot'), true);
  assert.equal(meter.take({ table: 'orders', kind: 'read', units: 3000, partition: 'S:hot' }), undefined);
  assert.equal(meter.take({ table: 'orders', kind: 'read', units: 1, partition: 'S:hot' })?.of, 'partition');
});

test('a lower limit of partitions counts at once, for each key alone, and goes at once', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.provision('orders', { readUnits: 100, writeUnits: 100 });
  assert.equal(takeWrites(5, 'S:hot'), true);
  meter.limitPartitions(new Map([['orders', { writeUnits: 2 }]]));
  assert.equal(takeWrites(2, 'S:hot'), true);
  assert.equal(takeWrites(1, 'S:hot'), false);
  assert.equal(takeWrites(2, 'S:other'), true);
  clock.seconds += 0.5;
  assert.equal(takeWrites(1, 'S:hot'), true);
  assert.equal(takeWrites(1, 'S:hot'), false);
  meter.limitPartitions(new Map());
  assert.equal(takeWrites(1, 'S:hot'), true);
});

test('a limit below one unit a second still lets an operation through now and then', () => {
  const { clock, meter, takeWrites } = meterAt();
  meter.limitPartitions(new Map([['orders', { writeUnits: 0.5 }]]));
  let passed = 0;
  for (let second = 0; second < 100; second++) {
    if (takeWrites(1, 'S:hot')) passed += 1;
    clock.seconds += 1;
  }
  assert.ok(passed >= 49 && passed <= 51, `${passed} in 100 s`);
});

test('partitions are forgotten when they are full again, and the coldest when there are too many', () => {
  const { clock, meter, takeWrites } = meterAt();
  for (let key = 0; key < 3 * MAX_WATCHED_PARTITIONS; key++) takeWrites(1000, `S:${key}`);
  assert.equal(meter.watchedPartitions, MAX_WATCHED_PARTITIONS);
  clock.seconds += 2;
  for (let key = 0; key < 2 * MAX_WATCHED_PARTITIONS; key++) {
    takeWrites(1, `S:again-${key}`);
    clock.seconds += 0.01;
  }
  assert.ok(meter.watchedPartitions < 300, `${meter.watchedPartitions} are watched`);
});

test('a hot partition is not forgotten, however many others come by', () => {
  const { meter, takeWrites } = meterAt();
  assert.equal(takeWrites(1000, 'S:hot'), true);
  for (let key = 0; key < 2 * MAX_WATCHED_PARTITIONS; key++) {
    takeWrites(1000, `S:${key}`);
    assert.equal(takeWrites(1, 'S:hot'), false);
  }
  assert.ok(meter.watchedPartitions <= MAX_WATCHED_PARTITIONS);
});

test('a partition key of any length is its own', () => {
  const { takeWrites } = meterAt();
  const long = `S:${'x'.repeat(2000)}`;
  assert.equal(takeWrites(1000, `${long}a`), true);
  assert.equal(takeWrites(1, `${long}a`), false);
  assert.equal(takeWrites(1, `${long}b`), true);
});
