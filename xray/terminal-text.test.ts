/** Text from elsewhere moves no cursor, adds no line and turns nothing around. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalJson, terminalLine, terminalText } from './terminal-text.ts';

for (const [name, given, shown] of [
  ['a title and a colour', '\x1b]0;owned\x07\x1b[31mred', '\\x1b]0;owned\\x07\\x1b[31mred'],
  ['an eight-bit escape', '\x9b2J', '\\x9b2J'],
  ['delete and backspace', 'ab\x7f\b', 'ab\\x7f\\x08'],
  ['a lone return that overwrites the line', 'refused\raccepted', 'refused\\raccepted'],
  ['text that runs backwards', 'user\u202enimda\u2066', 'user\\u202enimda\\u2066'],
  ['a line of another alphabet', 'заказ 注文 🛒 é', 'заказ 注文 🛒 é'],
  ['lines and tabs', 'a\tb\nc', 'a\tb\nc'],
] as const) {
  test(`${name}`, () => assert.equal(terminalText(given), shown));
}

test('on one line, a line feed is shown', () => assert.equal(terminalLine('a\nb\tc'), 'a\\nb\tc'));

test('JSON says the same and is visible', () => {
  const value = { text: '\x1b[2J\x7f\x9b\u202eab' };
  const json = terminalJson(JSON.stringify(value));
  assert.equal(json, '{"text":"\\u001b[2J\\u007f\\u009b\\u202eab"}');
  assert.deepEqual(JSON.parse(json), value);
});
