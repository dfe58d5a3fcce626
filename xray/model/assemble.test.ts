import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleTrace } from './assemble.ts';
import { documentsOf, fixtures, type FixtureName, noon, traceOf } from './fixtures/fixtures.ts';
import { serviceGraph } from './service-graph.ts';
import { summarizeTrace } from './summary.ts';
import type { Entity, IndependentSubsegment, Segment, SegmentDocument, Subsegment } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

const traceId = '1-58406520-a006649127e371903a2de979';
const segment = (id: string, more: Partial<Segment> = {}): Segment => ({
  id,
  name: id,
  trace_id: traceId,
  start_time: 10,
  end_time: 20,
  ...more,
});
const travelling = (
  id: string,
  parent_id: string,
  more: Partial<Subsegment> = {},
): IndependentSubsegment => ({
  id,
  name: id,
  type: 'subsegment',
  trace_id: traceId,
  parent_id,
  start_time: 11,
  end_time: 12,
  ...more,
});
const open = <Kind extends Entity>({ end_time: _, ...rest }: Kind) =>
  ({ ...rest, in_progress: true }) as Kind;

/** `a(b(d) c)`: the names of an entity and all inside it. */
function outline({ name, subsegments = [] }: Entity): string {
  return subsegments.length === 0 ? name : `${name}(${subsegments.map(outline).join(' ')})`;
}
const outlines = (documents: SegmentDocument[]) => {
  const trace = assembleTrace(traceId, documents);
  return { segments: trace.segments.map(outline), unattached: trace.unattached.map(outline) };
};

test('a complete segment replaces the one in progress, whichever comes first', () => {
  const complete = segment('a');
  for (const documents of [
    [open(complete), complete],
    [complete, open(complete)],
  ]) {
    const trace = assembleTrace(traceId, documents);
    assert.deepEqual(trace.segments, [complete]);
    assert.equal(trace.isPartial, false);
  }
});

test('a trace with anything open in it is partial', () => {
  const inner: Subsegment = { id: 'b', name: 'b', start_time: 11, in_progress: true };
  assert.equal(assembleTrace(traceId, [open(segment('a'))]).isPartial, true);
  assert.equal(
    assembleTrace(traceId, [open(segment('a', { subsegments: [inner] })), segment('c')]).isPartial,
    true,
  );
  assert.equal(traceOf('inProgress').isPartial, true);
  assert.equal(traceOf('completed').isPartial, false);
});

const attachments: {
  name: string;
  documents: SegmentDocument[];
  segments: string[];
  unattached: string[];
}[] = [
  {
    name: 'an independent subsegment hangs under its segment',
    documents: [segment('a'), travelling('b', 'a')],
    segments: ['a(b)'],
    unattached: [],
  },
  {
    name: 'independent subsegments nest, in whatever order they come',
    documents: [travelling('d', 'c'), travelling('c', 'b'), travelling('b', 'a'), segment('a')],
    segments: ['a(b(c(d)))'],
    unattached: [],
  },
  {
    name: 'an independent subsegment hangs under an embedded one, at any depth',
    documents: [
      segment('a', {
        subsegments: [
          {
            id: 'b',
            name: 'b',
            start_time: 11,
            end_time: 12,
            subsegments: [{ id: 'c', name: 'c', start_time: 11, end_time: 12 }],
          },
        ],
      }),
      travelling('d', 'c'),
    ],
    segments: ['a(b(c(d)))'],
    unattached: [],
  },
  {
    name: 'siblings stand in order of start',
    documents: [
      segment('a'),
      travelling('c', 'a', { start_time: 14 }),
      travelling('b', 'a', { start_time: 13 }),
    ],
    segments: ['a(b c)'],
    unattached: [],
  },
  {
    name: 'a subsegment without parent waits, with everything under it',
    documents: [segment('a'), travelling('c', 'b'), travelling('b', 'missing')],
    segments: ['a'],
    unattached: ['b(c)'],
  },
  {
    name: 'subsegments that name each other as parents are not lost',
    documents: [segment('a'), travelling('b', 'c'), travelling('c', 'b'), travelling('d', 'c')],
    segments: ['a'],
    unattached: ['b(c(d))'],
  },
  {
    name: 'a subsegment that names itself as parent is not lost',
    documents: [segment('a'), travelling('b', 'b')],
    segments: ['a'],
    unattached: ['b'],
  },
  {
    name: 'a subsegment that hangs under a part of itself is not lost, and was once walked for ever',
    documents: [
      segment('a'),
      travelling('b', 'c', { subsegments: [{ id: 'c', name: 'c', start_time: 11, end_time: 12 }] }),
    ],
    segments: ['a'],
    unattached: ['b(c)'],
  },
  {
    name: 'a subsegment that came both embedded and alone is there once',
    documents: [
      segment('a', { subsegments: [{ id: 'b', name: 'embedded', start_time: 11, end_time: 12 }] }),
      travelling('b', 'a', { name: 'alone' }),
    ],
    segments: ['a(alone)'],
    unattached: [],
  },
  {
    name: 'an open copy that travelled alone does not replace the finished embedded one',
    documents: [
      segment('a', { subsegments: [{ id: 'b', name: 'embedded', start_time: 11, end_time: 12 }] }),
      open(travelling('b', 'a', { name: 'alone' })),
    ],
    segments: ['a(embedded)'],
    unattached: [],
  },
];

