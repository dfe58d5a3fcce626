import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { examples } from './examples.fixture.ts';
import type { FilterExpression } from './expression.ts';
import { FilterSyntaxError } from './filter-syntax-error.ts';
import { keywords } from './grammar.ts';
import { longestExpression, parseFilterExpression } from './parser.ts';

for (const { expression, meaning } of examples) {
  test(`read: ${expression} (${meaning})`, () => void parseFilterExpression(expression));
}

test('there are 81 examples', () => assert.equal(examples.length, 81));

const flag = (keyword: string, expected = true): FilterExpression => ({ kind: 'flag', keyword, expected });
const readings: { name: string; text: string; expression: FilterExpression }[] = [
  { name: 'nothing matches everything', text: ' ', expression: { kind: 'everything' } },
  {
    name: 'AND binds tighter than OR',
    text: 'ok OR error AND fault',
    expression: { kind: 'or', terms: [flag('ok'), { kind: 'and', terms: [flag('error'), flag('fault')] }] },
  },
  {
    name: 'parentheses group',
    text: '(ok OR error) fault',
    expression: { kind: 'and', terms: [{ kind: 'or', terms: [flag('ok'), flag('error')] }, flag('fault')] },
  },
  {
    name: 'terms side by side are joined by AND',
    text: 'ok !partial duration <3',
    expression: {
      kind: 'and',
      terms: [
        flag('ok'),
        { kind: 'not', term: flag('partial') },
        { kind: 'compare', keyword: 'duration', operator: '<', value: 3 },
      ],
    },
  },
  {
    name: 'keywords, operators, AND, OR and NOT are read in any case',
    text: 'not HTTP.Url contains "a" and FAULT = True',
    expression: {
      kind: 'and',
      terms: [
        { kind: 'not', term: { kind: 'compare', keyword: 'http.url', operator: 'CONTAINS', value: 'a' } },
        flag('fault'),
      ],
    },
  },
  { name: 'a boolean may be compared both ways', text: 'ok != false', expression: flag('ok') },
  {
    name: 'quotes and backslashes in text are escaped by a backslash',
    text: String.raw`user = "a\"b\\c\d"`,
    expression: { kind: 'compare', keyword: 'user', operator: '=', value: String.raw`a"b\c\d` },
  },
  {
    name: 'numbers may be negative and have decimals',
    text: 'annotation.x >= -2.5',
    expression: { kind: 'annotation', key: 'x', comparison: { operator: '>=', value: -2.5 } },
  },
  {
    name: 'keys of annotations keep their case',
    text: 'annotation.orderId',
    expression: { kind: 'annotation', key: 'orderId' },
  },
  {
    name: 'reserved keys with a colon can be written',
    text: 'annotation.aws:api_id = x1',
    expression: { kind: 'annotation', key: 'aws:api_id', comparison: { operator: '=', value: 'x1' } },
  },
  {
    name: 'brackets take any key, with or without quotes',
    text: 'annotation["aws:api_stage"] annotation[2nd.key]',
    expression: {
      kind: 'and',
      terms: [
        { kind: 'annotation', key: 'aws:api_stage' },
        { kind: 'annotation', key: '2nd.key' },
      ],
    },
  },
  {
    name: 'an annotation may be asked for inside a block',
    text: 'service("order") { annotation.run = "r1" }',
    expression: {
      kind: 'service',
      selector: { name: 'order' },
      block: { kind: 'annotation', key: 'run', comparison: { operator: '=', value: 'r1' } },
    },
  },
  {
    name: 'a selector names, types and accounts',
    text: 'service(id(account.id: "1", type: "t", name: "n"))',
    expression: { kind: 'service', selector: { accountId: '1', type: 't', name: 'n' } },
  },
];

for (const { name, text, expression } of readings) {
  test(name, () => assert.deepEqual(parseFilterExpression(text), expression));
}

