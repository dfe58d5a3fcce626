import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assembleTrace, traceTree } from '@xray-lab/xray/model';
import type { Segment, SegmentDocument, Status, Subsegment, Trace } from '@xray-lab/xray/model';
import {
  ancestorsOf,
  barIn,
  everyNode,
  findIn,
  foldInferred,
  keyed,
  notices,
  overviewBars,
  parentsOf,
  rowKeys,
  rowSentence,
  shifted,
  slowestPath,
  treeMove,
  visibleRows,
  wholeView,
  zoomed,
  type ViewNode,
} from './rows.ts';

/**
 * gateway 0 … 412 ms, fault
 * └─ order 10 … 400 ms, fault
 *    ├─ inventory 20 … 81 ms, ok
 *    └─ payment 82 … 120 ms, throttle 429
 */
const node = (
  name: string,
  [start, end]: [number, number | undefined],
  status: Status,
  children: ViewNode[] = [],
  more: Partial<Subsegment> = {},
): ViewNode => {
  const entity = {
    id: name,
    trace_id: '1-0-0',
    name,
    start_time: 100 + start,
    ...(end === undefined ? {} : { end_time: 100 + end }),
    ...more,
  };
  return {
    key: name,
    entity,
    segment: entity as Segment,
    depth: 0,
    children,
    status,
    offsetSeconds: start,
    durationSeconds: (end ?? start) - start,
    orphan: false,
    isCall: false,
  };
};
const payment = node('payment', [0.082, 0.12], 'throttle', [], {
  http: { request: { method: 'POST', url: 'http://payment/charge' }, response: { status: 429 } },
});
const tree = [
  node('gateway', [0, 0.412], 'fault', [
    node('order', [0.01, 0.4], 'fault', [node('inventory', [0.02, 0.081], 'ok'), payment]),
  ]),
];
const none = new Set<string>();
const keysOf = (forest: ViewNode[]) =>
  new Map([...everyNode(forest)].map(({ entity, key }) => [entity, key]));
const names = (rows: { name: string }[]) => rows.map(({ name }) => name);

test('rows are listed parents first', () =>
  assert.deepEqual(names(visibleRows(tree, none)), ['gateway', 'order', 'inventory', 'payment']));

test('a row says everything in one sentence', () => {
  assert.equal(
    rowSentence(visibleRows(tree, none)[3]!),
    'payment, POST /charge, 38 ms, throttle 429, starts at 82 milliseconds, level 3',
  );
});

test('a collapsed parent keeps the worst of what it hides', () => {
  const [gateway, order] = visibleRows(tree, new Set(['order']));
  assert.equal(gateway?.hidden, undefined);
  assert.deepEqual(order?.hidden, { status: 'throttle', count: 1 });
});

test('levels, positions and sibling counts are those of ARIA, from one', () => {
  const row = visibleRows(tree, none)[3]!;
  assert.deepEqual([row.level, row.position, row.siblings], [3, 2, 2]);
});

test('showing matches only keeps the ancestors', () => {
  const keep = new Set(['payment', ...ancestorsOf(tree, ['payment'])]);
  assert.deepEqual(names(visibleRows(tree, none, keep)), ['gateway', 'order', 'payment']);
});

const moves = [
  ['ArrowDown', 'gateway', { focus: 'order' }],
  ['ArrowUp', 'gateway', undefined],
  ['End', 'gateway', { focus: 'payment' }],
  ['PageUp', 'payment', { focus: 'gateway' }],
  ['ArrowRight', 'order', { focus: 'inventory' }],
  ['ArrowRight', 'payment', undefined],
  ['ArrowLeft', 'payment', { focus: 'order' }],
  ['ArrowLeft', 'order', { collapse: ['order'] }],
  ['*', 'gateway', { expand: ['gateway'] }],
] as const;

for (const [key, from, expected] of moves) {
  test(`${key} on ${from}`, () => assert.deepEqual(treeMove(visibleRows(tree, none), from, key), expected));
}