for (const { name, documents, ...expected } of attachments) {
  test(name, () => {
    assert.deepEqual(outlines(documents), expected);
    assert.deepEqual(outlines(documents.toReversed()), expected, 'and in the opposite order');
  });
}

test('what waits keeps its address, and can be attached when its parent comes', () => {
  const late = travelling('b', 'a');
  const { unattached } = assembleTrace(traceId, [late]);
  assert.deepEqual(unattached, [late]);
  assert.deepEqual(outlines([...unattached, segment('a')]).segments, ['a(b)']);
});

test('a trace of waiting subsegments only has their times and no root', () => {
  const trace = traceOf('waiting');
  assert.equal(trace.root, undefined);
  assert.equal(trace.startTime, noon + 0.025);
  assert.equal(trace.endTime, noon + 0.36);
});

const roots = [
  {
    name: 'the root is the segment without parent',
    segments: [segment('b', { parent_id: 'x', start_time: 1 }), segment('a')],
    root: 'a',
  },
  {
    name: 'of two segments without parent the earlier is the root',
    segments: [segment('b', { start_time: 12 }), segment('a', { start_time: 11 })],
    root: 'a',
  },
  {
    name: 'where every segment has a parent, the one whose parent is unknown is the root',
    segments: [segment('b', { parent_id: 'a', start_time: 1 }), segment('a', { parent_id: 'x' })],
    root: 'a',
  },
  {
    name: 'segments in a circle have the earliest as root',
    segments: [segment('b', { parent_id: 'a' }), segment('a', { parent_id: 'b', start_time: 9 })],
    root: 'a',
  },
];
for (const { name, segments, root } of roots) {
  test(name, () => assert.equal(assembleTrace(traceId, segments).root?.id, root));
}

test('a trace lasts from its first start to its last end', () => {
  const late = segment('b', { parent_id: 'a', start_time: 15, end_time: 30 });
  const { startTime, endTime } = assembleTrace(traceId, [segment('a'), late]);
  assert.deepEqual({ startTime, endTime }, { startTime: 10, endTime: 30 });
});

test('revision and size limit are passed through; without a revision, documents are counted', () => {
  assert.equal(assembleTrace(traceId, [segment('a'), segment('a')]).revision, 2);
  const trace = assembleTrace(traceId, [segment('a')], { revision: 7, limitExceeded: true });
  assert.deepEqual([trace.revision, trace.limitExceeded], [7, true]);
});

test('documents are left as they were', () => {
  const documents = documentsOf('streamed');
  const before = structuredClone(documents);
  assembleTrace(traceId, documents);
  assert.deepEqual(documents, before);
});

