import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FixtureName, fixtures, traceOf } from '../fixtures/fixtures.ts';
import { assembleTrace } from '../assemble.ts';
import { exampleGroups, examples, web } from './examples.fixture.ts';
import { groupsNamedIn, matchesFilter } from './matcher.ts';
import { parseFilterExpression } from './parser.ts';

const groupFilter = (group: string) =>
  Object.hasOwn(exampleGroups, group) ? parseFilterExpression(exampleGroups[group]!) : undefined;

for (const { expression, meaning, yes, no } of examples) {
  test(`${expression}: ${meaning}`, () => {
    const read = parseFilterExpression(expression);
    if (yes) assert.equal(matchesFilter(read, yes, { groupFilter }), true, 'matches');
    if (no !== yes) assert.equal(matchesFilter(read, no, { groupFilter }), false, 'does not match');
  });
}

const all = Object.keys(fixtures) as FixtureName[];
const finds: { name: string; expression: string; found: FixtureName[] }[] = [
  { name: 'no filter finds all', expression: '', found: all },
  {
    name: 'a fault that the root survived is not found by fault',
    expression: 'fault',
    found: ['throttledTable'],
  },
  {
    name: 'but by a fault on any service',
    expression: 'service() { fault }',
    found: ['handledFault', 'throttledTable'],
  },
  {
    name: 'and by the call as its caller saw it',
    expression: 'edge("order", "payment") { fault }',
    found: ['handledFault'],
  },
  {
    name: 'a throttled table is found, although the SDK also flags a fault',
    expression: 'service("orders") { throttle }',
    found: ['throttledTable'],
  },
  { name: 'a trace is throttled only when its root is', expression: 'throttle', found: [] },
  {
    name: 'partial finds what is still open',
    expression: 'partial',
    found: ['inProgress'],
  },
  {
    name: 'a service that is inferred is a service',
    expression: 'service("payment-provider")',
    found: ['checkout'],
  },
  {
    name: 'inner terms must hold for one and the same segment',
    expression: 'service() { fault AND name = "gateway" }',
    found: ['throttledTable'],
  },
  {
    name: 'annotations inside a block are those of the service',
    expression: 'service("gateway") { annotation.orderId }',
    found: [],
  },
  {
    name: 'annotations outside blocks are those of the whole trace',
    expression: 'annotation.orderId = "A17" AND annotation.items >= 3 AND annotation.gift = false',
    found: [
      'checkout',
      'handledFault',
      'throttledTable',
      'completed',
      'orphan',
      'streamed',
      'notStreamed',
      'producer',
    ],
  },
  {
    name: 'a trace without root answers no question about its root',
    expression: 'ok OR !ok AND http.url',
    found: [
      'checkout',
      'handledFault',
      'inProgress',
      'completed',
      'orphan',
      'streamed',
      'notStreamed',
      'producer',
      'throttledTable',
      'consumer',
      'allServices',
    ],
  },
  {
    name: 'the root of an orphaned trace is the orphan',
    expression: 'service("order") { root }',
    found: ['orphan', 'producer'],
  },
  {
    name: 'a function calls nobody, its service calls it',
    expression: 'edge(id(type: "AWS::Lambda"), id(type: "AWS::Lambda::Function"))',
    found: ['consumer'],
  },
];

for (const { name, expression, found } of finds) {
  test(`${name}: ${expression}`, () => {
    const read = parseFilterExpression(expression);
    assert.deepEqual(all.filter((fixture) => matchesFilter(read, traceOf(fixture))).sort(), found.toSorted());
  });
}

test('a block on a missing annotation is false both ways', () => {
  for (const operator of ['=', '!=']) {
    assert.equal(matchesFilter(parseFilterExpression(`user ${operator} "alice"`), web()), false);
    assert.equal(matchesFilter(parseFilterExpression(`annotation.a ${operator} 1`), web()), false);
  }
});

test('an annotation called like something every object has is not found by accident', () => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(matchesFilter(parseFilterExpression(`annotation.${key}`), web()), false);
    assert.equal(
      matchesFilter(parseFilterExpression(`service() { annotation.${key} }`), web({ annotations: { a: 1 } })),
      false,
    );
  }
});

test('an annotation beyond the fiftieth is kept and not found', () => {
  const annotations = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, i]));
  const finds = (text: string) => matchesFilter(parseFilterExpression(text), web({ annotations }));
  assert.equal(finds('annotation.key49'), true);
  assert.equal(finds('annotation.key50'), false);
  assert.equal(finds('service("web") { annotation.key50 }'), false);
});

test('a group that does not exist matches nothing, and can be asked for beforehand', () => {
  const expression = parseFilterExpression('!(group.name = "a" OR group.arn = "b") AND group.name = "a"');
  assert.deepEqual(groupsNamedIn(expression).sort(), ['a', 'b']);
  assert.equal(
    matchesFilter(parseFilterExpression('group.name = "a"'), web(), { groupFilter: () => undefined }),
    false,
  );
});

test('a group that leads back to itself matches nothing and comes to an end', () => {
  const circle: Record<string, string> = { a: 'group.name = "b"', b: 'group.name = "a"' };
  const context = { groupFilter: (name: string) => parseFilterExpression(circle[name]!) };
  assert.equal(matchesFilter(parseFilterExpression('group.name = "a"'), web(), context), false);
});

test('the same answer comes whether a trace was asked before or not', () => {
  const trace = traceOf('checkout');
  const fresh = assembleTrace(trace.id, trace.segments);
  for (const { expression } of examples) {
    const read = parseFilterExpression(expression);
    assert.equal(matchesFilter(read, trace), matchesFilter(read, fresh), expression);
    assert.equal(matchesFilter(read, trace), matchesFilter(read, trace), expression);
  }
});
