import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseFilterExpression, type Segment } from '@xray-lab/xray/model';
import { annotationFacts, exceptionFacts, identityFacts, resourceFacts, responseFacts } from './facts.ts';

const segment: Segment = {
  id: '70de5b6f19ff9a0a',
  trace_id: '1-581cf771-a006649127e371903a2de979',
  parent_id: '53995c3f42cd8ad8',
  name: 'payment',
  start_time: 1478293361.271,
  end_time: 1478293361.449,
  fault: true,
  origin: 'AWS::ECS::Container',
  http: { response: { status: 502, content_length: '2048' } },
  aws: { xray: { sdk: 'X-Ray for Node.js', rule_name: 'lab-everything' }, ecs: { container: 'payment' } },
  annotations: { orderId: 'A"17', items: 3, express: true },
};

const valueOf = (facts: { name: string; value: string }[], name: string) =>
  facts.find((fact) => fact.name === name)?.value;

test('the overview links the parent and names the rule that sampled the request', () => {
  const facts = identityFacts(segment, true);
  assert.equal(facts.find(({ name }) => name === 'Parent id')?.link, '53995c3f42cd8ad8');
  assert.equal(valueOf(facts, 'Sampling rule'), 'lab-everything');
  assert.equal(valueOf(facts, 'Duration'), '178 ms');
  assert.equal(valueOf(facts, 'Flags'), 'fault');
});

test('a length that an SDK sent as text still reads as bytes', () =>
  assert.equal(valueOf(responseFacts(segment), 'Length'), '2.0 KB'));

test('resources are flattened to dotted names', () => {
  assert.deepEqual(
    resourceFacts(segment).map(({ name }) => name),
    ['xray.sdk', 'xray.rule_name', 'ecs.container'],
  );
});

test('an annotation becomes a filter of its own type', () => {
  assert.deepEqual(
    annotationFacts(segment).map(({ filter }) => filter),
    ['annotation.orderId = "A\\"17"', 'annotation.items = 3', 'annotation.express = true'],
  );
});

test('an exception that was recorded further in is found there', () => {
  assert.equal(exceptionFacts({ ...segment, cause: { id: 'abc', exceptions: [] } }).recordedIn, 'abc');
  assert.equal(exceptionFacts({ ...segment, cause: 'abc' }).recordedIn, 'abc');
  const own = exceptionFacts({ ...segment, cause: { id: 'abc', exceptions: [{ id: 'x', message: 'no' }] } });
  assert.deepEqual([own.exceptions.length, own.recordedIn], [1, undefined]);
});

for (const key of ['orderId', 'order.id', 'aws:api_id', '2nd', 'constructor']) {
  test(`the filter by annotation ${key} is one that X-Ray reads`, () => {
    const [fact] = annotationFacts({ ...segment, annotations: { [key]: 'v' } });
    assert.doesNotThrow(() => parseFilterExpression(fact!.filter!), fact!.filter);
  });
}

test('a value that fits into no address is not offered as a filter', () => {
  const filterOf = (length: number) =>
    annotationFacts({ ...segment, annotations: { long: 'x'.repeat(length) } })[0]!.filter;
  assert.equal(typeof filterOf(1000), 'string');
  assert.deepEqual([filterOf(1001), filterOf(65_000)], [undefined, undefined]);
});
