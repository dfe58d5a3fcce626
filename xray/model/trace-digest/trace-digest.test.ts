import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from '../assemble.ts';
import { digestFilter } from '../filter-expression/digest-matcher.ts';
import { exampleGroups, examples } from '../filter-expression/examples.fixture.ts';
import { matchesFilter, parseFilterExpression } from '../filter-expression/index.ts';
import { filterSteps } from '../filter-expression/matcher.ts';
import { arbitraryFilter, arbitraryTrace, arbitraryTraces } from '../fixtures/arbitrary-traces.ts';
import { type FixtureName, fixtures, noon, traceOf } from '../fixtures/fixtures.ts';
import { ServiceGraph, digestHasLinks, serviceGraph } from '../service-graph.ts';
import type { Segment, Trace } from '../vocabulary.ts';
import { DigestBlock } from './digest-block.ts';
import { digestOf, rowsPerDigest, traceFlags, wholeDigest } from './trace-digest.ts';

const fixtureNames = Object.keys(fixtures) as FixtureName[];

/** As a store keeps them: in bytes, read again. */
const kept = (traces: readonly Trace[]) => DigestBlock.read(DigestBlock.of(traces.map(digestOf)).bytes);

const faults = parseFilterExpression('fault');
const context = { groupFilter: (name: string) => (name === 'faults' ? faults : undefined) };

function answers(text: string, trace: Trace) {
  const expression = parseFilterExpression(text);
  return {
    digest: digestFilter(expression, context)(kept([trace]), 0),
    trace: matchesFilter(expression, trace, context),
  };
}

test('whatever trace and expression, a digest answers as its trace does, or that it cannot tell', () => {
  let told = 0;
  fc.assert(
    fc.property(arbitraryTrace, arbitraryFilter, (trace, text) => {
      const { digest, trace: expected } = answers(text, trace);
      if (digest !== undefined) told++;
      assert.ok(digest === undefined || digest === expected, `${text}: ${digest}, not ${expected}`);
    }),
    { numRuns: 3000 },
  );
  assert.ok(told > 1500, `a digest told only ${told} times of 3000`);
});