const refused: { text: string; at: number; length?: number; message: string }[] = [
  {
    text: 'responsetime >',
    at: 14,
    message: 'At the end: expected a number after responsetime >, e.g. responsetime > 1.',
  },
  {
    text: 'http.status = "abc"',
    at: 14,
    length: 5,
    message: 'At character 15: http.status is a number: write 500 without quotes.',
  },
  {
    text: 'http.status = "404"',
    at: 14,
    length: 5,
    message: 'At character 15: http.status is a number: write 404 without quotes.',
  },
  {
    text: 'http.status = abc',
    at: 14,
    length: 3,
    message: 'At character 15: http.status is a number: write e.g. 500.',
  },
  { text: 'service("a"', at: 11, message: 'At the end: expected ).' },
  {
    text: 'foo = 1',
    at: 0,
    length: 3,
    message: 'At character 1: foo is not a keyword. For an annotation write annotation.foo.',
  },
  ...['o-b72d56765b35', 'fault-of-order', 'order-id'].map((text) => ({
    text,
    at: 0,
    length: text.length,
    message: `At character 1: ${text} is not a keyword. A value stands behind a keyword, and text in double quotes: annotation.KEY = "VALUE".`,
  })),
  ...[
    ['metadata.order = "o-1"', 'metadata.order', 0],
    ['ok metadata.default.order = "o-1"', 'metadata.default.order', 3],
    ['service("order") { Metadata }', 'Metadata', 19],
  ].map(([text, word, at]) => ({
    text: String(text),
    at: Number(at),
    length: String(word).length,
    message: `At character ${Number(at) + 1}: ${word} cannot be asked for: metadata is not indexed, so no filter sees it. What is to be found is recorded as an annotation: annotation.KEY.`,
  })),
  {
    text: 'ok fualt',
    at: 3,
    length: 5,
    message: 'At character 4: fualt is not a keyword. Did you mean fault?',
  },
  {
    text: 'annotation.',
    at: 0,
    length: 11,
    message: 'At character 1: annotation. needs a key, e.g. annotation.orderId.',
  },
  {
    text: 'annotation. = "a"',
    at: 0,
    length: 11,
    message: 'At character 1: annotation. needs a key, e.g. annotation.orderId.',
  },
  { text: 'annotation[a', at: 12, message: 'At the end: expected ] after the annotation key.' },
  {
    text: 'duration CONTAINS "5"',
    at: 9,
    length: 8,
    message: 'At character 10: duration is a number: use =, !=, <, <=, > or >=.',
  },
  {
    text: 'http.url > "a"',
    at: 9,
    length: 1,
    message: 'At character 10: http.url is text: use =, !=, CONTAINS, BEGINSWITH or ENDSWITH.',
  },
  { text: '= 5', at: 0, length: 1, message: 'At character 1: expected a keyword such as fault, found =.' },
  { text: 'service("a") { fault', at: 20, message: 'At the end: expected }.' },
  {
    text: 'service("a") { }',
    at: 15,
    length: 1,
    message: 'At character 16: expected a keyword such as fault, found }.',
  },
  {
    text: 'fault }',
    at: 6,
    length: 1,
    message: 'At character 7: expected AND, OR or another term, found }.',
  },
  { text: '(fault', at: 6, message: 'At the end: expected ).' },
  { text: 'fault)', at: 5, length: 1, message: 'At character 6: expected AND, OR or another term, found ).' },
  {
    text: 'user = "alice',
    at: 7,
    length: 6,
    message: 'At character 8: this quote is never closed. Put " at the end of the text.',
  },
  {
    text: "user = 'alice'",
    at: 7,
    length: 1,
    message: "At character 8: ' means nothing here. Put text in double quotes.",
  },
  { text: 'ok && fault', at: 3, length: 1, message: 'At character 4: & means nothing here. Write AND.' },
  {
    text: 'edge("a")',
    at: 8,
    length: 1,
    message: 'At character 9: expected a comma, then the service that is called, found ).',
  },
  {
    text: 'edge()',
    at: 5,
    length: 1,
    message: 'At character 6: expected the name of a service in double quotes, or id(…).',
  },
  { text: 'service(orders)', at: 8, length: 6, message: 'At character 9: put orders in double quotes.' },
  {
    text: 'service(id(colour: "red"))',
    at: 11,
    length: 6,
    message: 'At character 12: expected name, type or account.id, e.g. id(name: "orders").',
  },
  { text: 'ok AND', at: 6, message: 'At the end: expected a keyword such as fault.' },
  {
    text: 'ok AND OR fault',
    at: 7,
    length: 2,
    message: 'At character 8: expected a keyword such as fault, found OR.',
  },
  {
    text: 'fault = "true"',
    at: 8,
    length: 6,
    message: 'At character 9: fault is true or false: write true without quotes.',
  },
  { text: 'fault > 1', at: 6, length: 1, message: 'At character 7: fault is true or false: use = or !=.' },
  {
    text: 'group.name CONTAINS "shop"',
    at: 11,
    length: 8,
    message: 'At character 12: group.name is the name of a group: use = or !=.',
  },
  { text: 'user = 5', at: 7, length: 1, message: 'At character 8: user is text: put 5 in double quotes.' },
  {
    text: 'annotation.age > "29"',
    at: 15,
    length: 1,
    message: 'At character 16: > compares numbers: write the value without quotes.',
  },
  {
    text: 'annotation.age CONTAINS 2',
    at: 15,
    length: 8,
    message: 'At character 16: CONTAINS needs text in double quotes.',
  },
  {
    text: 'annotation.age =',
    at: 16,
    message:
      'At the end: expected a value after annotation.age =: text in double quotes, a number, true or false.',
  },
  {
    text: 'coverage > 0.5',
    at: 0,
    length: 8,
    message:
      'At character 1: coverage cannot stand here: it belongs inside rootcause.responsetime.entity { … }.',
  },
  {
    text: 'service("a") { service("b") }',
    at: 15,
    length: 7,
    message: 'At character 16: service cannot stand inside a block.',
  },
  {
    text: 'group.name',
    at: 10,
    message: 'At the end: expected = after group.name, e.g. group.name = "checkout".',
  },
  {
    text: 'rootcause.fault.service',
    at: 23,
    message:
      'At the end: expected { after rootcause.fault.service, e.g. rootcause.fault.service { last and name = "orders" }.',
  },
  { text: 'rootcause.fault.exception { last and message = "x"', at: 50, message: 'At the end: expected }.' },
  {
    text: 'rootcause.json = #[{"a": }]',
    at: 17,
    length: 10,
    message: 'At character 18: expected # and a JSON array, e.g. #[{ "Services": [{ "Name": "orders" }] }].',
  },
  {
    text: 'rootcause.json = #[{"a": "]"',
    at: 17,
    length: 11,
    message: 'At character 18: this JSON array is never closed. Write #[ … ].',
  },
  {
    text: '('.repeat(101) + 'ok',
    at: 100,
    length: 1,
    message: 'At character 101: the expression is nested too deeply.',
  },
];

