import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tooMuchIn } from './json-size.ts';

const list = (item: string, number: number) => `[${Array(number).fill(item).join()}]`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const cases: { name: string; text: string; says: string | undefined }[] = [
  { name: 'nothing', text: '', says: undefined },
  { name: 'a hundred levels', text: nested(100), says: undefined },
  { name: 'a hundred and one', text: nested(101), says: 'nests deeper than 100 levels' },
  { name: 'levels side by side', text: list(nested(99), 90), says: undefined },
  { name: 'twenty thousand values', text: list('1', 19_999), says: undefined },
  { name: 'some more', text: list('1', 20_001), says: 'holds more than 20000 values' },
  { name: 'a million members', text: `{${list('"a":{}', 1e6)}}`, says: 'holds more than 20000 values' },
  { name: 'signs inside a text', text: `["${'[{,'.repeat(50_000)}"]`, says: undefined },
  { name: 'signs behind an escaped quote', text: `["\\"${'[{,'.repeat(50_000)}"]`, says: undefined },
  {
    name: 'signs behind an escaped backslash',
    text: `["\\\\",${nested(101)}]`,
    says: 'nests deeper than 100 levels',
  },
  { name: 'a text without an end', text: `"${'[,'.repeat(50_000)}`, says: undefined },
];
for (const { name, text, says } of cases) {
  test(`${name}: ${says ?? 'it is read'}`, () => assert.equal(tooMuchIn(text), says));
}