test('whatever trace and expression, an answer in steps is the answer in one go', () => {
  let pauses = 0;
  const answerOf = <Answer>(steps: Generator<void, Answer, void> | undefined, inOneGo: Answer): Answer => {
    if (steps === undefined) return inOneGo;
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      pauses++;
    }
  };
  fc.assert(
    fc.property(arbitraryTrace, arbitraryFilter, fc.nat({ max: 5 }), (trace, text, questions) => {
      const expression = parseFilterExpression(text);
      const block = kept([trace]);
      const filter = digestFilter(expression, context, questions);
      const ofDigest = digestFilter(expression, context)(block, 0);
      // Each is asked twice: what was remembered the first time must not change the second answer.
      for (const _ of [1, 2]) {
        assert.equal(answerOf(filter.inSteps(block, 0), ofDigest), ofDigest, text);
        assert.equal(filter(block, 0), ofDigest, text);
        const ofTrace = matchesFilter(expression, trace, context);
        assert.equal(answerOf(filterSteps(expression, context, questions)(trace), ofTrace), ofTrace, text);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(pauses > 3000, `${pauses} pauses`);
});

test('many terms of one keyword answer as each of them alone does', () => {
  const names = ['alice', 'bob', 'gateway', 'order', 'payment', 'A17', '/checkout', 'GET'];
  const term = fc.tuple(
    fc.constantFrom('user', 'http.url', 'name', 'type', 'http.method', 'annotation.orderId', 'resource.arn'),
    fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH'),
    fc.constantFrom(...names),
  );
  const block = fc.constantFrom(
    'service()',
    'service("order")',
    'edge(id(type: "client"), "gateway")',
    'edge("order", "payment")',
  );
  fc.assert(
    fc.property(
      arbitraryTraces,
      block,
      fc.array(term, { minLength: 8, maxLength: 20 }),
      (traces, around, terms) => {
        const inTrace = terms.filter(([keyword]) => keyword !== 'name' && keyword !== 'type');
        const inBlock = terms.filter(
          ([keyword]) =>
            !(around.startsWith('edge') && ['user', 'name', 'type', 'resource.arn'].includes(keyword)),
        );
        const texts = [
          ...inTrace.map(([keyword, operator, value]) => `${keyword} ${operator} "${value}"`),
          ...inBlock.map(([keyword, operator, value]) => `${around} { ${keyword} ${operator} "${value}" }`),
        ];
        if (texts.length === 0) return;
        const digests = kept(traces);
        const together = digestFilter(parseFilterExpression(texts.join(' OR ')));
        const alone = texts.map((text) => digestFilter(parseFilterExpression(text)));
        for (const [slot, trace] of traces.entries()) {
          const each = alone.map((filter) => filter(digests, slot));
          const expected = each.includes(true) ? true : each.includes(undefined) ? undefined : false;
          assert.equal(together(digests, slot), expected, texts.join(' OR '));
          const ofTrace = texts.some((text) => matchesFilter(parseFilterExpression(text), trace));
          assert.equal(matchesFilter(parseFilterExpression(texts.join(' OR ')), trace), ofTrace);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('digests answer as traces do for AWS’s own examples, and alone for most of them', () => {
  let alone = 0;
  for (const { expression, yes, no } of examples) {
    const read = parseFilterExpression(expression);
    const inGroups = { groupFilter: (name: string) => parseFilterExpression(exampleGroups[name]!) };
    const [ofYes, ofNo] = [yes, no].map((trace) => digestFilter(read, inGroups)(kept([trace]), 0));
    assert.notEqual(ofYes, false, expression);
    assert.notEqual(ofNo, true, expression);
    if (ofYes === true && ofNo === false) alone++;
  }
  assert.ok(alone > examples.length / 2, `alone for ${alone} of ${examples.length}`);
});

const tellable = [
  'ok AND !fault',
  'responsetime > 1 OR duration >= 2',
  'http.url CONTAINS "checkout"',
  'http.status = 500 AND http.method = "GET"',
  'partial OR inferred',
  'annotation.orderId = "A17"',
  'user = "alice"',
  'service("payment") { fault }',
  'service(id(type: "AWS::DynamoDB::Table")) { responsetime > 0.1 }',
  'edge("order", "payment") { responsetime > 1 }',
  'service("order") { annotation.items > 2 }',
  'resource.arn BEGINSWITH "arn" OR instance.id OR availabilityzone',
];

for (const text of tellable) {
  test(`no trace is needed for: ${text}`, () => {
    for (const name of fixtureNames) assert.notEqual(answers(text, traceOf(name)).digest, undefined, name);
  });
}

test('a digest that cannot tell does not hide the part that decides', () => {
  const trace = traceOf('checkout');
  const unknown = 'rootcause.responsetime.entity { coverage > 0.5 }';
  assert.equal(answers(unknown, trace).digest, undefined);
  assert.equal(answers(`${unknown} AND annotation.orderId = "nobody"`, trace).digest, false);
  assert.equal(answers(`${unknown} OR annotation.orderId = "A17"`, trace).digest, true);
  assert.equal(answers(`!(${unknown})`, trace).digest, undefined);
});

test('root causes of failures are only looked for where something failed', () => {
  assert.equal(answers('rootcause.fault.service { name }', traceOf('checkout')).digest, false);
  assert.equal(answers('rootcause.fault.service { name }', traceOf('handledFault')).digest, undefined);
});

const withoutSums = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'TotalResponseTime' ? undefined : inner)));

test('the service graph of kept digests is the service graph of their traces', () => {
  fc.assert(
    fc.property(arbitraryTraces, fc.integer({ min: noon, max: noon + 60 }), (traces, now) => {
      const block = kept(traces);
      const graph = new ServiceGraph(now);
      const linking: Trace[] = [];
      traces.forEach((trace, slot) => {
        if (block.traceFlags[slot]! & traceFlags.opaque) graph.addTrace(trace);
        else graph.add(block, slot);
        if (digestHasLinks(block, slot)) linking.push(trace);
      });
      graph.addLinks(linking, (id) => traces.find((trace) => trace.id === id));
      assert.deepEqual(withoutSums(graph.services()), withoutSums(serviceGraph(traces, undefined, now)));
    }),
    { numRuns: 500 },
  );
});

test('what was packed comes out as it went in, empty slots included', () => {
  fc.assert(
    fc.property(fc.array(fc.option(arbitraryTrace, { nil: undefined }), { maxLength: 5 }), (traces) => {
      const digests = traces.map((trace) => (trace && trace.revision > 0 ? digestOf(trace) : undefined));
      const block = DigestBlock.read(DigestBlock.of(digests).bytes);
      digests.forEach((digest, slot) => {
        const again = block.digest(slot);
        if (digest === undefined || (digest.flags & traceFlags.opaque) === 0) assert.deepEqual(again, digest);
        else assert.equal(again?.flags, digest.flags);
      });
      const repacked = DigestBlock.of(digests.map((_, slot) => block.digest(slot)));
      assert.deepEqual([...repacked.startTime], [...block.startTime]);
    }),
  );
});

test('a trace of thousands of segments is asked itself, and drawn all the same', () => {
  const trace_id = '1-58406520-a006649127e371903a2de979';
  const segments = Array.from({ length: rowsPerDigest + 1 }, (_, index): Segment => ({
    id: index.toString(16).padStart(16, '0'),
    trace_id,
    name: 'web',
    start_time: noon,
    end_time: noon + 1,
  }));
  const trace = assembleTrace(trace_id, segments);
  assert.equal(digestOf(trace).flags & traceFlags.opaque, traceFlags.opaque);
  assert.equal(answers('service("web")', trace).digest, undefined);
  assert.equal(wholeDigest(trace).segments.length, rowsPerDigest + 1);
  const [, web] = serviceGraph([trace]);
  assert.equal(web?.SummaryStatistics.TotalCount, rowsPerDigest + 1);
});

test('half of a character, which no file can keep, is not lost: the trace is asked itself', () => {
  const [gateway] = traceOf('checkout').segments;
  const trace = assembleTrace('t', [{ ...gateway!, annotations: { half: '\ud83d' } }]);
  assert.equal(answers('annotation.half = "x"', trace).digest, undefined);
});

test('a block of another version is refused, so that its digests are made anew', () => {
  const { bytes } = kept([traceOf('checkout')]);
  bytes[0] = 200;
  assert.throws(() => DigestBlock.read(bytes), /version/);
});
