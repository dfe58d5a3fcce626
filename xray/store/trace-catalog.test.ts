import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TimeRange, TracePosition } from './store.ts';
import { TraceCatalog, tracesPerBlock } from './trace-catalog.ts';

const now = 1_795_000_000;
const yearEnd9999 = 253_402_300_799;

/** A trace every second, each two seconds long, the last one a second ago. */
function month(traces: number): TraceCatalog {
  const catalog = new TraceCatalog();
  for (let number = 1; number <= traces; number++) {
    const at = now - 1 - traces + number;
    catalog.set(number, at, at, at + 2, 1);
  }
  return catalog;
}

type Scan = 'byBlock' | 'inOrder';

function scan(catalog: TraceCatalog, how: Scan, range: TimeRange, after?: TracePosition) {
  const before = catalog.looked;
  const numbers: number[] = [];
  for (const run of how === 'byBlock' ? catalog.byBlock(range) : catalog.inOrder(range, after)) {
    for (const slot of run?.slots ?? []) numbers.push(run!.number * tracesPerBlock + slot);
  }
  return { numbers, looked: catalog.looked - before };
}

const traces = 200_000;

for (const type of ['Event', 'Service', 'TraceId'] as const) {
  for (const how of ['byBlock', 'inOrder'] as const) {
    for (const [place, start] of [
      ['the last minute', now - 60],
      ['a minute long ago', now - 150_000],
    ] as const) {
      test(`${how}, ${type}: ${place} costs a minute of traces, also beside documents of other centuries`, () => {
        const range = { type, start, end: start + 60 };
        const catalog = month(traces);
        const { numbers, looked } = scan(catalog, how, range);
        assert.ok(numbers.length >= 60 && numbers.length <= 63, `${numbers.length} traces`);
        assert.ok(looked <= 2 * tracesPerBlock, `${looked} of ${traces} looked at`);

        catalog.set(traces + 1, now - 100_000, now - 100_000, yearEnd9999, 1);
        catalog.set(traces + 2, now - 5, 1, now - 4, 1);
        const beside = scan(catalog, how, range);
        assert.ok(beside.looked <= 3 * tracesPerBlock, `${beside.looked} of ${traces} looked at`);
        const isActive = type !== 'TraceId';
        const isLate = start === now - 60;
        assert.equal(beside.numbers.includes(traces + 1), isActive && isLate);
        assert.equal(beside.numbers.includes(traces + 2), isActive || isLate);
      });
    }
  }
}

const time = fc.integer({ min: 0, max: 40 });
const span = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(4000, 90_000));
const entry = fc.record({ idTime: time, lead: span, lag: span, isDeleted: fc.boolean() });
const window = fc.record({
  type: fc.constantFrom('TraceId', 'Event', 'Service'),
  start: fc.integer({ min: -100, max: 5000 }),
  length: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(100_000)),
});

test('whatever the traces, window and position: what is listed is what comparing each of them finds, in order', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 40 }),
      window,
      fc.option(fc.nat(40), { nil: undefined }),
      (entries, { type, start, length }, afterIndex) => {
        const range = { type, start, end: start + length };
        const catalog = new TraceCatalog();
        entries.forEach(({ idTime, lead, lag }, index) => {
          // Over more than one block.
          catalog.set(index * 20, idTime, idTime, idTime, 1);
          catalog.set(index * 20, idTime, idTime - lead, idTime + lag, 2);
        });
        entries.forEach(({ isDeleted }, index) => void (isDeleted && catalog.delete(index * 20)));
        const all = entries
          .map((one, index) => ({ ...one, number: index * 20 }))
          .sort((a, b) => b.idTime - a.idTime || b.number - a.number);
        const after = afterIndex === undefined ? undefined : all[afterIndex];
        const expected = all
          .slice(after === undefined ? 0 : afterIndex! + 1)
          .filter(({ isDeleted }) => !isDeleted)
          .filter(({ idTime, lead, lag }) =>
            type === 'TraceId'
              ? idTime >= range.start && idTime < range.end
              : idTime - lead < range.end && idTime + lag >= range.start,
          )
          .map(({ number }) => number);
        assert.deepEqual(scan(catalog, 'inOrder', range, after).numbers, expected);
        if (after === undefined) {
          const anyhow = scan(catalog, 'byBlock', range).numbers.sort((a, b) => a - b);
          assert.deepEqual(
            anyhow,
            expected.toSorted((a, b) => a - b),
          );
        }
      },
    ),
    { numRuns: 2000 },
  );
});
