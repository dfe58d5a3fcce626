import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bounds, formatTimeRange, parseTimeRange, presetReaching, rangeLabel } from './time-range.ts';

const relative = [
  ['PT5M', 300],
  ['PT1H', 3600],
  ['pt90s', 90],
  ['PT1H30M', 5400],
] as const;

for (const [text, seconds] of relative) {
  test(`${text} is the last ${seconds} seconds`, () =>
    assert.deepEqual(parseTimeRange(text), { kind: 'relative', seconds }));
}

test('an absolute range is two moments around a tilde', () => {
  assert.deepEqual(parseTimeRange('1970-01-01T00:10:00Z~1970-01-01T00:15:00Z'), {
    kind: 'absolute',
    start: 600,
    end: 900,
  });
});

for (const text of ['', 'PT', 'PT0M', 'yesterday', '1970-01-02~1970-01-01', '2026-01-01~']) {
  test(`"${text}" is not a range`, () => assert.equal(parseTimeRange(text), undefined));
}

test('more than six hours is cut to the last six, as X-Ray refuses a longer graph', () => {
  assert.deepEqual(parseTimeRange('PT24H'), { kind: 'relative', seconds: 21_600 });
  assert.deepEqual(parseTimeRange('1970-01-01T00:00:00Z~1970-01-01T12:00:00Z'), {
    kind: 'absolute',
    start: 21_600,
    end: 43_200,
  });
});

test('what is formatted reads back the same', () => {
  for (const text of ['PT5M', 'PT1H30M', 'PT45S', '1970-01-01T00:10:00.000Z~1970-01-01T00:15:00.250Z']) {
    const range = parseTimeRange(text);
    assert.ok(range);
    assert.equal(formatTimeRange(range), text);
  }
});

test('a relative range ends after now, so that the newest trace is in it', () => {
  assert.deepEqual(bounds({ kind: 'relative', seconds: 300 }, 1000), { start: 700, end: 1001 });
});

test('labels name presets, and minutes otherwise', () => {
  assert.equal(rangeLabel({ kind: 'relative', seconds: 300 }), 'Last 5 minutes');
  assert.equal(rangeLabel({ kind: 'relative', seconds: 420 }), 'Last 7 minutes');
});

test('the shortest preset that shows the last trace is offered', () => {
  assert.deepEqual(presetReaching(1000, 1000 + 23 * 60), { kind: 'relative', seconds: 1800 });
  assert.equal(presetReaching(0, 86_400), undefined);
});
