import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createMatcher, setSingleKeys, shortcutGroups, shortcuts, singleKeysOn } from './shortcuts.ts';

const press = (key: string, at = 0, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  at,
  ...more,
});

test('g then t goes to the traces', () => {
  const match = createMatcher();
  assert.equal(match(press('g')), undefined);
  assert.equal(match(press('t', 300)), 'go-traces');
});

test('t alone opens the time range, and so does t long after g', () => {
  const match = createMatcher();
  assert.equal(match(press('t')), 'time');
  match(press('g'));
  assert.equal(match(press('t', 5000)), 'time');
});

test('letters are text while typing, but Escape still closes', () => {
  const match = createMatcher();
  assert.equal(match(press('l', 0, { typing: true })), undefined);
  assert.equal(match(press('Escape', 0, { typing: true })), 'escape');
});

test('the browser keeps its own combinations', () => {
  assert.equal(createMatcher()(press('l', 0, { ctrlKey: true })), undefined);
});

test('single keys can be switched off and are on at first', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  assert.equal(singleKeysOn(storage), true);
  setSingleKeys(storage, false);
  assert.equal(singleKeysOn(storage), false);
});

test('no two global actions share a key, and every shortcut is in one group', () => {
  const keys = shortcuts.filter(({ action }) => action).flatMap((shortcut) => shortcut.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(shortcutGroups().flatMap((group) => group.shortcuts).length, shortcuts.length);
});
