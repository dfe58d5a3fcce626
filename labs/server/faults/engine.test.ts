import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { z } from 'zod';
import type { Fault } from '@xray-lab/sample-app/faults';
import type { ActiveFault, LabProcess } from '../contract.ts';
import type { ProblemError } from '../problem.ts';
import { eventually, fakeService, type FakeService } from '../testing/fake-service.ts';
import { fakeTables, type FakeTables } from '../testing/fake-tables.ts';
import { processView } from '../../kit/process.fixture.ts';
import { createFaultEngine, type FaultEngine } from './engine.ts';
import { createPlanTarget } from './plan-target.ts';
import { isOnNow } from './schedule.ts';
import { createCapacityTarget } from './table-capacity.ts';
import type { FaultTarget } from './target.ts';

const described = {
  area: 'payment',
  inTheWild: 'It happens.',
  lookFor: 'Red.',
  signature: { filter: 'fault', atLeast: 1, shows: 'appears', withinSeconds: 3 },
} as const;

const slow: Fault = {
  ...described,
  id: 'slow',
  title: 'Payment is slow',
  services: ['payment'],
  parameters: z.object({ share: z.number().min(0).max(1).default(1) }),
  draw: (random) => ({ share: 0.2 + random() / 2 }),
  primitives: ({ share }) => [
    {
      kind: 'delay',
      service: 'payment',
      path: '/charges',
      milliseconds: 100,
      jitterMilliseconds: 0,
      share: Number(share),
    },
  ],
};
const broken: Fault = {
  ...described,
  id: 'broken',
  title: 'Payment and order fail',
  services: ['payment', 'order'],
  parameters: z.object({}),
  primitives: () => [
    { kind: 'status', service: 'payment', path: '/charges/new', status: 500, share: 1 },
    { kind: 'status', service: 'order', status: 500, share: 1 },
  ],
};
const starved: Fault = {
  ...described,
  id: 'starved',
  title: 'Orders is throttled',
  services: ['orders'],
  parameters: z.object({}),
  primitives: () => [{ kind: 'capacity', table: 'orders', writeUnits: 1 }],
};

const elsewhere: Fault = {
  ...described,
  id: 'elsewhere',
  title: 'Order fails',
  services: ['order'],
  parameters: z.object({}),
  primitives: () => [{ kind: 'status', service: 'order', status: 500, share: 1 }],
};

const normal = { readUnits: 100, writeUnits: 200 };
const throttled = { readUnits: 100, writeUnits: 1 };

