import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createClientTarget, type ClientPrimitive } from './client-target.ts';
import type { FaultTarget } from './target.ts';

const quotes: ClientPrimitive = { kind: 'client', sends: 'quote', perSecond: 0.2 };
const refunds: ClientPrimitive = { kind: 'client', sends: 'refund', perSecond: 1 };

describe('clients besides the shoppers', () => {
  let there: string[];
  let target: FaultTarget;

  beforeEach(() => {
    there = [];
    target = createClientTarget(({ sends }) => {
      there.push(sends);
      return () => there.splice(there.indexOf(sends), 1);
    });
  });

  test('one comes when the rest is in place, and until then the target says so', async () => {
    target.want([quotes]);
    assert.deepEqual(there, []);
    assert.match(target.reason() ?? '', /not come yet/);
    await target.reconcile();
    assert.deepEqual(there, ['quote']);
    assert.equal(target.reason(), undefined);
  });

  test('one that is there stays as it is when another comes, and goes at once when it is not wanted', async () => {
    target.want([quotes]);
    await target.reconcile();
    target.want([quotes, refunds]);
    await target.reconcile();
    assert.deepEqual(there, ['quote', 'refund']);
    target.want([refunds]);
    assert.deepEqual(there, ['refund']);
    target.want([]);
    assert.deepEqual(there, []);
  });

  test('one that was given up before its turn never comes', async () => {
    target.want([quotes]);
    target.want([]);
    await target.reconcile();
    assert.deepEqual(there, []);
  });
});
