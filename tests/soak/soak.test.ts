/** A small day of a workshop: what grows all day long shows as a second half that takes more memory than the first. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { growthBetween, soak, type SoakPoint } from '../../bench/soak.ts';

const CHECKOUTS = 5_000;
/** So few that the tables are full long before the middle, as those of a whole day are. */
const ITEMS_KEPT = 500;
const MOST_GROWTH = 0.1;

let points: SoakPoint[];
before(
  async () => {
    process.env['DYNAMODB_ITEMS_KEPT'] = String(ITEMS_KEPT);
    points = await soak('soak', CHECKOUTS);
  },
  { timeout: 20 * 60_000 },
);

const half = () => ({ middle: points[4]!, last: points.at(-1)! });

test('every checkout of the day is answered', () => {
  assert.equal(points.length, 10);
  assert.deepEqual([points.at(-1)!.checkouts, points.at(-1)!.failed], [CHECKOUTS, 0]);
});

test('the second half takes no more memory than the first, all processes together', (context) => {
  const growth = growthBetween(half().middle, half().last);
  context.diagnostic(
    `${(growth * 100).toFixed(1)} % from ${half().middle.total} to ${half().last.total} bytes`,
  );
  assert.ok(growth <= MOST_GROWTH, `${(growth * 100).toFixed(1)} %`);
});

test('tables that are full do not grow', (context) => {
  const [before, after] = [half().middle.bytes['dynamodb']!, half().last.bytes['dynamodb']!];
  context.diagnostic(`${((after / before - 1) * 100).toFixed(1)} % from ${before} to ${after} bytes`);
  assert.ok(after / before <= 1 + MOST_GROWTH, `${((after / before - 1) * 100).toFixed(1)} %`);
});
