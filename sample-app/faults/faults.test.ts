import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../random.ts';
import { areas, faults, planSchema, primitiveSchema, tables, type Primitive } from './index.ts';

/** The service, table or process a primitive acts on. */
function touched(primitive: Primitive): string {
  if ('service' in primitive) return primitive.service;
  if ('table' in primitive) return primitive.table;
  return 'process' in primitive ? primitive.process : primitive.kind;
}

test('fault ids are unique', () => {
  assert.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
});

test('each fault is of an area that exists, and no area is without a fault', () => {
  assert.deepEqual(new Set(faults.map(({ area }) => area)), new Set(Object.keys(areas)));
});

for (const fault of faults) {
  test(`${fault.id} has a default for every parameter, and its primitives make a valid plan`, () => {
    const primitives = fault.primitives(fault.parameters.parse({}));
    assert.ok(primitives.length > 0 || fault.signature.shows === 'never');
    for (const primitive of primitives) primitiveSchema.parse(primitive);
  });

  test(`${fault.id} touches what it says`, () => {
    const primitives = fault.primitives(fault.parameters.parse({}));
    assert.deepEqual(new Set(primitives.map(touched)), new Set(fault.services));
  });

  test(`${fault.id} draws parameters that it takes itself, and the same ones for the same seed`, () => {
    for (let seed = 0; seed < 30; seed++) {
      const drawn = fault.draw?.(randomFrom(seed)) ?? {};
      assert.deepEqual(fault.draw?.(randomFrom(seed)) ?? {}, drawn);
      for (const primitive of fault.primitives(fault.parameters.parse(drawn)))
        primitiveSchema.parse(primitive);
    }
  });

  test(`${fault.id} refuses a parameter it does not know`, () => {
    assert.equal(fault.parameters.safeParse({ surprise: 1 }).success, false);
  });

  test(`${fault.id} never tells a service its name`, () => {
    assert.ok(!JSON.stringify(fault.primitives(fault.parameters.parse({}))).includes(fault.id));
  });
}

test('a capacity below the normal one exists for each table that has a fault', () => {
  for (const primitive of faults.flatMap((fault) => fault.primitives(fault.parameters.parse({})))) {
    if (primitive.kind !== 'capacity') continue;
    const normal = tables[primitive.table as keyof typeof tables];
    assert.ok((primitive.writeUnits ?? 0) < normal.writeUnits);
    assert.ok((primitive.readUnits ?? 0) < normal.readUnits);
  }
});

const badPlans = [
  { name: 'no revision', plan: { primitives: [] }, path: 'revision' },
  {
    name: 'an unknown kind',
    plan: { revision: 1, primitives: [{ kind: 'explode' }] },
    path: 'primitives.0.kind',
  },
  {
    name: 'a share of more than all',
    plan: { revision: 1, primitives: [{ kind: 'hang', service: 'order', share: 1.5 }] },
    path: 'primitives.0.share',
  },
  {
    name: 'a status of success',
    plan: { revision: 1, primitives: [{ kind: 'status', service: 'order', share: 1, status: 200 }] },
    path: 'primitives.0.status',
  },
  {
    name: 'a path without its slash',
    plan: { revision: 1, primitives: [{ kind: 'hang', service: 'order', share: 1, path: 'orders' }] },
    path: 'primitives.0.path',
  },
  {
    name: 'a delay without its time',
    plan: { revision: 1, primitives: [{ kind: 'delay', service: 'order', share: 1 }] },
    path: 'primitives.0.milliseconds',
  },
  {
    name: 'a primitive that is not for services',
    plan: { revision: 1, primitives: [{ kind: 'capacity', table: 'orders', writeUnits: 1 }] },
    path: 'primitives.0.kind',
  },
] as const;
for (const { name, plan, path } of badPlans) {
  test(`a plan with ${name} is refused at ${path}`, () => {
    const { error } = planSchema.safeParse(plan);
    assert.equal(error?.issues[0]?.path.join('.'), path);
  });
}

test('a table is never left without units', () => {
  const { error } = primitiveSchema.safeParse({ kind: 'capacity', table: 'orders', writeUnits: 0 });
  assert.equal(error?.issues[0]?.path.join('.'), 'writeUnits');
});
