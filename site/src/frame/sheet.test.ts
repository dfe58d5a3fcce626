import { test } from 'node:test';
import assert from 'node:assert/strict';
import { scrollToSee } from './sheet.ts';

const part = { from: 64, to: 300 };
const cases = [
  { name: 'what is seen stays', thing: { top: 64, bottom: 300 }, by: 0 },
  { name: 'what lies under the sheet comes up to it', thing: { top: 400, bottom: 428 }, by: 128 },
  { name: 'what is half under it, too', thing: { top: 290, bottom: 318 }, by: 18 },
  { name: 'what lies under the header comes down', thing: { top: 40, bottom: 68 }, by: -24 },
  {
    name: 'what is higher than the part is seen from its beginning',
    thing: { top: 200, bottom: 700 },
    by: 136,
  },
];
for (const { name, thing, by } of cases) test(name, () => assert.equal(scrollToSee(thing, part), by));
