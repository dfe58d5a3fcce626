import { test } from 'node:test';
import assert from 'node:assert/strict';
import { address } from './address.ts';

test('an address carries its filter as a parameter', () => {
  const url = new URL(
    address('traces', { filter: 'service("payment") { fault }', timeRange: 'PT5M' }),
    'http://lab',
  );
  assert.equal(url.pathname, '/console/traces/');
  assert.equal(url.searchParams.get('filter'), 'service("payment") { fault }');
});

test('empty parameters are left out', () => assert.equal(address('map', { timeRange: '' }), '/console/map/'));
