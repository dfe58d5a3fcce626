import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunConditions } from '../contract.ts';
import type { RunningFault } from '../faults/engine.ts';
import { conditionsOf, type Circumstances } from './conditions.ts';

const own: RunningFault = {
  id: 'hangs',
  title: 'It hangs',
  parameters: { share: 1 },
  hidden: true,
  since: 100,
  whole: true,
};
const byHand = { ...own, hidden: false, since: 200 };
const other: RunningFault = { ...byHand, id: 'throttles', title: 'It throttles' };
const usual: Circumstances = {
  lab: '02-small',
  wanted: [{ id: 'hangs', parameters: { share: 1 } }],
  running: [own],
  isActive: true,
  isReturning: false,
};

const cases: { name: string; now: Partial<Circumstances>; state: RunConditions['state']; since?: number }[] =
  [
    { name: 'the hidden fault is on', now: {}, state: 'as-wanted', since: 100 },
    { name: 'nothing is on', now: { running: [] }, state: 'off', since: 0 },
    { name: 'off, then on again by hand', now: { running: [byHand] }, state: 'as-wanted', since: 200 },
    {
      name: 'on again by hand with another parameter',
      now: { running: [{ ...byHand, parameters: { share: 0.5 } }] },
      state: 'off',
    },
    {
      name: 'on again by hand, for some requests',
      now: { running: [{ ...byHand, whole: false }] },
      state: 'off',
    },
    {
      name: 'the same fault by hand over the hidden one, with other parameters',
      now: { running: [{ ...byHand, parameters: { share: 0.5 } }, own] },
      state: 'others',
    },
    // To say nothing here would tell which fault the hidden one is.
    { name: 'the same fault by hand over the hidden one', now: { running: [byHand, own] }, state: 'others' },
    { name: 'another fault besides', now: { running: [own, other] }, state: 'others' },
    { name: 'another fault instead', now: { running: [other] }, state: 'off' },
    {
      name: 'another fault, in a lab that has none of its own',
      now: { wanted: [], running: [other] },
      state: 'as-wanted',
      since: 0,
    },
    {
      name: 'the hidden fault of a live question',
      now: { running: [{ ...other, hidden: true }] },
      state: 'borrowed',
    },
    {
      name: 'a live question that has the same fault with other parameters',
      now: { running: [{ ...own, parameters: { share: 0.2 } }] },
      state: 'borrowed',
    },
    { name: 'the lab process has just started', now: { running: [], isReturning: true }, state: 'returning' },
    { name: 'another lab was started since', now: { isActive: false, running: [other] }, state: 'elsewhere' },
    {
      name: 'one of two faults is on, and came later',
      now: {
        wanted: [...usual.wanted, { id: 'throttles', parameters: { share: 1 } }],
        running: [own, { ...other, hidden: true, since: 300 }],
      },
      state: 'as-wanted',
      since: 300,
    },
    {
      name: 'one of two faults is off',
      now: { wanted: [...usual.wanted, { id: 'throttles', parameters: { share: 1 } }] },
      state: 'off',
    },
  ];

for (const { name, now, state, since } of cases) {
  test(`${name}: ${state}`, () => {
    const conditions = conditionsOf({ ...usual, ...now });
    assert.equal(conditions.state, state);
    if (since !== undefined) assert.equal(conditions.since, since);
  });
}

test('what can be put right comes with a button and the command that does the same', () => {
  const offers = cases
    .map(({ now }) => conditionsOf({ ...usual, ...now }))
    .filter(({ state }) => ['off', 'others', 'elsewhere'].includes(state));
  assert.ok(offers.length > 5);
  for (const { says, offer, remedy } of offers) {
    assert.match(says ?? '', /\.$/);
    assert.ok(offer);
    assert.equal(remedy, 'npm run lab -- fault on --lab 02-small');
  }
});

test('the hidden fault is never named', () => {
  for (const { now } of cases) {
    const { says = '', offer = '' } = conditionsOf({ ...usual, ...now });
    const named = now.running?.some(({ id, hidden }) => id === 'hangs' && !hidden);
    if (!named) assert.doesNotMatch(says + offer, /hangs/i);
  }
});

test('another fault is named, which is on every page anyway', () => {
  assert.match(conditionsOf({ ...usual, running: [own, other] }).says ?? '', /throttles is on/);
});
