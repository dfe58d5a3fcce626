import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { faults, randomFrom, type Fault } from '@xray-lab/sample-app/faults';
import { actsOnRequests, describeFault, expectationOf, faultAreas } from './catalogue.ts';

const fault: Fault = {
  id: 'slow',
  title: 'Slow',
  area: 'payment',
  inTheWild: 'It happens.',
  services: ['payment'],
  parameters: z.strictObject({
    share: z.number().min(0).max(1).default(1),
    count: z.int().default(3),
    brand: z.enum(['visa', 'amex']).default('visa'),
    status: z.union([z.literal(401), z.literal(403)]).default(401),
    customer: z
      .string()
      .regex(/^c-\d$/)
      .default('c-1'),
    speed: z.number().gt(0).max(2).default(1),
  }),
  primitives: () => [],
  signature: { filter: 'fault', atLeast: 1, shows: 'appears', withinSeconds: 3 },
  lookFor: 'Red.',
};

test('each parameter says in words what it may be', () => {
  assert.deepEqual(describeFault(fault).allowed, {
    share: 'number, 0 to 1, 1 when left out',
    count: 'whole number, 3 when left out',
    brand: 'visa or amex, visa when left out',
    status: '401 or 403, 401 when left out',
    customer: 'text that matches ^c-\\d$, c-1 when left out',
    speed: 'number, more than 0, at most 2, 1 when left out',
  });
});

test('a fault says which parameters a seed draws', () => {
  assert.deepEqual(describeFault(fault).draws, []);
  assert.deepEqual(describeFault({ ...fault, draw: () => ({ count: 4 }) }).draws, ['count']);
});

test('a fault says whether it acts on requests, so that there is a share of them', () => {
  const { actsOnRequests: none } = describeFault(fault);
  const { actsOnRequests: some } = describeFault({
    ...fault,
    primitives: () => [
      { kind: 'flag', service: 'order', flag: 'slow' },
      { kind: 'hang', service: 'payment', share: 0.5 },
    ],
  });
  assert.deepEqual([none, some], [false, true]);
});

test('what a fault of the shop says of its draw and its requests holds for whatever is drawn', () => {
  for (const fault of faults) {
    const { draws, actsOnRequests: acts } = describeFault(fault);
    for (const seed of [1, 2, 3, 4, 5]) {
      const drawn = fault.draw?.(randomFrom(seed)) ?? {};
      assert.deepEqual(Object.keys(drawn), draws, fault.id);
      const primitives = fault.primitives(fault.parameters.parse(drawn));
      assert.equal(primitives.some(actsOnRequests), acts, fault.id);
    }
  }
});

const sentences = [
  { shows: 'appears', atLeast: 1, says: 'New traces match within 10 s of on, and none 10 s after off.' },
  {
    shows: 'appears',
    atLeast: 3,
    says: 'At least 3 new traces match within 10 s of on, and none 10 s after off.',
  },
  {
    shows: 'vanishes',
    atLeast: 1,
    says: 'Traces stop matching within 10 s of on, and come back within 10 s of off.',
  },
  { shows: 'never', atLeast: 1, says: 'No trace matches, on or off: there is nothing to find.' },
] as const;
for (const { shows, atLeast, says } of sentences) {
  test(`a signature that ${shows}, from ${atLeast} traces on, is told in a sentence`, () =>
    assert.equal(expectationOf({ filter: 'fault', shows, atLeast, withinSeconds: 10 }), says));
}

test('every fault of the shop is described, with words for each parameter and an area that is shown', () => {
  const areas = new Set(faultAreas.map(({ id }) => id));
  for (const description of faults.map(describeFault)) {
    assert.ok(areas.has(description.area), description.id);
    const { properties = {} } = description.parameters as { properties?: object };
    assert.deepEqual(Object.keys(description.allowed), Object.keys(properties));
    for (const words of Object.values(description.allowed))
      assert.match(words, /^(number|whole number|text that matches|.+ or .+)/);
  }
});
