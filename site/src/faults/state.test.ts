import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { ActiveFault } from '@xray-lab/labs/server/contract';
import { parametersOf } from './parameters.ts';
import { duration, runsWith, stateOf } from './state.ts';

const on: ActiveFault = {
  id: 'slow',
  title: 'Slow',
  parameters: { status: 403 },
  since: 1000,
  applied: true,
};
const schedule = { onSeconds: 20, offSeconds: 240, seed: 7 };
const byTurns = 'by turns (about 20 s on, 4 min off)';

const states: { name: string; fault: Partial<ActiveFault>; says: string }[] = [
  { name: 'that stays', fault: {}, says: 'on' },
  { name: 'that stops by itself', fault: { stopsAt: 1097 }, says: 'on, stops in 97 s' },
  { name: 'that has just begun', fault: { stopsAt: 1120.9 }, says: 'on, stops in 120 s' },
  { name: 'for a share', fault: { share: 0.2 }, says: 'on, 20 % of the requests' },
  { name: 'for a very small share', fault: { share: 0.0004 }, says: 'on, 0.04 % of the requests' },
  { name: 'in a turn that is on', fault: { schedule, turn: 'on' }, says: `on, ${byTurns}` },
  { name: 'in a turn that is off', fault: { schedule, turn: 'off' }, says: `paused, ${byTurns}` },
  {
    name: 'with everything',
    fault: { schedule, turn: 'off', share: 0.125, stopsAt: 1600 },
    says: `paused, ${byTurns}, 12.5 % of the requests, stops in 10 min`,
  },
  { name: 'that is being applied', fault: { applied: false, share: 0.5 }, says: 'being applied' },
  { name: 'that cannot be', fault: { applied: false, reason: 'payment is down' }, says: 'payment is down' },
];
for (const { name, fault, says } of states) {
  test(`a fault ${name} says so`, () => assert.equal(stateOf({ ...on, ...fault }, 1000), says));
}

const parameters = parametersOf({
  parameters: { properties: { status: { type: 'integer' }, share: { type: 'number' } } },
  allowed: {},
});

test('what it runs with: its parameters, which of them were drawn, and when it stops', () => {
  const fault = { ...on, parameters: { status: 403, share: 0.4 }, drawn: { seed: 7, parameters: ['share'] } };
  assert.deepEqual(runsWith(parameters, fault), [
    { label: 'Status', value: '403' },
    { label: 'Share', value: '0.4, drawn from seed 7' },
    { label: 'Stops', value: 'when you switch it off' },
  ]);
});

test('what it runs with: its share, its turns and whether it is one that is on', () => {
  const asked = { ...on, share: 0.2, schedule, turn: 'off', stopsAt: 1097 } as const;
  const lines = Object.fromEntries(runsWith([], asked).map(({ label, value }) => [label, value]));
  assert.equal(lines['Share of the requests'], '20 %');
  assert.equal(lines['By turns'], 'about 20 s on, 4 min off; seed 7; off at this moment');
  assert.match(lines['Stops'] ?? '', /^at \d\d:\d\d:17$/);
});

test('a duration is in the largest units that tell it', () =>
  assert.deepEqual([-1, 97, 600, 10_800, 86_340].map(duration), [
    '0 s',
    '97 s',
    '10 min',
    '3 h',
    '23 h 59 min',
  ]));
