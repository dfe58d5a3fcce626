import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ringArcs } from './ring.ts';

const radius = 100 / (2 * Math.PI);

test('one status closes the circle', () => {
  assert.deepEqual(ringArcs({ ok: 1 }, radius), [{ status: 'ok', dash: '100 100', offset: 0 }]);
});

test('arcs run ok, error, throttle, fault clockwise, two pixels apart', () => {
  assert.deepEqual(ringArcs({ fault: 0.2, ok: 0.5, throttle: 0.3 }, radius), [
    { status: 'ok', dash: '48 100', offset: 0 },
    { status: 'throttle', dash: '28 100', offset: -50 },
    { status: 'fault', dash: '18 100', offset: -80 },
  ]);
});

test('a tiny share stays visible', () => {
  assert.equal(ringArcs({ ok: 0.999, fault: 0.001 }, radius)[1]?.dash, '1 100');
});

test('no requests, no arcs', () => assert.deepEqual(ringArcs({}, radius), []));