test('ArrowRight opens a closed row before it enters it', () => {
  assert.deepEqual(treeMove(visibleRows(tree, new Set(['order'])), 'order', 'ArrowRight'), {
    expand: ['order'],
  });
});

test('an inferred segment is folded into the call it was made from', () => {
  const inferred = node('orders', [0.02, 0.03], 'ok', [], { inferred: true } as Partial<Subsegment>);
  const call = { ...node('DynamoDB', [0.02, 0.03], 'ok', [inferred]), isCall: true };
  assert.deepEqual(names(visibleRows(foldInferred([call], keysOf([call])), none)), ['DynamoDB']);
  const step = { ...call, isCall: false };
  assert.deepEqual(names(visibleRows(foldInferred([step], keysOf([step])), none)), ['DynamoDB', 'orders']);
});

test('the slowest path goes into the longest child', () =>
  assert.deepEqual([...slowestPath(tree)], ['gateway', 'order', 'inventory']));

test('pills and search find ids in the order of the tree', () => {
  assert.deepEqual(findIn(tree, '', 'faults'), ['gateway', 'order']);
  assert.deepEqual(findIn(tree, '/charge', undefined), ['payment']);
  assert.deepEqual(findIn(tree, '', undefined), []);
});

const trace = { limitExceeded: false } as Trace;

test('a quiet trace has no notices', () => assert.deepEqual(notices(trace, tree), []));

test('an orphan, an open segment, skewed clocks and a full trace are each explained', () => {
  const early = node('payment', [0.082, undefined], 'pending');
  const parent = node('order', [0.096, 0.4], 'ok', [early]);
  const kinds = notices({ ...trace, limitExceeded: true }, [{ ...parent, orphan: true }]).map(
    ({ kind }) => kind,
  );
  assert.deepEqual(kinds, ['orphan', 'in-progress', 'skew', 'limit']);
  const skew = notices(trace, [parent]).find(({ kind }) => kind === 'skew');
  assert.match(skew?.text ?? '', /payment starts 14 ms before/);
});

test('a bar is placed in the view, cut at its edges, and absent outside', () => {
  const view = { from: 1, to: 2 };
  assert.deepEqual(barIn(view, { offset: 0.5, seconds: 1, inProgress: false }), {
    left: 0,
    width: 50,
    end: 50,
  });
  assert.equal(barIn(view, { offset: 3, seconds: 1, inProgress: false }), undefined);
});

test('zoom and pan stay inside the trace', () => {
  const whole = { from: 0, to: 1 };
  assert.deepEqual(zoomed(whole, 2, whole), { from: 0.25, to: 0.75 });
  assert.deepEqual(zoomed({ from: 0.25, to: 0.75 }, 0.1, whole), whole);
  assert.deepEqual(shifted({ from: 0.5, to: 1 }, 0.5, whole), { from: 0.5, to: 1 });
});

test('the overview gives few rows a line each, and draws many in forty lines without losing a problem', () => {
  assert.equal(overviewBars(visibleRows(tree, none)).bars.length, 4);
  const many = Array.from({ length: 5000 }, (_, i) =>
    node(`call-${i}`, [i, i + 1], i === 4321 ? 'fault' : 'ok'),
  );
  const { lanes, bars } = overviewBars(visibleRows(many, none));
  assert.deepEqual([lanes, bars.length], [40, 41]);
  assert.deepEqual(bars.at(-1), { lane: 34, from: 4321, to: 4322, status: 'fault' });
  assert.deepEqual(bars[0], { lane: 0, from: 0, to: 125, status: 'ok' });
});

