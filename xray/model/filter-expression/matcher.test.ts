import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FixtureName, fixtures, traceOf } from '../fixtures/fixtures.ts';
import { assembleTrace } from '../assemble.ts';
import { parseSegmentDocument } from '../segment-document.ts';
import { summarizeTrace } from '../summary.ts';
import type { Trace } from '../vocabulary.ts';
import { exampleGroups, examples, web } from './examples.fixture.ts';
import { groupsNamedIn, matchesFilter } from './matcher.ts';
import { parseFilterExpression } from './parser.ts';

const groupFilter = (group: string) =>
  Object.hasOwn(exampleGroups, group) ? parseFilterExpression(exampleGroups[group]!) : undefined;

for (const { expression, meaning, yes, no } of examples) {
  test(`${expression}: ${meaning}`, () => {
    const read = parseFilterExpression(expression);
    assert.equal(matchesFilter(read, yes, { groupFilter }), true, 'matches');
    assert.equal(matchesFilter(read, no, { groupFilter }), false, 'does not match');
  });
}

const all = Object.keys(fixtures) as FixtureName[];
const finds: { name: string; expression: string; found: FixtureName[] }[] = [
  { name: 'no filter finds all', expression: '', found: all },
  {
    name: 'a fault that the root survived is not found by fault',
    expression: 'fault',
    found: ['throttledTable', 'providerHangs'],
  },
  {
    name: 'but by a fault on any service',
    expression: 'service() { fault }',
    found: ['handledFault', 'throttledTable', 'providerHangs'],
  },
  {
    name: 'and by the call as its caller saw it',
    expression: 'edge("order", "payment") { fault }',
    found: ['handledFault', 'providerHangs'],
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
    found: ['checkout', 'providerHangs'],
  },
  {
    name: 'inner terms must hold for one and the same segment',
    expression: 'service() { fault AND name = "gateway" }',
    found: ['throttledTable', 'providerHangs'],
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
      'providerHangs',
      'slowTable',
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
      'providerHangs',
      'slowTable',
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
  {
    name: 'a service the fault passed through is in its root cause',
    expression: 'rootcause.fault.service { name = "payment" }',
    found: ['handledFault', 'providerHangs'],
  },
  {
    name: 'the last service is the one that caused it',
    expression: 'rootcause.fault.service { last and name = "payment" }',
    found: ['handledFault'],
  },
  {
    name: 'root is the service by which the request came in, first in the chain',
    expression: 'rootcause.fault.service { root and first and index = 0 and name = "gateway" }',
    found: ['handledFault', 'throttledTable', 'providerHangs'],
  },
  {
    name: 'no other service in the chain is root',
    expression: 'rootcause.fault.service { root and !first }',
    found: [],
  },
  {
    name: 'one link of the chain must satisfy the whole block',
    expression: 'rootcause.fault.service { first and last }',
    found: [],
  },
  {
    name: 'a throttled table is the root cause of an error',
    expression: 'rootcause.error.service { last and inferred and type = "AWS::DynamoDB::Table" }',
    found: ['throttledTable'],
  },
  {
    name: 'the chain of entities runs from the root’s segment to the inferred one',
    expression: 'rootcause.fault.entity { index = 6 and last and remote and name = "payment-provider" }',
    found: ['providerHangs'],
  },
  {
    name: 'an exception is found by its type',
    expression: 'rootcause.fault.exception { first and name = "TimeoutError" and message CONTAINS "3 s" }',
    found: ['providerHangs'],
  },
  {
    name: 'entities of faults have no coverage',
    expression: 'rootcause.fault.entity { coverage >= 0 }',
    found: [],
  },
  {
    name: 'a call that takes most of the time is the root cause of the response time',
    expression: 'rootcause.responsetime.service { last and name = "orders" }',
    found: ['slowTable'],
  },
  {
    name: 'a structure of three services matches chains of three services only',
    expression: 'rootcause.json = #[{ "Services": [{}, { "Name": "order" }, { "Inferred": true }] }]',
    found: ['slowTable', 'throttledTable', 'streamed', 'notStreamed'],
  },
  {
    name: 'every structure asked for must be there, of whichever kind',
    expression:
      'rootcause.json = #[{ "ClientImpacting": false }, { "Services": [{}, {}, { "Name": "payment", "Type": null }] }]',
    found: ['handledFault'],
  },
  {
    name: 'members that a root cause does not have match nothing',
    expression: 'json = #[{ "Services": [{ "toString": "x" }] }]',
    found: [],
  },
];

for (const { name, expression, found } of finds) {
  test(`${name}: ${expression}`, () => {
    const read = parseFilterExpression(expression);
    assert.deepEqual(all.filter((fixture) => matchesFilter(read, traceOf(fixture))).sort(), found.toSorted());
  });
}

test('the two spellings of API Gateway’s type are one, in documents and in filters', () => {
  const stage = (origin: string) => assembleDocument({ name: 'api/prod', origin });
  for (const sent of ['AWS::ApiGateway::Stage', 'AWS::APIGateway::Stage']) {
    for (const asked of ['AWS::ApiGateway::Stage', 'AWS::APIGateway::Stage']) {
      for (const filter of [`service(id(type: "${asked}"))`, `service() { type = "${asked}" }`]) {
        assert.equal(matchesFilter(parseFilterExpression(filter), stage(sent)), true, `${sent}: ${filter}`);
      }
    }
  }
});

/** A trace of one segment, as it is read from a document. */
function assembleDocument(more: object): Trace {
  const trace_id = '1-58406520-a006649127e371903a2de979';
  const text = JSON.stringify({ id: 'a000000000000000', trace_id, start_time: 1, end_time: 2, ...more });
  const result = parseSegmentDocument(text);
  assert.ok('accepted' in result);
  return assembleTrace(trace_id, result.accepted);
}

test('a block on a missing annotation is false both ways', () => {
  for (const operator of ['=', '!=']) {
    assert.equal(matchesFilter(parseFilterExpression(`user ${operator} "alice"`), web()), false);
    assert.equal(matchesFilter(parseFilterExpression(`annotation.a ${operator} 1`), web()), false);
  }
});

test('a comparison with what was not recorded holds for no operator', () => {
  for (const comparison of ['!= 1', '< 1', '<= 1', '> 1', '>= 1', '= 1']) {
    const silent = assembleDocument({ name: 'web' });
    const finds = (filter: string) => matchesFilter(parseFilterExpression(filter), silent);
    assert.equal(finds(`http.status ${comparison}`), false, comparison);
    assert.equal(finds(`service("web") { http.status ${comparison} }`), false, comparison);
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

test('the root causes of a trace’s own summary find it', () => {
  for (const fixture of all) {
    const trace = traceOf(fixture);
    const { FaultRootCauses, ErrorRootCauses, ResponseTimeRootCauses } = summarizeTrace(trace);
    const structure = JSON.stringify([...FaultRootCauses, ...ErrorRootCauses, ...ResponseTimeRootCauses]);
    assert.ok(matchesFilter(parseFilterExpression(`rootcause.json = #${structure}`), trace), fixture);
  }
});