test('a trace read from X-Ray and joined again is the same trace', () => {
  for (const name of Object.keys(fixtures) as FixtureName[]) {
    const trace = traceOf(name);
    const again = assembleTrace(trace.id, [...trace.segments, ...trace.unattached], {
      revision: trace.revision,
    });
    assert.deepEqual(again, trace, name);
  }
});

test('twenty thousand subsegments, each inside the one before, are no danger', () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => travelling(`s${i + 1}`, i === 0 ? 'a' : `s${i}`));
  const trace = assembleTrace(traceId, [...chain.toReversed(), segment('a')]);
  let count = 0;
  forEachEntity(trace.segments[0]!, () => count++);
  assert.equal(count, 20_001);
});

test('documents that are deep inside, hung under each other, are no danger', () => {
  let number = 0;
  const nested = (depth: number, innermost: string): Subsegment[] => {
    let inner: Subsegment = { id: innermost, name: 'x', start_time: 11, end_time: 12 };
    for (let i = 0; i < depth; i++) {
      inner = { id: `n${number++}`, name: 'x', start_time: 11, end_time: 12, subsegments: [inner] };
    }
    return [inner];
  };
  const depth = 900;
  const documents: SegmentDocument[] = [segment('a', { subsegments: nested(depth, 'k0') })];
  // Each replaces the innermost subsegment of the one before, and brings as much inside itself.
  for (let i = 0; i < 10; i++) {
    documents.push(travelling(`k${i}`, 'a', { end_time: 13, subsegments: nested(depth, `k${i + 1}`) }));
  }
  const trace = assembleTrace(traceId, documents);
  let count = 0;
  forEachEntity(trace.segments[0]!, () => count++);
  assert.equal(count, 11 * (depth + 1) + 1);
  assert.equal(summarizeTrace(trace).Duration, 10);
  const read = assembleTrace(traceId, trace.segments);
  assert.deepEqual(read.segments.length, 1, 'and read again, as clients do');
});

test('of a trace’s links the first hundred are kept', () => {
  const links = Array.from({ length: 20 }, () => ({ trace_id: traceId, id: 'x' }));
  const segments = Array.from({ length: 8 }, (_, i) => segment(`a${i}`, { start_time: 10 + i, links }));
  const kept = assembleTrace(traceId, segments).segments.map((one) => one.links?.length);
  assert.deepEqual(kept, [20, 20, 20, 20, 20, 0, 0, 0]);
});

// The two laws of assembly, for any tree of subsegments.

interface Plan {
  name: string;
  start: number;
  length: number;
  isCall: boolean;
  travels: boolean;
  inner: Plan[];
}
const planOf = (depth: number): fc.Arbitrary<Plan> =>
  fc.record({
    name: fc.constantFrom('DynamoDB', 'payment', 'step'),
    start: fc.integer({ min: 0, max: 5 }),
    length: fc.integer({ min: 0, max: 5 }),
    isCall: fc.boolean(),
    travels: fc.boolean(),
    inner: depth === 0 ? fc.constant([]) : fc.array(planOf(depth - 1), { maxLength: 3 }),
  });
const plan = planOf(3);

/** Writes a plan as documents: wholly embedded, or with the subsegments that travel on their own. */
function documentsFor(plans: readonly Plan[], streaming: boolean): SegmentDocument[] {
  const alone: SegmentDocument[] = [];
  let ids = 0;
  const subsegmentsOf = (parent: string, inner: readonly Plan[]): Subsegment[] =>
    inner.flatMap(({ name, start, length, isCall, travels, inner: innermost }) => {
      const id = String(++ids).padStart(16, '0');
      const subsegments = subsegmentsOf(id, innermost);
      const subsegment: Subsegment = {
        id,
        name,
        start_time: start,
        end_time: start + length,
        ...(isCall && { namespace: 'remote' }),
        ...(subsegments.length > 0 && { subsegments }),
      };
      if (!streaming || !travels) return [subsegment];
      alone.push({ ...subsegment, type: 'subsegment', trace_id: traceId, parent_id: parent });
      return [];
    });
  const subsegments = subsegmentsOf('root', plans);
  return [segment('root', subsegments.length > 0 ? { subsegments } : {}), ...alone];
}