for (const { text, at, length = 0, message } of refused) {
  test(`refused: ${text.slice(0, 60)}`, () => {
    assert.throws(
      () => parseFilterExpression(text),
      (error: unknown) => {
        assert.ok(error instanceof FilterSyntaxError);
        assert.deepEqual([error.message, error.position, error.length], [message, at, length]);
        return true;
      },
    );
  });
}

/** The expressions that must be refused, each with a few of the things that could have stood there. */
const expectations: { text: string; expected: string[] }[] = [
  { text: 'responsetime >', expected: ['a number'] },
  { text: 'http.status = "abc"', expected: ['a number'] },
  { text: 'service("a"', expected: [')'] },
  { text: 'foo = 1', expected: ['fault', 'annotation.', 'service('] },
  { text: 'annotation.', expected: ['an annotation key'] },
  { text: 'duration CONTAINS "5"', expected: ['=', '!=', '<', '<=', '>', '>='] },
  { text: '= 5', expected: ['fault', 'edge(', 'NOT'] },
  { text: 'edge("a")', expected: [','] },
  { text: 'service("a") { fault', expected: ['}', 'AND', 'OR'] },
  { text: 'user = "alice', expected: ['"'] },
  { text: '(fault', expected: [')'] },
  { text: 'ok AND', expected: ['fault'] },
  { text: 'rootcause.fault.exception { last and message = "x"', expected: ['}'] },
];
for (const { text, expected } of expectations) {
  test(`refused, saying what was expected: ${text}`, () => {
    assert.throws(
      () => parseFilterExpression(text),
      (error: unknown) => {
        assert.ok(error instanceof FilterSyntaxError);
        for (const one of expected) assert.ok(error.expected.includes(one), `${one} in ${error.expected}`);
        assert.match(error.message, /^At (the end|character \d+): /);
        return true;
      },
    );
  });
}

