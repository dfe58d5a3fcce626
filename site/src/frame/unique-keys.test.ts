import { test } from 'node:test';
import assert from 'node:assert/strict';
import { uniqueKeys } from './unique-keys.ts';

const cases = [
  { name: 'names that differ are their own keys', names: ['a', 'b'], keys: ['a', 'b'] },
  { name: 'a name that comes again is counted', names: ['a', 'a', 'b', 'a'], keys: ['a', 'a·2', 'b', 'a·3'] },
  {
    name: 'a name that looks like a key that was made is no second one',
    names: ['a', 'a·2', 'a', 'a·2'],
    keys: ['a', 'a·2', 'a·3', 'a·2·2'],
  },
  { name: 'no name is a name as well', names: ['', ''], keys: ['', '·2'] },
] as const;

for (const { name, names, keys } of cases) test(name, () => assert.deepEqual(uniqueKeys(names), keys));

test('what another list has taken is not given again', () => {
  const taken = new Set(['a']);
  assert.deepEqual(uniqueKeys(['a', 'b'], taken), ['a·2', 'b']);
  assert.deepEqual(uniqueKeys(['b', 'a'], taken), ['b·2', 'a·3']);
});

test('fifty thousand equal names take no longer than fifty thousand different ones', () => {
  const keys = uniqueKeys(new Array<string>(50_000).fill('a'));
  assert.equal(new Set(keys).size, 50_000);
});
