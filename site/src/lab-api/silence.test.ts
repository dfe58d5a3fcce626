import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createSilence } from './silence.ts';

/** Asks every half second, from one moment to another. */
function isTooLong(from: number, to: number, silence: ReturnType<typeof createSilence>): boolean {
  let told = false;
  for (let at = from; at <= to; at += 500) told = silence.isTooLong(at);
  return told;
}

test('a heartbeat that is late is waited for, one that does not come is told within five seconds', () => {
  const silence = createSilence(0);
  assert.equal(isTooLong(500, 4000, silence), false);
  assert.equal(isTooLong(4500, 5000, silence), true);
  silence.heard(5100);
  assert.equal(isTooLong(5500, 9000, silence), false);
});

test('a computer that slept an hour has not heard nothing for an hour', () => {
  const silence = createSilence(0);
  assert.equal(silence.isTooLong(500), false);
  assert.equal(silence.isTooLong(3_600_000), false);
  assert.equal(isTooLong(3_600_500, 3_604_000, silence), false);
  assert.equal(isTooLong(3_604_500, 3_605_000, silence), true);
});

test('a tab in the background is asked once a second', () => {
  const silence = createSilence(0);
  for (let at = 1000; at <= 4000; at += 1000) assert.equal(silence.isTooLong(at), false);
  assert.equal(silence.isTooLong(5000), true);
});
