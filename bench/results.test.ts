import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withResult } from './results.ts';

const page =
  '# Results\n\nIntroduction.\n\n## start, 2026-01-01\n\nold start\n\n## query, 2026-01-01\n\nold query\n';

test('a result takes the place of the last one of its bench, and leaves the others alone', () => {
  assert.equal(
    withResult(page, 'start', '## start, 2026-02-02\n\nnew start\n'),
    '# Results\n\nIntroduction.\n\n## start, 2026-02-02\n\nnew start\n\n## query, 2026-01-01\n\nold query\n',
  );
});

test('the first result of a bench stands at the end', () => {
  assert.equal(
    withResult(page, 'ingest', '## ingest, 2026-02-02\n\nnew\n'),
    `${page}\n## ingest, 2026-02-02\n\nnew\n`,
  );
});