/** What the page makes of documents: rows in both arrangements. */
function rowsOf(documents: SegmentDocument[], collapsed: ReadonlySet<string> = none) {
  const whole = assembleTrace('1-58406520-a006649127e371903a2de979', documents);
  const keys = rowKeys(whole);
  const byCaller = foldInferred(traceTree(whole, 'by-caller'), keys);
  return {
    byCaller,
    rows: visibleRows(byCaller, collapsed),
    bySegment: visibleRows(keyed(traceTree(whole, 'by-segment'), keys), collapsed),
  };
}
const document = (more: Partial<Segment>): Segment => ({
  id: '1111111111111111',
  name: 'gateway',
  trace_id: '1-58406520-a006649127e371903a2de979',
  start_time: 10,
  end_time: 20,
  ...more,
});
const inner = (id: string, name: string, subsegments?: Subsegment[]): Subsegment => ({
  id,
  name,
  start_time: 11,
  end_time: 12,
  ...(subsegments && { subsegments }),
});
const twin = '2222222222222222';

const repeated: { name: string; documents: SegmentDocument[]; keys: string[] }[] = [
  {
    name: 'two subsegments with one id',
    documents: [document({ subsegments: [inner(twin, 'a'), inner(twin, 'b')] })],
    keys: ['1111111111111111', twin, `${twin}·2`],
  },
  {
    name: 'a subsegment with the id of its segment',
    documents: [document({ subsegments: [inner('1111111111111111', 'a')] })],
    keys: ['1111111111111111', '1111111111111111·2'],
  },
  {
    name: 'subsegments with one id in two segments, one inside another with the same id',
    documents: [
      document({ subsegments: [inner(twin, 'a', [inner(twin, 'b')])] }),
      document({ id: '3333333333333333', name: 'order', start_time: 15, subsegments: [inner(twin, 'c')] }),
    ],
    keys: ['1111111111111111', twin, `${twin}·2`, '3333333333333333', `${twin}·3`],
  },
];

for (const { name, documents, keys } of repeated) {
  test(`${name} are rows of their own, with the same keys in both arrangements`, () => {
    const { rows, bySegment } = rowsOf(documents);
    assert.deepEqual(rows.map(({ key }) => key).toSorted(), keys.toSorted());
    assert.deepEqual(
      bySegment.map(({ key, name: of }) => [key, of]).toSorted(),
      rows.map(({ key, name: of }) => [key, of]).toSorted(),
    );
    assert.equal(rows.filter(({ isSegment }) => isSegment).length, documents.length);
  });
}

test('of two subsegments with one id, one is closed, found and reached without the other', () => {
  const documents = [
    document({
      subsegments: [
        inner(twin, 'a', [inner('4444444444444444', 'in a')]),
        inner(twin, 'b', [inner('5555555555555555', 'in b')]),
      ],
    }),
  ];
  const { byCaller, rows } = rowsOf(documents);
  const second = rows.find(({ name }) => name === 'b')!.key;
  assert.deepEqual(names(visibleRows(byCaller, new Set([second]))), ['gateway', 'a', 'in a', 'b']);
  assert.deepEqual(findIn(byCaller, 'in b', undefined), ['5555555555555555']);
  assert.deepEqual(ancestorsOf(byCaller, ['5555555555555555']), [second, '1111111111111111']);
  assert.deepEqual(parentsOf(byCaller).length, 3);
  assert.deepEqual(treeMove(rows, twin, 'End'), { focus: '5555555555555555' });
});

test('five thousand subsegments, each inside the one before, are listed, folded and searched', () => {
  const depth = 5000;
  const id = (at: number) => at.toString(16).padStart(16, '0');
  const chain = Array.from({ length: depth }, (_, at) => ({
    ...inner(id(at + 2), `step ${at}`),
    type: 'subsegment' as const,
    trace_id: '1-58406520-a006649127e371903a2de979',
    parent_id: id(at + 1),
  }));
  const started = performance.now();
  const { byCaller, rows } = rowsOf([document({ id: id(1) }), ...chain]);
  assert.equal(rows.length, depth + 1);
  assert.equal(rows.at(-1)!.level, depth + 1);
  assert.equal(ancestorsOf(byCaller, [rows.at(-1)!.key]).length, depth);
  assert.equal(slowestPath(byCaller).size, depth + 1);
  assert.deepEqual(wholeView(byCaller), { from: 0, to: 10.2 });
  assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
});
