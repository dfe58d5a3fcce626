/** What holds for every course of events. Courses are drawn from a seed, so that a failure can be had again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../random.ts';
import { BURST_SECONDS, CapacityMeter, PARTITION_BURST_SECONDS } from './meter.ts';

const COURSES = 200;
/** For sums of fractions. */
const A_LITTLE = 1e-6;

function courses(name: string, check: (random: () => number, seed: number) => void): void {
  test(name, () => {
    for (let seed = 1; seed <= COURSES; seed++) check(randomFrom(seed), seed);
  });
}

const between = (random: () => number, least: number, most: number) => least + random() * (most - least);

interface Grant {
  at: number;
  units: number;
}

/** In every stretch of time no more is granted than the rate brings and the bucket holds. */
function assertWithin(grants: Grant[], rate: number, capacity: number, dearest: number, seed: number): void {
  for (const [first, { at: from }] of grants.entries()) {
    let sum = 0;
    for (const { at, units } of grants.slice(first)) {
      sum += units;
      // An operation dearer than the whole bucket may run once it is full.
      const most = rate * (at - from) + Math.max(capacity, dearest);
      assert.ok(sum <= most + A_LITTLE, `seed ${seed}: ${sum} units in ${at - from} s, at most ${most}`);
    }
  }
}

courses('a table never grants more than its rate and its burst', (random, seed) => {
  let seconds = 0;
  const meter = new CapacityMeter(() => seconds);
  const rate = Math.ceil(between(random, 0, 20));
  meter.provision('t', { readUnits: 1, writeUnits: rate });

  const grants: Grant[] = [];
  let dearest = 0;
  for (let step = 0; step < 150; step++) {
    seconds += random() < 0.1 ? between(random, 0, 400) : between(random, 0, 0.5);
    const units = Math.ceil(between(random, 0, random() < 0.1 ? 400 : 12));
    dearest = Math.max(dearest, units);
    if (!meter.take({ table: 't', kind: 'write', units })) grants.push({ at: seconds, units });
  }
  assert.ok(grants.length > 0);
  assertWithin(grants, rate, rate * BURST_SECONDS, dearest, seed);
});

courses(
  'what operations turn out to cost never exceeds rate and burst, but for the last one',
  (random, seed) => {
    let seconds = 0;
    const meter = new CapacityMeter(() => seconds);
    const rate = Math.ceil(between(random, 0, 10));
    meter.provision('t', { readUnits: 1, writeUnits: rate });

    let spent = rate;
    for (let step = 0; step < 150; step++) {
      seconds += between(random, 0, 2);
      const draw = { table: 't', kind: 'write', units: 1 } as const;
      if (meter.take(draw)) continue;
      // It started, so all before it was paid for.
      const paid = spent - rate;
      assert.ok(
        paid + 1 <= rate * seconds + rate + A_LITTLE,
        `seed ${seed}: ${paid} of ${rate * (seconds + 1)}`,
      );
      const units = Math.ceil(between(random, 0, 30));
      meter.settle(draw, units);
      spent += units;
    }
  },
);

courses('a partition never grants more than its limit, with another limit than its table', (random, seed) => {
  let seconds = 0;
  const meter = new CapacityMeter(() => seconds);
  const limit = between(random, 0.1, 10);
  meter.limitPartitions(new Map([['t', { writeUnits: limit }]]));

  const grants: Grant[] = [];
  for (let step = 0; step < 150; step++) {
    seconds += between(random, 0, 1);
    const draw = { table: 't', kind: 'write', units: 1, partition: 'S:hot' } as const;
    if (!meter.take(draw)) grants.push({ at: seconds, units: 1 });
  }
  assertWithin(grants, limit, limit * PARTITION_BURST_SECONDS, 1, seed);
});

courses('a hot key never throttles the others of a table with room', (random, seed) => {
  let seconds = 0;
  const meter = new CapacityMeter(() => seconds);
  const limit = Math.ceil(between(random, 0, 5));
  meter.provision('t', { readUnits: 1, writeUnits: 40_000 });
  meter.limitPartitions(new Map([['t', { writeUnits: limit }]]));

  let throttled = 0;
  for (let second = 0; second < 20; second++) {
    const calls = Array.from({ length: 200 }, () => 'S:hot');
    // Each of the others stays within the limit.
    for (let key = 0; key < 40; key++) {
      for (let unit = 0; unit < limit; unit++)
        calls.splice(Math.floor(random() * calls.length), 0, `S:${key}`);
    }
    for (const partition of calls) {
      const shortage = meter.take({ table: 't', kind: 'write', units: 1, partition });
      if (partition === 'S:hot') throttled += shortage ? 1 : 0;
      else assert.equal(shortage, undefined, `seed ${seed}: ${partition} in second ${second}`);
    }
    seconds += 1;
  }
  assert.equal(throttled, 20 * (200 - limit));
});
