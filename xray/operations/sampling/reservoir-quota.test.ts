import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantedQuota, reservoirQuota } from './reservoir-quota.ts';

const cases = [
  { name: 'one client gets the whole reservoir', size: 5, clients: ['a'], expected: [5] },
  { name: 'clients share equally', size: 6, clients: ['a', 'b', 'c'], expected: [2, 2, 2] },
  {
    name: 'the remainder goes to those who came first',
    size: 5,
    clients: ['a', 'b', 'c'],
    expected: [2, 2, 1],
  },
  {
    name: 'a reservoir smaller than the number of clients leaves some with nothing',
    size: 1,
    clients: ['a', 'b'],
    expected: [1, 0],
  },
  { name: 'an empty reservoir gives nothing', size: 0, clients: ['a', 'b'], expected: [0, 0] },
];
for (const { name, size, clients, expected } of cases) {
  test(name, () => {
    const quotas = clients.map((client) => reservoirQuota(size, clients, client));
    assert.deepEqual(quotas, expected);
    assert.equal(
      quotas.reduce((sum, quota) => sum + quota, 0),
      size,
    );
  });
}

test('a newcomer waits for its share until those who hold it have heard of it', () => {
  assert.equal(grantedQuota(5, ['a', 'b'], 'b', 5), 0);
  assert.equal(grantedQuota(5, ['a', 'b'], 'a', 0), 3);
  assert.equal(grantedQuota(5, ['a', 'b'], 'b', 3), 2);
});

test('a reservoir that was made smaller than what others hold gives nothing, not less than nothing', () =>
  assert.equal(grantedQuota(1, ['a', 'b'], 'a', 5), 0));
