import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detection } from './detection.ts';
import { advance, newDetector, type Change, type DetectorState } from './detector.ts';
import { emptyInterval, type Interval } from './interval.ts';

const { intervalSeconds, quietIntervals, sustainedIntervals, windowIntervals } = detection;

const service = (Name: string) => ({ Name, Names: [Name] });

/** An interval in which the faults of `by` began where it says, and clients saw all of them. */
function interval(requests: number, by: Record<string, number>): Interval {
  const faults = Object.values(by).reduce((sum, one) => sum + one, 0);
  const made = emptyInterval(0);
  made.clients = { faults, oks: requests - faults, requests };
  for (const [name, count] of Object.entries(by)) {
    const key = `${name}\n`;
    const impact = { faults: count, oks: requests - count, requests };
    made.services[key] = { id: service(name), impact };
    if (count === 0) continue;
    const front = { id: service('front'), faults: count };
    made.causes[key] = {
      id: service(name),
      requests: count,
      affected: { [key]: { id: service(name), faults: count }, 'front\n': front },
    };
  }
  return made;
}

/** Runs intervals one after the other; through JSON each time, as between two runs of the API. */
function run(intervals: readonly Interval[], from: DetectorState = newDetector(0)) {
  let state = from;
  let names = 0;
  const changes: (Change & { at: number })[] = [];
  for (const one of intervals) {
    const at = state.next;
    const next = advance(JSON.parse(JSON.stringify(state)) as DetectorState, { ...one, start: at }, () =>
      String(++names),
    );
    state = next.state;
    changes.push(...next.changes.map((change) => ({ ...change, at })));
  }
  return { state, changes, opened: changes.filter(({ kind }) => kind === 'opened') };
}

const times = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value);
const healthy = interval(30, {});
const broken = interval(30, { payment: 15 });

test('half of the requests failing opens an insight that names where the faults began', () => {
  const { opened, state } = run([...times(6, healthy), ...times(3, broken)]);
  assert.equal(opened.length, 1);
  const { insight, at } = opened[0]!;
  assert.equal(insight.service.Name, 'payment');
  assert.equal(insight.start, 60);
  assert.equal(at, 60 + (sustainedIntervals - 1) * intervalSeconds);
  assert.deepEqual(state.open[0]!.clients, { faults: 45, oks: 45, requests: 90 });
  assert.deepEqual(
    Object.values(state.open[0]!.affected).map(({ id, faults }) => [id.Name, faults]),
    [
      ['payment', 45],
      ['front', 45],
    ],
  );
});

test('it is closed when the faults have stayed away for some intervals, with the end of the trouble', () => {
  const { changes, state } = run([
    ...times(6, healthy),
    ...times(4, broken),
    ...times(quietIntervals, healthy),
  ]);
  const closed = changes.find(({ kind }) => kind === 'closed')!;
  assert.equal(closed.insight.end, 100);
  assert.deepEqual(closed.insight.clients, { faults: 60, oks: 60, requests: 120 });
  assert.equal(closed.at, 100 + (quietIntervals - 1) * intervalSeconds);
  assert.deepEqual(state.open, []);
});

test('it is closed when requests cease', () => {
  const { changes } = run([
    ...times(6, healthy),
    ...times(3, broken),
    ...times(quietIntervals, interval(0, {})),
  ]);
  assert.equal(changes.at(-1)?.kind, 'closed');
});

test('a pause shorter than the quiet time belongs to the insight', () => {
  const pause = times(quietIntervals - 1, healthy);
  const { opened, state } = run([...times(6, healthy), ...times(3, broken), ...pause, broken]);
  assert.equal(opened.length, 1);
  assert.deepEqual(state.open[0]!.clients, { faults: 60, oks: 60 + 150, requests: 120 + 150 });
});

test('trouble that comes back after the insight was closed is a new insight', () => {
  const spell = [...times(3, broken), ...times(quietIntervals, healthy)];
  const { opened } = run([...times(6, healthy), ...spell, ...spell]);
  assert.deepEqual(
    opened.map(({ insight }) => insight.id),
    ['1', '2'],
  );
});

test('long trouble does not become the expected', () => {
  const { state, changes } = run([...times(6, healthy), ...times(3 * detection.baselineIntervals, broken)]);
  assert.equal(state.open.length, 1);
  assert.equal(
    changes.some(({ kind }) => kind === 'closed'),
    false,
  );
});

test('another service that begins to fail meanwhile has an insight of its own', () => {
  const both = interval(30, { payment: 15, stock: 10 });
  const { opened, state } = run([...times(6, healthy), ...times(5, broken), ...times(3, both)]);
  assert.deepEqual(
    opened.map(({ insight }) => insight.service.Name),
    ['payment', 'stock'],
  );
  assert.equal(state.open.length, 2);
});

