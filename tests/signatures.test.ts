/**
 * Every fault's signature and marks, asked of traces that the shop once left (tests/faults/recordings): they are there with
 * the fault, and not in a healthy shop, nor with a part of the fault left out. `npm run faults:prove` asks a running lab.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '../sample-app/faults/index.ts';
import { withoutMark } from './faults/marks.ts';
import { matching, missing } from './faults/recordings/evidence.ts';
import { leftOut, nameOf } from './faults/recordings/left-out.ts';
import { readRecordings } from './faults/recordings/recordings.ts';

const recordings = readRecordings();
const recorded = (name: string) => {
  const traces = recordings[name];
  assert.ok(traces, `not recorded: node tests/faults/recordings/record.ts "${name}"`);
  return traces;
};

for (const fault of faults) {
  const { id } = fault;
  test(`${id}: traces that were left while it was on show all of it`, () => {
    assert.equal(missing(fault, recorded(id)), undefined);
  });

  if (fault.signature.shows === 'never' && withoutMark.includes(id)) continue;
  test(`${id}: those of a healthy shop do not`, () => {
    assert.notEqual(missing(fault, recorded('healthy')), undefined);
  });
}

for (const [id, primitive] of leftOut) {
  const fault = faults.find((one) => one.id === id)!;
  const { kind } = fault.primitives(fault.parameters.parse({}))[primitive]!;
  test(`${id}: nor do those without its primitive ${primitive}, ${kind}`, () => {
    assert.notEqual(missing(fault, recorded(nameOf(id, primitive))), undefined);
  });
}

for (const { id, signature } of faults.filter(({ signature }) => signature.shows === 'never')) {
  test(`${id}: what must not be found would be found if it were there`, () => {
    for (const other of [
      'payment-provider-hangs',
      'orders-table-throttled',
      'inventory-unavailable',
      'auth-throttles',
    ])
      assert.ok(matching(signature.filter, recorded(other)).length > 0, other);
  });
}

/** Each comparison of a filter expression turned round, one at a time. */
function turnedRound(filter: string): string[] {
  const turns: readonly [RegExp, string][] = [
    [/>=/g, '<'],
    [/<=/g, '>'],
    [/>(?!=)/g, '<='],
    [/<(?!=)/g, '>='],
  ];
  return turns.flatMap(([comparison, turned]) =>
    [...filter.matchAll(comparison)].map(
      ({ index, 0: found }) => filter.slice(0, index) + turned + filter.slice(index + found.length),
    ),
  );
}

for (const fault of faults) {
  for (const filter of turnedRound(fault.signature.filter)) {
    test(`${fault.id}: turned round, it is no signature: ${filter}`, () => {
      const turned = { ...fault, signature: { ...fault.signature, filter } };
      const isThere = missing(turned, recorded(fault.id)) === undefined;
      const isAway = matching(filter, recorded('healthy')).length === 0;
      assert.equal(isThere && isAway, false);
    });
  }
}
