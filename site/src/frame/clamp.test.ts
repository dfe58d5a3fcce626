import { test } from 'node:test';
import assert from 'node:assert/strict';
import { beginningOf, shortened } from './clamp.ts';

const x = (count: number) => 'x'.repeat(count);
const cases = [
  { name: 'a text of the usual length is whole', text: x(300), expected: undefined },
  { name: 'for a few characters more there is no button', text: x(375), expected: undefined },
  { name: 'an address of 1,600 characters has a beginning', text: x(1600), expected: x(300) },
  { name: 'an annotation of 64 KB has a beginning', text: x(65_536), expected: x(300) },
  { name: 'a pair of units is not cut in two', text: `${x(299)}😀${x(400)}`, expected: x(299) },
  {
    name: 'many short lines are as tall as a long text',
    text: 'a\n'.repeat(100),
    expected: `${'a\n'.repeat(11)}a`,
  },
  { name: 'twelve lines are shown', text: `${'a\n'.repeat(11)}a`, expected: undefined },
  { name: 'nothing is whole', text: '', expected: undefined },
];
for (const { name, text, expected } of cases) test(name, () => assert.equal(beginningOf(text), expected));

test('a shortened text has at most the length that was asked for', () => {
  assert.equal(shortened(x(10), 10), x(10));
  assert.equal(shortened(x(11), 10), `${x(9)}…`);
  assert.equal(shortened(`${x(8)}😀${x(9)}`, 10), `${x(8)}…`);
});
