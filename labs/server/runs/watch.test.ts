import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../testing/fake-service.ts';
import { watchTraces } from './watch.ts';

test('each new trace is told of once, and an API that fails is asked again', async () => {
  let answers: (string[] | Error)[] = [['a'], new Error('down'), ['b', 'a'], ['b', 'a'], ['c', 'b']];
  const told: string[][] = [];
  const stop = watchTraces({
    async traceIds() {
      const [next = [], ...rest] = answers;
      answers = rest;
      if (next instanceof Error) throw next;
      return next;
    },
    wanted: () => true,
    arrived: async ({ ids }) => void told.push(ids),
    now: () => 1000,
    intervalMilliseconds: 1,
  });
  await eventually('three arrivals', () => told.length === 3);
  stop();
  assert.deepEqual(told, [['a'], ['b'], ['c']]);
});

test('when nobody watches, nothing is asked', async () => {
  let asked = 0;
  let looks = 0;
  const stop = watchTraces({
    traceIds: async () => (asked++, []),
    wanted: () => (looks++, false),
    arrived: async () => {},
    now: () => 1000,
    intervalMilliseconds: 1,
  });
  await eventually('some rounds', () => looks > 3);
  stop();
  assert.equal(asked, 0);
});
