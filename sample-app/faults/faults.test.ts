import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, planSchema, tables } from './index.ts';

test('fault ids are unique', () => {
  assert.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
});

for (const fault of faults) {
  test(`${fault.id} has a default for every parameter, and its primitives make a valid plan`, () => {
    const primitives = fault.primitives(fault.parameters.parse({}));
    assert.ok(primitives.length > 0);
    planSchema.parse({ revision: 1, primitives });
  });

  test(`${fault.id} touches what it says`, () => {
    const primitives = fault.primitives(fault.parameters.parse({}));
    const touched = primitives.map((primitive) =>
      primitive.kind === 'capacity' ? primitive.table : primitive.service,
    );
    assert.deepEqual([...new Set(touched)], fault.services);
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
    name: 'a table without units to write',
    plan: { revision: 1, primitives: [{ kind: 'capacity', table: 'orders', writeUnits: 0 }] },
    path: 'primitives.0.writeUnits',
  },
] as const;
for (const { name, plan, path } of badPlans) {
  test(`a plan with ${name} is refused at ${path}`, () => {
    const { error } = planSchema.safeParse(plan);
    assert.equal(error?.issues[0]?.path.join('.'), path);
  });
}
