import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyContext } from '../testing.ts';
import { createGroup } from './create-group.ts';
import { updateGroup } from './update-group.ts';

const day = 24 * 60 * 60;

function setUp() {
  let time = 1_795_000_000;
  const context = emptyContext(() => time);
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
