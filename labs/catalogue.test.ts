import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labs } from './catalogue.ts';
import { missingDeaths } from './kit/dead-service.ts';
import { folderProblems } from './kit/folder.ts';
import type { NearMiss } from './kit/learner.ts';

test('every file of every lab is claimed, and every text is whole', async () => {
  assert.deepEqual(
    await folderProblems(
      import.meta.dirname,
      labs.map((lab) => lab.id),
    ),
    [],
  );
});

test('labs are numbered in the order of the catalogue', () => {
  assert.deepEqual(
    labs.map((lab) => lab.id),
    labs.map((lab) => lab.id).sort(),
  );
});

for (const lab of labs) {
  test(`${lab.id}: every live step refuses a dead service`, async () => {
    const { nearMisses } = (await import(`./${lab.id}/wrong.ts`)) as { nearMisses: readonly NearMiss[] };
    assert.deepEqual(missingDeaths(lab, nearMisses), []);
  });
}
