import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FaultDescription } from '@xray-lab/labs/server/contract';
import { countOf, firstSentence, groupsOf } from './catalogue.ts';

const areas = [
  { id: 'tables', title: 'Tables', about: 'Throttles' },
  { id: 'daemon', title: 'The daemon', about: 'Nothing arrives' },
  { id: 'sampling', title: 'Sampling', about: 'Too few traces' },
];
const fault = (id: string, area: string, inTheWild: string, services: string[]): FaultDescription => ({
  id,
  title: id.replaceAll('-', ' '),
  area,
  inTheWild,
  services,
  parameters: {},
  allowed: {},
  draws: [],
  actsOnRequests: true,
  signature: { filter: 'fault', atLeast: 1, shows: 'appears', withinSeconds: 3, says: '' },
  lookFor: '',
});
const catalogue = [
  fault('daemon-stopped', 'daemon', 'The process is gone.', ['xray-daemon']),
  fault('orders-throttled', 'tables', 'Capacity is short.', ['orders']),
  fault('payments-denied', 'tables', 'A policy was tightened.', ['payments']),
];
const idsOf = (search: string) =>
  groupsOf(areas, catalogue, search).map(({ area, faults }) => [area.id, ...faults.map(({ id }) => id)]);

test('without a search all faults stand under their areas, in the order of the areas, and no area is empty', () =>
  assert.deepEqual(idsOf(' '), [
    ['tables', 'orders-throttled', 'payments-denied'],
    ['daemon', 'daemon-stopped'],
  ]));

const searches = [
  { name: 'a title, whatever the case', search: 'DAEMON STOPPED', found: ['daemon', 'daemon-stopped'] },
  { name: 'an area', search: 'throttles', found: ['tables', 'orders-throttled', 'payments-denied'] },
  { name: 'a service', search: 'xray-', found: ['daemon', 'daemon-stopped'] },
  { name: 'what it is in the wild', search: 'policy', found: ['tables', 'payments-denied'] },
  { name: 'several words, each somewhere', search: 'short tables', found: ['tables', 'orders-throttled'] },
];
for (const { name, search, found } of searches) {
  test(`a search looks at ${name}`, () => assert.deepEqual(idsOf(search), [found]));
}

test('the count says how many match', () => {
  const count = (search: string) => countOf(groupsOf(areas, catalogue, search), catalogue.length, search);
  assert.deepEqual(['', 'tables', 'policy', 'cloud'].map(count), [
    '3 faults',
    '2 of 3 match',
    '1 of 3 matches',
    'none of 3 matches',
  ]);
});

test('a closed row has the first sentence', () => {
  assert.equal(
    firstSentence('A client forgets `captureHTTPs`. Nothing fails.'),
    'A client forgets captureHTTPs.',
  );
  assert.equal(firstSentence('It takes 2.5 s'), 'It takes 2.5 s');
});
