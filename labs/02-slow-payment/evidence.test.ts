import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Subsegment, Trace } from '@xray-lab/xray/model';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import type { CheckContext } from '../kit/index.ts';
import { checkoutTrace } from '../kit/shop.fixture.ts';
import { firstSparedAt, notAtWork, paymentsSince, wasGivenUp } from './evidence.ts';

const START = 1_790_000_000;
const hung = [{ seconds: 3 }, { seconds: 3 }];
const good = [{ seconds: 0.1, status: 201 }];
const checkout = (at: number, provider: { seconds: number; status?: number }[]) =>
  checkoutTrace({ run: 'r-1', at: START + at, provider });
const under = (traces: readonly Trace[], now = START + 1000): CheckContext => ({
  xray: memoryXRay(traces),
  run: { nonce: 'r-1', startedAt: START },
  now: () => now,
});
const seen = (traces: readonly Trace[], now?: number) => paymentsSince(under(traces, now), START);
const idsOf = (traces: readonly Trace[]) => traces.map(({ id }) => id);

suite('A call was given up', () => {
  const call = { id: '1', name: 'payment-provider', namespace: 'remote', start_time: 1, end_time: 4 };
  const cases: { name: string; call: Partial<Subsegment>; givenUp: boolean }[] = [
    { name: 'a fault without an answer', call: { fault: true }, givenUp: true },
    { name: 'a fault with an empty http', call: { fault: true, http: {} }, givenUp: true },
    {
      name: 'a fault that was the answer',
      call: { fault: true, http: { response: { status: 503 } } },
      givenUp: false,
    },
    { name: 'an error without an answer', call: { error: true }, givenUp: false },
    { name: 'a call without an answer that is no fault', call: {}, givenUp: false },
    { name: 'a good answer', call: { http: { response: { status: 201 } } }, givenUp: false },
  ];
  for (const { name, call: more, givenUp } of cases) {
    test(`${name}: ${givenUp ? 'yes' : 'no'}`, () => assert.equal(wasGivenUp({ ...call, ...more }), givenUp));
  }
});

suite('What payment did', () => {
  test('nobody is spared before the first call was given up, and everybody after', async () => {
    // The call begins at 10.09 and is given up for the first time at 13.09.
    const traces = [
      checkout(5, []),
      checkout(10, hung),
      checkout(12, []),
      checkout(14, []),
      checkout(20, []),
    ];
    const { paid, idle, asked } = await seen(traces);
    const kinds = traces.map(({ id }) => paid.get(id)?.kind);
    assert.deepEqual(kinds, [undefined, 'called', undefined, 'spared', 'spared']);
    assert.deepEqual(
      idle.map(({ summary }) => summary.Id),
      [traces[2]!.id, traces[0]!.id],
    );
    assert.deepEqual(
      asked.map(({ Id }) => Id),
      [traces[1]!.id],
    );
  });

  test('an answered call is no reason to spare anybody, even when the answer is a fault', async () => {
    for (const status of [201, 503]) {
      const { paid, answered } = await seen([checkout(1, [{ seconds: 0.1, status }]), checkout(5, [])]);
      assert.deepEqual(
        [...paid.values()].map(({ kind }) => kind),
        ['called'],
      );
      assert.equal(answered.length, 1);
    }
  });

  test('a retry that is answered is an answer of the provider', async () => {
    const { answered } = await seen([checkout(1, [{ seconds: 3 }, ...good])]);
    assert.equal(answered.length, 1);
  });

  test('a payment without a call is not called idle while an earlier failure may still arrive', async () => {
    const traces = [checkout(100, [])];
    assert.equal((await seen(traces, START + 105)).idle.length, 0);
    assert.equal((await seen(traces, START + 113)).idle.length, 1);
  });

  test('of the newest sixty those without a segment of payment are counted, and no more', async () => {
    const away = Array.from({ length: 70 }, (_, n) =>
      checkoutTrace({ run: 'r-1', at: START + n, paymentIsAway: true }),
    );
    assert.equal((await seen(away)).unpaid, 60);
    assert.equal((await seen([...away.slice(0, 5), checkout(80, hung)])).unpaid, 5);
  });

  test('the usual call is the middle one, whatever the longest takes', async () => {
    const { usualCall } = await seen([checkout(1, [{ seconds: 0.1 }, { seconds: 0.2 }, { seconds: 9 }])]);
    assert.ok(Math.abs(usualCall - 0.2) < 0.001, `${usualCall}`);
  });
});

suite('The breaker opened', () => {
  test('with the first that was not asked after a call, not with one before it or the newest', async () => {
    const traces = [
      checkout(5, []),
      checkout(10, hung),
      checkout(17, []),
      checkout(18, []),
      checkout(30, hung),
      checkout(40, []),
    ];
    const context = under(traces);
    const opened = await firstSparedAt(context, await paymentsSince(context, START));
    assert.ok(Math.abs(opened - START - 17) < 0.01, `${opened - START}`);
  });

  test('never, as long as each is asked', async () => {
    const context = under([checkout(10, hung), checkout(20, hung)]);
    assert.equal(await firstSparedAt(context, await paymentsSince(context, START)), Infinity);
  });
});

test('a finding shows the traces that it is about', async () => {
  const evidence = { lookedFor: 'it', found: 'it' };
  const idle = [checkout(1, []), checkout(2, [])];
  assert.deepEqual(notAtWork(await seen(idle), evidence)?.traceIds, idsOf(idle).toReversed());
  const answered = [checkout(1, good)];
  assert.deepEqual(notAtWork(await seen(answered), evidence)?.traceIds, idsOf(answered));
  assert.equal(notAtWork(await seen([checkout(1, hung)]), evidence), undefined);
});
