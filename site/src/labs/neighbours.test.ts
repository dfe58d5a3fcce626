import { test } from 'node:test';
import assert from 'node:assert/strict';
import { neighbours } from './neighbours.ts';

const links = ['/labs/01-a/', '/labs/02-b/', '/labs/03-c/'].map((link) => ({ label: link, link }));

test('a lab in the middle has a neighbour on each side', () => {
  assert.deepEqual(neighbours(links, '/labs/02-b/'), { previous: links[0], next: links[2] });
});
test('the first has none before it, the last none after it', () => {
  assert.deepEqual(neighbours(links, '/labs/01-a/'), { previous: undefined, next: links[1] });
  assert.deepEqual(neighbours(links, '/labs/03-c/'), { previous: links[1], next: undefined });
});
test('a lab that is not in the row has none', () => {
  assert.deepEqual(neighbours(links, '/labs/04-d/'), { previous: undefined, next: undefined });
  assert.deepEqual(neighbours([], '/labs/01-a/'), { previous: undefined, next: undefined });
});
