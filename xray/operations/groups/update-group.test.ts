import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { openStore } from '../../store/sqlite/index.ts';
import type { OperationContext } from '../operation.ts';
import { createGroup } from './create-group.ts';
import { updateGroup } from './update-group.ts';

const day = 24 * 60 * 60;

function setUp() {
  let time = 1_795_000_000;
  const context: OperationContext = {
    store: openStore(':memory:'),
    now: () => time,
    limits: limitProfiles.aws,
    region: 'us-east-1',
    accountId: '000000000000',
  };
  createGroup.answer(context, { GroupName: 'g', FilterExpression: 'fault' });
  return {
    update: (FilterExpression: string) => updateGroup.answer(context, { GroupName: 'g', FilterExpression }),
    pass: (days: number) => (time += days * day),
    filters: () => context.store.groups.get('g')!.filters.map(({ expression }) => expression),
  };
}

test('a filter that was replaced is remembered for as long as traces of its time are', () => {
  const { update, pass, filters } = setUp();
  pass(1);
  update('error');
  pass(20);
  update('throttle');
  assert.deepEqual(filters(), ['fault', 'error', 'throttle']);
  pass(15);
  update('ok');
  assert.deepEqual(filters(), ['error', 'throttle', 'ok']);
});

test('the filter a group has already makes no new version', () => {
  const { update, filters } = setUp();
  update('fault');
  assert.deepEqual(filters(), ['fault']);
});
