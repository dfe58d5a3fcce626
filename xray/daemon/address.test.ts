import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from './address.ts';

const addresses = [
  { text: '127.0.0.1:2000', expected: { host: '127.0.0.1', port: 2000 } },
  { text: '[::1]:2000', expected: { host: '::1', port: 2000 } },
  { text: ':2000', expected: { host: '0.0.0.0', port: 2000 } },
];
for (const { text, expected } of addresses) {
  test(`${text} is an address`, () => assert.deepEqual(parseAddress(text), expected));
}

const refused = [
  { text: 'nonsense', says: 'address nonsense: missing port in address' },
  { text: '::1:2000', says: 'address ::1:2000: too many colons in address' },
  { text: '127.0.0.1:99999', says: 'address 99999: invalid port' },
  { text: '127.0.0.1:x', says: 'address x: invalid port' },
];
for (const { text, says } of refused) {
  test(`${text}: ${says}`, () => assert.throws(() => parseAddress(text), { message: says }));
}

test('an IPv6 address is written in brackets', () =>
  assert.equal(formatAddress({ host: '::1', port: 2000 }), '[::1]:2000'));
