import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examples } from './examples.fixture.ts';
import { suggestions } from './suggest.ts';

/** `|` marks the caret. */
const at = (marked: string) => suggestions(marked.replace('|', ''), marked.indexOf('|'));
const offered = (marked: string) => at(marked).map(({ text }) => text);

const exactly: { name: string; marked: string; expected: string[] }[] = [
  { name: 'a word begun', marked: 'fa|', expected: ['fault'] },
  { name: 'a word begun in capitals', marked: 'FA|', expected: ['fault'] },
  { name: 'what stands after the caret is ignored', marked: 'fa| AND nonsense ((', expected: ['fault'] },
  { name: 'true and false after a boolean', marked: 'fault = |', expected: ['true', 'false'] },
  { name: 'known values after a keyword', marked: 'http.method = |', expected: ['"GET"', '"POST"'] },
  { name: 'known values inside an open quote', marked: 'http.method = "P|', expected: ['"POST"'] },
  { name: 'an operator begun', marked: 'http.url CONT|', expected: ['CONTAINS'] },
  { name: 'selectors', marked: 'service(|', expected: [')', 'id('] },
  { name: 'members of a selector', marked: 'service(id(|', expected: ['name', 'type', 'account.id'] },
  { name: 'the comma between two services', marked: 'edge("a"|', expected: [','] },
  { name: 'nothing where the text is already wrong', marked: 'foo bar |', expected: [] },
  { name: 'nothing inside free text', marked: 'annotation.a = "fau|', expected: [] },
  { name: 'nothing after a stray sign', marked: 'ok & |', expected: [] },
];
for (const { name, marked, expected } of exactly) {
  test(`${name}: ${marked}`, () => assert.deepEqual(offered(marked), expected));
}

test('operators come first, then AND and OR, then what could begin another term', () => {
  const all = offered('responsetime |');
  assert.deepEqual(all.slice(0, 8), ['=', '!=', '<', '<=', '>', '>=', 'AND', 'OR']);
  assert.ok(all.includes('fault'));
  assert.ok(!all.includes('CONTAINS'));
});

test('inside a block stand the keywords of that block', () => {
  const inService = offered('service("a") { |');
  assert.ok(inService.includes('root') && inService.includes('fault') && inService.includes('annotation.'));
  assert.ok(!inService.includes('coverage') && !inService.includes('service('));
  assert.ok(offered('rootcause.responsetime.entity { |').includes('coverage'));
});

test('a block can be opened after a service and closed after a term', () => {
  assert.ok(offered('service("a") |').includes('{'));
  assert.ok(offered('service("a") { fault |').includes('}'));
});

test('a suggestion says what it replaces and what it means', () => {
  const [suggestion] = at('ok AND respon|');
  assert.deepEqual(suggestion, {
    text: 'responsetime',
    type: 'keyword',
    meaning: 'seconds until the answer',
    from: 7,
  });
});

test('parentheses are not offered', () => assert.ok(!offered('|').includes('(')));

test('every example can be written with suggestions asked at each step', () => {
  for (const { expression } of examples) {
    for (let caret = 0; caret <= expression.length; caret++) suggestions(expression, caret);
  }
});
