import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOnNow } from './schedule.ts';

const seconds = Array.from({ length: 600 }, (_, second) => second);
const turnsOf = (seed: number) =>
  seconds.map((second) => isOnNow({ onSeconds: 10, offSeconds: 20, seed }, second));

test('it begins with a turn that is on', () => {
  for (const seed of [1, 2, 3]) assert.equal(turnsOf(seed)[0], true);
});

test('the same seed has the same turns, another seed has others', () => {
  assert.deepEqual(turnsOf(7), turnsOf(7));
  assert.notDeepEqual(turnsOf(7), turnsOf(8));
});

test('over a long time it is on for its share', () => {
  const on = turnsOf(5).filter(Boolean).length;
  assert.ok(on > 600 * (1 / 3) * 0.7 && on < 600 * (1 / 3) * 1.3, `${on} of 600 s`);
});

test('turns are not all of one length', () => {
  const lengths = new Set<number>();
  let length = 0;
  const turns = turnsOf(3);
  for (const [second, isOn] of turns.entries()) {
    if (second > 0 && isOn !== turns[second - 1]) {
      lengths.add(length);
      length = 0;
    }
    length++;
  }
  assert.ok(lengths.size > 3);
});