test('an expression longer than any filter is refused before it is read', () => {
  assert.throws(() => parseFilterExpression('ok '.repeat(longestExpression)), /longer than 50000 characters/);
  const longest = `user = "${'x'.repeat(longestExpression - 9)}"`;
  assert.equal(longest.length, longestExpression);
  parseFilterExpression(longest);
});

test('every keyword can be read in every place its row allows', () => {
  const inScope = {
    trace: (text: string) => text,
    service: (text: string) => `service() { ${text} }`,
    edge: (text: string) => `edge("a", "b") { ${text} }`,
    'rootcause.service': (text: string) => `rootcause.fault.service { ${text} }`,
    'rootcause.entity': (text: string) => `rootcause.responsetime.entity { ${text} }`,
    'rootcause.exception': (text: string) => `rootcause.error.exception { ${text} }`,
  };
  for (const { name, scopes, examples: values } of keywords) {
    for (const scope of scopes)
      for (const value of values) parseFilterExpression(inScope[scope](`${name} = ${value}`));
  }
});

test('a quote that is never closed right after # is refused, and was once read for ever', () => {
  for (const text of ['#"', '#\n".a {', 'rootcause.json = #"', 'rootcause.json = #[ "']) {
    assert.throws(() => parseFilterExpression(text), FilterSyntaxError, text);
  }
});

/** Reads or refuses, never anything else, and a refusal points into the text. */
function readOrRefuse(text: string): void {
  try {
    parseFilterExpression(text);
  } catch (error) {
    assert.ok(error instanceof FilterSyntaxError, String(error));
    assert.ok(error.position >= 0 && error.position + error.length <= text.length);
  }
}

test('whatever is changed about an example, it is read or refused with a place inside the text', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 12 }),
    put: fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('"', '(', '{', '#[', '!', ' AND ', '\\', '\ud800'),
    ),
  });
  const changed = fc
    .tuple(
      fc.constantFrom(...examples.map(({ expression }) => expression)),
      fc.array(change, { maxLength: 4 }),
    )
    .map(([expression, changes]) =>
      changes.reduce((text, { at, cut, put }) => {
        const start = Math.floor(at * text.length);
        return text.slice(0, start) + put + text.slice(start + cut);
      }, expression),
    );
  fc.assert(fc.property(changed, readOrRefuse), { numRuns: 2000 });
});

test('whatever is written, it is read or refused with a place inside the text', () => {
  const pieces = fc.constantFrom(
    'ok',
    'fault',
    'AND',
    'OR',
    'NOT',
    '!',
    '=',
    '<=',
    '(',
    ')',
    '{',
    '}',
    '"a"',
    '"',
    '5',
    'service',
    'edge',
    'id(name:',
    'annotation.a',
    'annotation',
    '[',
    ']',
    ',',
    '#[',
    'rootcause.json',
    'http.url',
    'CONTAINS',
    '-',
    '.',
    '\\',
    'é',
    '😀',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((parts) => parts.join(' ')),
        fc.string(),
      ),
      readOrRefuse,
    ),
    { numRuns: 1000 },
  );
});
