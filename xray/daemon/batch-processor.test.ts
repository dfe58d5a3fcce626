import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchProcessor } from './batch-processor.ts';
import { silent } from './testing.ts';

/** A processor with a clock that moves when told. */
function setUp(size = 50) {
  const sent: string[][] = [];
  let pending: { callback: () => void; at: number } | undefined;
  let time = 0;
  const processor = new BatchProcessor({
    size,
    send: (batch) => sent.push(batch),
    log: silent,
    schedule: (callback, milliseconds) => {
      const mine = { callback, at: time + milliseconds };
      pending = mine;
      return () => {
        if (pending === mine) pending = undefined;
      };
    },
  });
  const pass = (milliseconds: number) => {
    const end = time + milliseconds;
    while (pending && pending.at <= end) {
      const { callback, at } = pending;
      pending = undefined;
      time = at;
      callback();
    }
    time = end;
  };
  return { processor, sent, pass, isTicking: () => pending !== undefined };
}

test('the fiftieth document sends the batch at once', () => {
  const { processor, sent } = setUp();
  for (let index = 0; index < 49; index++) processor.add(`${index}`);
  assert.equal(sent.length, 0);
  processor.add('49');
  assert.equal(sent[0]?.length, 50);
});

test('a batch that is not full leaves after a second', () => {
  const { processor, sent, pass } = setUp();
  processor.add('a');
  pass(999);
  assert.deepEqual(sent, []);
  pass(1);
  assert.deepEqual(sent, [['a']]);
});

test('the second counts from the last batch sent', () => {
  const { processor, sent, pass } = setUp(2);
  pass(900);
  processor.add('a');
  processor.add('b');
  processor.add('c');
  pass(999);
  assert.deepEqual(sent, [['a', 'b']]);
  pass(1);
  assert.deepEqual(sent, [['a', 'b'], ['c']]);
});

test('seconds without documents send nothing', () => {
  const { sent, pass, isTicking } = setUp();
  pass(10_000);
  assert.deepEqual(sent, []);
  assert.equal(isTicking(), true);
});

test('stopping sends what is left, and ticks no more', () => {
  const { processor, sent, isTicking } = setUp();
  processor.add('a');
  processor.stop();
  assert.deepEqual(sent, [['a']]);
  assert.equal(isTicking(), false);
});
