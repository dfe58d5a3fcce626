import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from './assemble.ts';
import { type FixtureName, fixtures, traceOf } from './fixtures/fixtures.ts';
import { flattenRows, traceTree, type TraceTreeRow, type TreeArrangement } from './trace-tree.ts';
import type { Entity, Trace } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

/** The rows as one reads them: indented names, `*` on segments, `+` on inferred ones, `?` on orphans. */
const drawing = (trace: Trace, arrangement?: TreeArrangement): string[] =>
  flattenRows(traceTree(trace, arrangement)).map(({ entity, segment, depth, orphan }) => {
    const kind = entity !== segment ? '' : segment.inferred ? '+' : '*';
    return `${'  '.repeat(depth)}${entity.name}${kind}${orphan ? '?' : ''}`;
  });

const drawings: { name: string; fixture: FixtureName; arrangement?: TreeArrangement; expected: string[] }[] =
  [
    {
      name: 'segments hang under the subsegment that called them',
      fixture: 'checkout',
      expected: [
        'gateway*',
        '  order',
        '    order*',
        '      DynamoDB',
        '        DynamoDB+',
        '      payment',
        '        payment*',
        '          payment-provider',
        '            payment-provider+',
      ],
    },
    {
      name: 'by segment, every segment is a row at the top',
      fixture: 'checkout',
      arrangement: 'by-segment',
      expected: [
        'gateway*',
        '  order',
        'order*',
        '  DynamoDB',
        '  payment',
        'DynamoDB+',
        'payment*',
        '  payment-provider',
        'payment-provider+',
      ],
    },
    {
      name: 'a segment whose caller is not here is an orphan at the top',
      fixture: 'orphan',
      expected: ['order*?', '  DynamoDB', '    DynamoDB+'],
    },
    {
      name: 'subsegments whose segment is not here are orphans at the top',
      fixture: 'waiting',
      expected: ['reserve?', '  DynamoDB', 'payment?'],
    },
    {
      name: 'a function hangs under the segment of its service',
      fixture: 'consumer',
      expected: ['notify*', '  notify*'],
    },
  ];

for (const { name, fixture, arrangement, expected } of drawings) {
  test(name, () => assert.deepEqual(drawing(traceOf(fixture), arrangement), expected));
}

test('a row knows its status, its offset and its duration', () => {
  const row = flattenRows(traceTree(traceOf('throttledTable'))).find(
    ({ entity }) => entity.name === 'DynamoDB',
  )!;
  assert.equal(row.status, 'fault');
  assert.equal(row.offsetSeconds.toFixed(3), '0.030');
  assert.equal(row.durationSeconds.toFixed(3), '0.020');
  assert.equal(row.segment?.name, 'order');
});

test('calls are told from own work', () => {
  const rows = flattenRows(traceTree(traceOf('notStreamed')));
  const calls = rows.filter(({ isCall }) => isCall).map(({ entity }) => entity.name);
  assert.deepEqual(calls, ['order', 'DynamoDB', 'payment']);
});

test('what is in progress is pending, and drawn to the end of the trace', () => {
  const row = flattenRows(traceTree(traceOf('inProgress'))).find(
    ({ entity, segment }) => entity === segment && entity.name === 'order',
  )!;
  assert.equal(row.status, 'pending');
  assert.equal(row.durationSeconds.toFixed(3), '0.392');
});

test('segments that call each other in a circle are all there', () => {
  const trace_id = '1-58406520-a006649127e371903a2de979';
  const segment = (id: string, parent_id: string) => ({
    id,
    name: id,
    trace_id,
    parent_id,
    start_time: 1,
    end_time: 2,
  });
  const trace = assembleTrace(trace_id, [segment('a', 'b'), segment('b', 'a')]);
  assert.deepEqual(drawing(trace), ['a*?', '  b*']);
});

test('whatever arrived of a trace, every entity is in the tree exactly once, one deeper than its parent', () => {
  const partly = fc
    .constantFrom(...(Object.keys(fixtures) as FixtureName[]))
    .chain((name) =>
      fc.subarray([...traceOf(name).segments]).map((segments) => ({ ...traceOf(name), segments })),
    );
  const deepening = (row: TraceTreeRow): boolean =>
    row.children.every((child) => child.depth === row.depth + 1 && deepening(child));
  fc.assert(
    fc.property(partly, fc.constantFrom<TreeArrangement>('by-caller', 'by-segment'), (trace, arrangement) => {
      const entities: Entity[] = [];
      for (const top of [...trace.segments, ...trace.unattached]) forEachEntity(top, (e) => entities.push(e));
      const rows = traceTree(trace, arrangement);
      const drawn = flattenRows(rows).map(({ entity }) => entity);
      assert.equal(drawn.length, entities.length);
      assert.deepEqual(new Set(drawn), new Set(entities));
      assert.ok(rows.every((row) => row.depth === 0 && deepening(row)));
    }),
  );
});