test('faults that begin in many places at once are one insight, which names the most frequent', () => {
  const places = Object.fromEntries(Array.from({ length: 24 }, (_, place) => [`s${place}`, 1]));
  const scattered = interval(40, { ...places, s7: 2 });
  const { opened } = run([...times(10, interval(40, {})), ...times(3, scattered)]);
  assert.deepEqual(
    opened.map(({ insight }) => [insight.service.Name, insight.series.of]),
    [['s7', 'clients']],
  );
});

test('events: opened, one each minute, one when another service is drawn in, closed', () => {
  const more = structuredClone(broken);
  more.causes['payment\n']!.affected['order\n'] = { id: service('order'), faults: 15 };
  const { changes } = run([
    ...times(6, healthy),
    ...times(2 + detection.intervalsPerEvent, broken),
    more,
    ...times(quietIntervals, healthy),
  ]);
  assert.deepEqual(
    changes.filter(({ event }) => event).map(({ kind, at }) => [kind, at]),
    [
      ['opened', 70],
      ['continued', 70 + detection.intervalsPerEvent * intervalSeconds],
      ['continued', 80 + detection.intervalsPerEvent * intervalSeconds],
      ['closed', 80 + (detection.intervalsPerEvent + quietIntervals) * intervalSeconds],
    ],
  );
});

const nothing = [
  { name: 'one fault in three requests', intervals: [...times(10, healthy), interval(3, { payment: 1 })] },
  {
    name: 'one burst, however bad, between good intervals',
    intervals: [...times(10, healthy), interval(60, { payment: 60 }), ...times(10, healthy)],
  },
  {
    name: 'a group whose first requests all fail, since that is then what is normal for it',
    intervals: times(30, interval(20, { payment: 20 })),
  },
  { name: 'a steady two percent', intervals: times(60, interval(100, { payment: 2 })) },
  {
    name: 'faults in a rhythm that has always been there',
    intervals: times(20, [interval(200, {}), interval(200, { payment: 80 })]).flat(),
  },
  { name: 'a group without requests', intervals: times(30, interval(0, {})) },
];
for (const { name, intervals } of nothing) {
  test(`no insight: ${name}`, () => assert.deepEqual(run(intervals).changes, []));
}

/** Requests of some intervals, and how many of them fail at a share that never changes, to the nearest request. */
const atShare = (share: number, counts: readonly number[]) => {
  let requests = 0;
  let faults = 0;
  return counts.map((count) => {
    requests += count;
    const due = Math.round(requests * share) - faults;
    faults += due;
    return interval(count, { payment: Math.max(0, Math.min(count, due)) });
  });
};
const share = fc.double({ min: 0, max: 1, noNaN: true });
const counts = (min: number, length: { minLength: number; maxLength: number }) =>
  fc.array(fc.integer({ min, max: 400 }), length);

test('property: a constant share opens nothing, whatever it is and however much traffic changes', () => {
  fc.assert(
    fc.property(share, counts(0, { minLength: 1, maxLength: 100 }), (constant, requests) => {
      assert.deepEqual(run(atShare(constant, requests)).changes, []);
    }),
    { numRuns: 300 },
  );
});

test('property: a jump by half always opens, within the window; its return always closes, and no count ever shrinks', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.4, noNaN: true }),
      counts(20, { minLength: 8, maxLength: 60 }),
      counts(20, { minLength: windowIntervals, maxLength: 30 }),
      counts(20, { minLength: 2 * quietIntervals, maxLength: 3 * quietIntervals }),
      (base, before, during, after) => {
        const jumped = run([...atShare(base, before), ...atShare(base + 0.5, during)]);
        assert.equal(jumped.opened.length, 1);
        const [{ at }] = jumped.opened as [Change & { at: number }];
        assert.equal(at < (before.length + windowIntervals) * intervalSeconds, true, `opened at ${at}`);

        const { state, changes } = run(atShare(base, after), jumped.state);
        assert.deepEqual(state.open, []);
        assert.equal(changes.at(-1)?.kind, 'closed');

        const numbers = [...jumped.changes, ...changes].map(({ insight }) => [
          ...Object.values(insight.clients),
          ...Object.values(insight.rootCause),
          insight.faults,
        ]);
        for (const [index, next] of numbers.entries()) {
          const last = numbers[index - 1] ?? [];
          assert.deepEqual(
            next.map((number, place) => number >= (last[place] ?? 0)),
            next.map(() => true),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('property: what is remembered stays bounded, whatever names arrive', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100 }), (names, length) => {
      const by = Object.fromEntries(Array.from({ length: names }, (_, name) => [`s${name}`, 1]));
      const { state } = run([...times(10, interval(400, {})), ...times(length, interval(400, by))]);
      assert.equal(state.window.length <= windowIntervals, true);
      assert.equal(state.baseline.length <= detection.baselineIntervals, true);
      assert.equal(state.open.length <= detection.openPerGroup, true);
    }),
    { numRuns: 30 },
  );
});
