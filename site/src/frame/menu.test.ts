import { test } from 'node:test';
import assert from 'node:assert/strict';
import { menuUntilRem } from './menu.ts';

const cases = [
  { name: 'a guide page', path: '/guide/exam/', hasSidebar: true, rem: 50 },
  { name: 'the list of labs', path: '/labs/', hasSidebar: true, rem: 50 },
  {
    name: 'a lab, with the checker beside its text',
    path: '/labs/01-your-first-trace/',
    hasSidebar: true,
    rem: 75,
  },
  { name: 'a lab, without the last slash', path: '/labs/01-your-first-trace', hasSidebar: true, rem: 75 },
  { name: 'the home page', path: '/', hasSidebar: false, rem: 56 },
  { name: 'the console', path: '/console/map/', hasSidebar: false, rem: 56 },
];
for (const { name, path, hasSidebar, rem } of cases)
  test(`${name} has a menu button below ${rem}rem`, () => assert.equal(menuUntilRem(path, hasSidebar), rem));
