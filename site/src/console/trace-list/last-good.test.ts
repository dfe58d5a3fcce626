import { test } from 'node:test';
import assert from 'node:assert/strict';
import { belowWords, keepGood, lastGood } from './last-good.ts';

const storage = (kept: string | null = null) => ({
  kept,
  getItem() {
    return this.kept;
  },
  setItem(_key: string, value: string) {
    this.kept = value;
  },
});

test('the expression that X-Ray took last stands in for one that it refuses', () => {
  const tab = storage();
  assert.equal(lastGood(tab, 'fault AND'), '');
  keepGood('fault', tab);
  assert.equal(lastGood(tab, 'fault AND'), 'fault');
  assert.equal(belowWords(lastGood(tab, 'fault AND')), 'Below: the traces of `fault`');
  keepGood('', tab);
  assert.equal(belowWords(lastGood(tab, 'fault AND')), 'Below: all traces of the range');
});

for (const kept of ['{', '7', '"the same"']) {
  test(`what was kept as ${kept} is not asked for again`, () =>
    assert.equal(lastGood(storage(kept), 'the same'), ''));
}

test('a browser that keeps nothing is no trouble', () => {
  const full = {
    setItem() {
      throw new Error('QuotaExceededError');
    },
  };
  assert.doesNotThrow(() => keepGood('fault', full));
});