test('it makes no difference whether a subsegment was embedded or travelled alone', () => {
  fc.assert(
    fc.property(fc.array(plan, { maxLength: 4 }), (plans) => {
      const embedded = assembleTrace(traceId, documentsFor(plans, false), { revision: 1 });
      const streamed = assembleTrace(traceId, documentsFor(plans, true), { revision: 1 });
      assert.deepEqual(streamed, embedded);
    }),
  );
  assert.deepEqual(
    traceOf('streamed').segments,
    assembleTrace(traceOf('streamed').id, withIdOfStreamed()).segments,
  );
});

const withIdOfStreamed = () => documentsOf('notStreamed');

test('it makes no difference in which order, or how often, documents arrive', () => {
  const any = fc.tuple(fc.array(plan, { maxLength: 4 }), fc.integer(), fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(any, ([plans, seed, times]) => {
      const documents = documentsFor(plans, true);
      const openToo = documents.filter((_, i) => (i + seed) % 2 === 0).map(open);
      const arrived = Array.from({ length: times }, () => [...documents, ...openToo]).flat();
      const expected = assembleTrace(traceId, documents, { revision: 1 });
      assert.deepEqual(assembleTrace(traceId, shuffled(arrived, seed), { revision: 1 }), expected);
    }),
  );
});

for (const name of [
  'checkout',
  'throttledTable',
  'providerHangs',
  'completed',
  'streamed',
  'inProgress',
  'waiting',
] as const) {
  test(`trace, summary and map of "${name}" do not depend on the order of arrival`, () => {
    const documents = documentsOf(name);
    const { id } = traceOf(name);
    const views = (ordered: SegmentDocument[]) => {
      const trace = assembleTrace(id, ordered);
      return { trace, summary: summarizeTrace(trace), map: serviceGraph([trace]) };
    };
    const expected = views(documents);
    for (let seed = 1; seed <= 10; seed++) assert.deepEqual(views(shuffled(documents, seed)), expected);
  });
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = (i: number) => Math.abs(Math.sin(seed + i) * 10_000) % 1;
  return items
    .map((item, i) => ({ item, place: random(i) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Documents as no tracing SDK sends them: a few ids, each anywhere, under anything, inside anything. */
const tangledIds = ['a', 'b', 'c', 'd'] as const;
const tangledInner = (depth: number): fc.Arbitrary<Subsegment> =>
  fc
    .record({
      id: fc.constantFrom(...tangledIds),
      start_time: fc.integer({ min: 0, max: 9 }),
      subsegments: fc.array(depth === 0 ? fc.constant(undefined as never) : tangledInner(depth - 1), {
        maxLength: depth === 0 ? 0 : 2,
      }),
    })
    .map((inner): Subsegment => ({ ...inner, name: inner.id, end_time: inner.start_time + 1 }));
const tangled = fc.array(
  fc
    .tuple(tangledInner(2), fc.option(fc.constantFrom(...tangledIds)))
    .map(([inner, parent_id]): SegmentDocument =>
      parent_id === null
        ? { ...inner, trace_id: traceId }
        : { ...inner, type: 'subsegment', trace_id: traceId, parent_id },
    ),
  { maxLength: 5 },
);

test('however documents are tangled, assembly ends and loses no subsegment that travelled', () => {
  fc.assert(
    fc.property(tangled, (documents) => {
      const { segments, unattached } = assembleTrace(traceId, documents);
      const found = new Set<string>();
      for (const top of [...segments, ...unattached]) forEachEntity(top, ({ id }) => found.add(id));
      for (const { id } of documents) assert.ok(found.has(id), id);
    }),
    { numRuns: 500 },
  );
});
