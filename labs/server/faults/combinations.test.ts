import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, type Fault, type Primitive } from '@xray-lab/sample-app/faults';
import type { ProblemError } from '../problem.ts';
import { createFaultEngine } from './engine.ts';
import { sameSeam } from './seam.ts';

const primitivesOf = (fault: Fault) => fault.primitives(fault.parameters.parse({}));
const contradict = (a: Fault, b: Fault) =>
  primitivesOf(a).some((one) => primitivesOf(b).some((two) => sameSeam(one, two)));

/** An engine on a target that takes everything. */
function engineOn() {
  const target = { wanted: [] as readonly Primitive[] };
  const engine = createFaultEngine({
    faults,
    targets: [
      {
        handles: () => true,
        want: (primitives) => void (target.wanted = primitives),
        reconcile: async () => {},
        reason: () => undefined,
      },
    ],
    now: () => 0,
  });
  return { engine, target };
}

const pairs = faults.flatMap((a, index) => faults.slice(index + 1).map((b) => [a, b] as const));

test('any two faults that do not contradict each other run together, with every primitive of both', async () => {
  const { engine, target } = engineOn();
  let together = 0;
  for (const [a, b] of pairs.filter(([a, b]) => !contradict(a, b))) {
    await engine.on(a.id);
    await engine.on(b.id);
    assert.deepEqual(target.wanted, [...primitivesOf(a), ...primitivesOf(b)], `${a.id} and ${b.id}`);
    await engine.offAll();
    assert.deepEqual(target.wanted, []);
    together++;
  }
  assert.ok(together > pairs.length * 0.8, `${together} of ${pairs.length} pairs`);
});

test('any two that do are refused with 400 that names the one that is on, and that one stays, in both orders', async () => {
  const { engine, target } = engineOn();
  for (const [first, second] of pairs
    .filter(([a, b]) => contradict(a, b))
    .flatMap(
      ([a, b]) =>
        [
          [a, b],
          [b, a],
        ] as const,
    )) {
    await engine.on(first.id);
    await assert.rejects(engine.on(second.id), ({ status, message }: ProblemError) => {
      assert.equal(status, 400);
      assert.match(message, new RegExp(`"${second.id}" .* "${first.id}"`));
      return true;
    });
    assert.deepEqual(target.wanted, primitivesOf(first));
    await engine.offAll();
  }
});

test('every fault takes what a seed draws for it', async () => {
  const { engine } = engineOn();
  for (const { id } of faults)
    for (const seed of [1, 2, 3]) {
      await engine.on(id, { seed });
      await engine.offAll();
    }
});