describe('the fault engine', () => {
  let payment: FakeService;
  let order: FakeService;
  let tables: FakeTables;
  let engine: FaultEngine;
  let told: ActiveFault[][];
  let clock: number;
  let processes: LabProcess[];

  /** Of what payment was told to do. */
  const kinds = () => (payment.plan().primitives as { kind: string }[]).map(({ kind }) => kind);

  beforeEach(async () => {
    [payment, order] = [await fakeService(), await fakeService()];
    tables = fakeTables({ orders: normal });
    told = [];
    clock = 1000;
    processes = [];
    engine = createFaultEngine({
      faults: [slow, broken, starved, elsewhere],
      targets: [
        createPlanTarget('payment', payment.url),
        createPlanTarget('order', order.url),
        createCapacityTarget('orders', normal, tables),
      ],
      now: () => clock,
      changed: (active) => told.push(active),
      intervalMilliseconds: 20,
      processes: async () => processes,
    });
  });

  afterEach(async () => {
    await engine.close();
    await Promise.all([payment.stop(), order.stop()]);
  });

  test('a fault that is switched on is a plan of primitives at its service when the answer comes', async () => {
    const active = await engine.on('slow', { parameters: { share: 0.5 } });
    assert.equal(active.applied, true);
    assert.deepEqual(payment.plan().primitives, [
      {
        kind: 'delay',
        service: 'payment',
        path: '/charges',
        milliseconds: 100,
        jitterMilliseconds: 0,
        share: 0.5,
      },
    ]);
    assert.deepEqual(order.plan().primitives, []);
  });

  test('a plan never carries the name of the fault', async () => {
    await engine.on('slow');
    assert.doesNotMatch(JSON.stringify(payment.plan()), /slow/i);
  });

  test('a fault that is switched off leaves an empty plan', async () => {
    await engine.on('slow');
    await engine.off('slow');
    assert.deepEqual(payment.plan().primitives, []);
    assert.deepEqual(engine.active(), []);
  });

  test('new parameters replace the old ones', async () => {
    await engine.on('slow', { parameters: { share: 0.5 } });
    await engine.on('slow', { parameters: { share: 0.1 } });
    assert.equal(engine.active().length, 1);
    assert.match(JSON.stringify(payment.plan()), /"share":0.1/);
  });

  test('a service that restarts gets its plan back', async () => {
    engine.start();
    await engine.on('slow');
    await payment.stop();
    await payment.start();
    assert.deepEqual(payment.plan().primitives, []);
    await eventually('the plan is back', () => payment.plan().primitives.length === 1);
  });

  test('a running plan is not put again and again', async () => {
    engine.start();
    await engine.on('slow');
    const puts = payment.puts();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(payment.puts(), puts);
  });

  test('a start empties the plan that an earlier lab process left behind', async () => {
    await engine.on('slow');
    const next = createFaultEngine({
      faults: [],
      targets: [createPlanTarget('payment', payment.url)],
      now: () => clock,
      intervalMilliseconds: 20,
    });
    next.start();
    await eventually('the plan is empty', () => payment.plan().primitives.length === 0);
    await next.close();
  });

  test('a fault at a service that is down is on but not applied, and says why', async () => {
    await payment.stop();
    const active = await engine.on('slow');
    assert.equal(active.applied, false);
    assert.match(active.reason ?? '', /^payment does not answer on http:.*ECONNREFUSED/);
  });

  test('such a fault is applied when the service comes up, and that is told', async () => {
    await payment.stop();
    engine.start();
    await engine.on('slow');
    await payment.start();
    await eventually('applied', () => told.at(-1)?.[0]?.applied === true);
    assert.equal(payment.plan().primitives.length, 1);
  });

  test('a fault stops by itself after its time', async () => {
    engine.start();
    const active = await engine.on('slow', { stopAfterSeconds: 30 });
    assert.equal(active.stopsAt, 1030);
    clock = 1031;
    await eventually('the plan is empty', () => payment.plan().primitives.length === 0);
    assert.deepEqual(engine.active(), []);
  });

  test('two faults at different seams of one service make one plan', async () => {
    await engine.on('broken');
    await engine.on('starved');
    assert.equal(order.plan().primitives.length, 1);
    assert.deepEqual(
      engine.active().map(({ id }) => id),
      ['broken', 'starved'],
    );
  });

  test('a fault at the seam of another is refused with 400, and the running plan stays', async () => {
    await engine.on('slow');
    await assert.rejects(engine.on('broken'), (error: ProblemError) => {
      assert.equal(error.status, 400);
      assert.match(error.message, /"broken" acts at the same place as "slow"/);
      assert.match(error.problem.remedy ?? '', /fault off slow/);
      return true;
    });
    assert.deepEqual(
      engine.active().map(({ id }) => id),
      ['slow'],
    );
  });

  const wrong = [
    {
      name: 'too large a share',
      parameters: { share: 2 },
      field: 'parameters.share',
      remedy: 'share: number, 0 to 1, 1 when left out.',
    },
    {
      name: 'a share that is text',
      parameters: { share: 'all' },
      field: 'parameters.share',
      remedy: 'share: number, 0 to 1, 1 when left out.',
    },
    {
      name: 'an unknown parameter',
      parameters: { sahre: 1 },
      field: 'parameters.sahre',
      remedy: 'Its parameters are: share.',
    },
  ];
  for (const { name, parameters, field, remedy } of wrong) {
    test(`${name} is refused with 400 that names it and what is allowed, and the running plan stays`, async () => {
      await engine.on('slow', { parameters: { share: 0.5 } });
      const before = payment.plan();
      await assert.rejects(engine.on('slow', { parameters }), (error: ProblemError) => {
        assert.equal(error.status, 400);
        assert.equal(error.problem.field, field);
        assert.equal(error.problem.remedy, remedy);
        return true;
      });
      assert.deepEqual(payment.plan(), before);
      assert.deepEqual(engine.active()[0]?.parameters, { share: 0.5 });
    });
  }

  test('an unknown fault is refused with 400 that guesses and lists, and the running plan stays', async () => {
    await engine.on('starved');
    await assert.rejects(engine.on('slwo'), (error: ProblemError) => {
      assert.equal(error.status, 400);
      assert.equal(error.problem.field, 'id');
      assert.match(
        error.message,
        /There is no fault "slwo"\. Did you mean "slow"\? There is: slow, broken, starved, elsewhere/,
      );
      return true;
    });
    await assert.rejects(engine.off('slwo'), { status: 400 });
    assert.deepEqual(
      engine.active().map(({ id }) => id),
      ['starved'],
    );
  });

  test('a seed draws the parameters that are not given, the same ones each time, and shows them', async () => {
    const drawn = await engine.on('slow', { seed: 7 });
    assert.notDeepEqual(drawn.parameters, { share: 1 });
    assert.deepEqual((await engine.on('slow', { seed: 7 })).parameters, drawn.parameters);
    assert.notDeepEqual((await engine.on('slow', { seed: 8 })).parameters, drawn.parameters);
    assert.deepEqual((await engine.on('slow', { seed: 7, parameters: { share: 0.9 } })).parameters, {
      share: 0.9,
    });
  });

  test('it says which parameters were drawn, and from what', async () => {
    assert.deepEqual((await engine.on('slow', { seed: 7 })).drawn, { seed: 7, parameters: ['share'] });
    assert.equal((await engine.on('slow', { seed: 7, parameters: { share: 0.9 } })).drawn, undefined);
    assert.equal((await engine.on('slow')).drawn, undefined);
    assert.equal((await engine.on('starved', { seed: 7 })).drawn, undefined, 'it is the same each time');
  });

  test('what is drawn for a hidden fault is at its service and on no page', async () => {
    const schedule = { onSeconds: 20, offSeconds: 40 };
    const shown = await engine.on('slow', { seed: 7, share: 0.5, schedule, hidden: true });
    assert.deepEqual(Object.keys(shown).sort(), ['applied', 'id', 'parameters', 'since', 'title']);
    assert.deepEqual(shown.parameters, {});
    assert.match(JSON.stringify(payment.plan()), /"share":0\.\d+/);
  });

  test('a share of requests makes each primitive’s own share less', async () => {
    const active = await engine.on('slow', { parameters: { share: 0.5 }, share: 0.5 });
    assert.equal(active.share, 0.5);
    assert.match(JSON.stringify(payment.plan()), /"share":0\.25/);
  });

  test('a share of requests is refused for a fault that acts on none', async () => {
    await assert.rejects(engine.on('starved', { share: 0.5 }), (error: ProblemError) => {
      assert.equal(error.status, 400);
      assert.equal(error.problem.field, 'share');
      return true;
    });
    assert.deepEqual(tables.updates, []);
  });

  test('a fault with a schedule comes and goes, and says when', async () => {
    engine.start();
    const active = await engine.on('slow', { seed: 3, schedule: { onSeconds: 20, offSeconds: 40 } });
    assert.deepEqual(active.schedule, { onSeconds: 20, offSeconds: 40, seed: 3 });
    assert.equal(active.turn, 'on');
    assert.equal(payment.plan().primitives.length, 1);
    clock += 30;
    await eventually('it pauses', () => payment.plan().primitives.length === 0);
    assert.equal(engine.active()[0]?.turn, 'off', 'it is still on, and this turn is off');
    await eventually('that is told', () => told.at(-1)?.[0]?.turn === 'off');
    while (!isOnNow({ onSeconds: 20, offSeconds: 40, seed: 3 }, clock - 1000)) clock++;
    await eventually('it is back', () => payment.plan().primitives.length === 1);
    assert.equal(engine.active()[0]?.turn, 'on');
  });

  test('a fault at a stopped process is refused with 400 and the command that starts it, and the running plan stays', async () => {
    processes = [processView('payment', 'running'), processView('order', 'stopped')];
    await engine.on('slow');
    const before = payment.plan();
    await engine.off('slow');
    await engine.on('slow');
    await assert.rejects(engine.on('elsewhere'), (error: ProblemError) => {
      assert.equal(error.status, 400);
      assert.equal(error.problem.field, 'id');
      assert.equal(error.message, '"elsewhere" acts on order, which is stopped.');
      assert.equal(error.problem.remedy, 'Run `npm run lab -- start order` first.');
      return true;
    });
    assert.deepEqual(payment.plan(), before);
    assert.deepEqual(
      engine.active().map(({ id }) => id),
      ['slow'],
    );
  });

  test('a hidden fault at a stopped process waits for it: a refusal would name its place', async () => {
    processes = [processView('order', 'stopped')];
    assert.equal((await engine.on('elsewhere', { hidden: true })).id, 'hidden-1');
  });

  test('a fault that is still being looked at when everything is switched off does not come after it', async () => {
    const refused = assert.rejects(engine.on('slow'), (error: ProblemError) => error.status === 409);
    await engine.offAll();
    await refused;
    assert.deepEqual(engine.active(), []);
  });

  test('everything goes although nothing answers, and is put right when it does', async () => {
    engine.start();
    await engine.on('slow', { hidden: true });
    await engine.on('starved');
    await payment.stop();
    tables.isAway = true;
    assert.deepEqual(await engine.offAll(), ['starved']);
    assert.deepEqual(engine.active(), []);
    assert.equal(tables.present['orders']?.writeUnits, 1, 'DynamoDB could not be told');
    tables.isAway = false;
    await eventually('the table is as before', () => tables.present['orders']?.writeUnits === 200);
    await payment.start();
    await eventually('the plan is empty', () => payment.puts() > 0 && payment.plan().primitives.length === 0);
  });

  test('switching a fault off by its name tells nothing of a hidden one', async () => {
    await engine.on('slow', { hidden: true });
    await engine.off('slow');
    assert.equal(engine.active().length, 1);
    await engine.off('hidden-1');
    assert.deepEqual(engine.active(), []);
  });

  test('what comes last is asked only when the rest is in place', async () => {
    const order: string[] = [];
    const target = (name: string, milliseconds: number) => ({
      handles: () => false,
      want() {},
      async reconcile() {
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        order.push(name);
      },
      reason: () => undefined,
    });
    const other = createFaultEngine({
      faults: [slow],
      targets: [{ ...target('clients', 0), comesLast: true }, target('processes', 30), target('tables', 0)],
      now: () => clock,
    });
    await other.on('slow');
    assert.deepEqual(order, ['tables', 'processes', 'clients']);
  });

  test('what outlives this process is remembered until it is undone, whatever else never answers', async () => {
    const kept: { primitives: number; settled: boolean }[] = [];
    const process: FaultTarget = {
      handles: ({ kind }) => kind === 'delay',
      want() {},
      leftBehind() {},
      reconcile: () => Promise.resolve(),
      reason: () => undefined,
    };
    const silent: FaultTarget = {
      handles: () => false,
      want() {},
      reconcile: () => Promise.resolve(),
      reason: () => 'It is not needed now.',
    };
    const other = createFaultEngine({
      faults: [slow, starved],
      targets: [process, silent],
      now: () => clock,
      leftovers: {
        read: () => undefined,
        keep: ({ length: primitives }, settled) => kept.push({ primitives, settled }),
      },
    });
    await other.on('slow');
    await other.on('starved');
    await other.offAll();
    assert.deepEqual(kept, [
      { primitives: 1, settled: true },
      { primitives: 1, settled: true },
      { primitives: 0, settled: true },
    ]);
  });

  test('a visible fault at the place of a hidden one is taken: a refusal would tell the place', async () => {
    await engine.on('slow', { hidden: true });
    assert.equal((await engine.on('broken')).applied, true);
    assert.deepEqual(kinds(), ['status'], 'the hidden one has stepped back');
    assert.equal(engine.active().length, 2);
    await engine.off('broken');
    assert.deepEqual(kinds(), ['delay'], 'and is there again');
  });

  test('a hidden fault comes on beside a visible one at its place, and waits for it to go', async () => {
    await engine.on('broken');
    const shown = await engine.on('slow', { hidden: true });
    assert.doesNotMatch(JSON.stringify(shown), /slow|payment/i);
    assert.deepEqual(kinds(), ['status']);
    await engine.off('broken');
    assert.deepEqual(kinds(), ['delay']);
  });

  test('a hidden fault shows that it is there, and not what it is', async () => {
    await engine.on('slow', { hidden: true });
    assert.doesNotMatch(JSON.stringify(engine.active()), /slow|payment/i);
    assert.equal(engine.active()[0]?.applied, true);
    assert.equal(payment.plan().primitives.length, 1);
  });

  test('the reason of a hidden fault does not name its service', async () => {
    await payment.stop();
    const active = await engine.on('slow', { hidden: true });
    assert.equal(active.applied, false);
    assert.doesNotMatch(JSON.stringify(active), /payment/);
  });

  test('hidden faults go without the others', async () => {
    await engine.on('slow', { hidden: true });
    await engine.on('starved');
    await engine.offHidden();
    assert.deepEqual(
      engine.active().map(({ id }) => id),
      ['starved'],
    );
  });

  test('everything goes at once', async () => {
    await engine.on('slow', { hidden: true });
    await engine.on('starved');
    assert.deepEqual(await engine.offAll(), ['starved']);
    assert.deepEqual(payment.plan().primitives, []);
    assert.deepEqual(tables.updates.at(-1), { table: 'orders', ...normal });
  });

  test('a capacity fault sets the table’s capacity, and off gives it its normal one back', async () => {
    const active = await engine.on('starved');
    assert.equal(active.applied, true);
    await engine.off('starved');
    assert.deepEqual(tables.updates, [
      { table: 'orders', ...throttled },
      { table: 'orders', ...normal },
    ]);
  });

  test('a learner who changes the capacity by hand has cured the fault, and is not fought', async () => {
    engine.start();
    await engine.on('starved');
    await tables.update('orders', { readUnits: 100, writeUnits: 50 });
    await eventually('it is said', () => engine.active()[0]?.applied === false);
    assert.match(engine.active()[0]?.reason ?? '', /changed by hand to 100 read and 50 write units/);
    assert.equal(tables.present['orders']?.writeUnits, 50);
    await engine.off('starved');
    assert.equal(tables.present['orders']?.writeUnits, 200);
  });

  test('off leaves a table alone that is normal again already', async () => {
    await engine.on('starved');
    await tables.update('orders', normal);
    const updates = tables.updates.length;
    await engine.off('starved');
    assert.equal(tables.updates.length, updates);
  });

  test('a table that was made anew gets the fault’s capacity again', async () => {
    engine.start();
    await engine.on('starved');
    tables.present['orders'] = { ...normal, createdAt: 2, onDemand: false, status: 'ACTIVE' };
    await eventually('throttled again', () => tables.present['orders']?.writeUnits === 1);
  });

  test('a table that is being updated is tried again', async () => {
    engine.start();
    const orders = tables.present['orders'];
    assert.ok(orders);
    orders.status = 'UPDATING';
    const active = await engine.on('starved');
    assert.equal(active.reason, 'The table orders is updating.');
    orders.status = 'ACTIVE';
    await eventually('applied', () => engine.active()[0]?.applied === true);
  });

  test('closing leaves services and tables as they were', async () => {
    engine.start();
    await engine.on('slow');
    await engine.on('starved');
    await engine.close();
    assert.deepEqual(payment.plan().primitives, []);
    assert.equal(tables.present['orders']?.writeUnits, 200);
  });
});
