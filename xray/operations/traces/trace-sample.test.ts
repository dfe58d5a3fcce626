import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInSample, scannedRange } from './trace-sample.ts';

const range = { type: 'TraceId', start: 1000, end: 2000 } as const;

test('PartialScan looks at the newest part of the window', () => {
  assert.deepEqual(scannedRange(range, { Name: 'PartialScan', Value: 0.1 }), { ...range, start: 1900 });
});

test('FixedRate leaves the window as it is', () => {
  assert.deepEqual(scannedRange(range, { Name: 'FixedRate', Value: 0.1 }), range);
});

test('FixedRate keeps its part of the traces, and the same ones every time', () => {
  // Multiples of an odd number spread evenly over 32 bits.
  const ids = Array.from({ length: 1000 }, (_, index) => {
    const digits = (Math.imul(index, 0x9e3779b1) >>> 0).toString(16).padStart(24, '0');
    return `1-00000000-${digits}`;
  });
  const kept = ids.filter((id) => isInSample(id, { Name: 'FixedRate', Value: 0.25 }));
  assert.equal(Math.abs(kept.length - 250) <= 5, true, `${kept.length}`);
  assert.equal(
    ids.every((id) => isInSample(id, { Name: 'FixedRate', Value: 1 })),
    true,
  );
  assert.equal(
    ids.some((id) => isInSample(id, { Name: 'FixedRate', Value: 0 })),
    false,
  );
});
