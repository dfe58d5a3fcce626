import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { notice } from '../scripts/notice.ts';
import { root } from './imports.ts';

const file = readFileSync(join(root, 'NOTICE'), 'utf8');

test('NOTICE names what the lock file installs, with holders and licences: npm run notice writes it', () => {
  assert.equal(file, notice(), 'NOTICE is stale. Run: npm run notice');
});

const rows = [
  { name: 'what the shop runs on', text: /^aws-xray-sdk-core [\d.]+$/m },
  { name: 'what the pages contain', text: /^svelte [\d.]+\n {4}Copyright \(c\) 2016-\d+ /m },
  {
    name: 'the licence most packages have, in full',
    text: /^══ MIT\n\n[\s\S]*THE SOFTWARE IS PROVIDED "AS IS"/m,
  },
];
for (const { name, text } of rows) test(`NOTICE holds ${name}`, () => assert.match(file, text));

test('NOTICE leaves out what only develops the lab', () =>
  assert.doesNotMatch(file, /^(?:eslint|playwright|prettier) /m));
