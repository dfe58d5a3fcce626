import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionTokens } from './session-tokens.ts';

const key = Buffer.from('a key for tests');

test('a token says whose it is', () => {
  const tokens = sessionTokens(key);
  assert.equal(tokens.verify(tokens.issue('c-007')), 'c-007');
});

test('a token of another key, or with another name in it, says nothing', () => {
  const token = sessionTokens(key).issue('c-007');
  assert.equal(sessionTokens(Buffer.from('another key')).verify(token), undefined);
  assert.equal(sessionTokens(key).verify(token.replace('c-007', 'c-001')), undefined);
  assert.equal(sessionTokens(key).verify(''), undefined);
});

test('a token ends after half a day', () => {
  let now = 0;
  const tokens = sessionTokens(key, () => now);
  const token = tokens.issue('c-007');
  now = 12 * 60 * 60 * 1000 - 1;
  assert.equal(tokens.verify(token), 'c-007');
  now += 1;
  assert.equal(tokens.verify(token), undefined);
});
