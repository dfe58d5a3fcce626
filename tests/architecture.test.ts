import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { areas, root, sourceFiles, violations } from './imports.ts';

test('no file imports across a border that section 4 of the design draws', () => {
  assert.deepEqual(violations(sourceFiles()), []);
});

test('every area of the rules exists', () => {
  assert.deepEqual(
    areas.map(({ folder }) => folder).filter((folder) => !existsSync(join(root, folder))),
    [],
  );
});

const planted = [
  {
    path: 'xray/model/planted.ts',
    text: `import { createApi } from '../api/app.ts';`,
    border: 'xray/model may import only itself',
  },
  {
    path: 'xray/model/planted.ts',
    text: `import { readFileSync } from 'node:fs';`,
    border: 'also runs in the browser',
  },
  {
    path: 'xray/daemon/planted.ts',
    text: `import { openStore } from '../store/store.ts';`,
    border: 'xray/daemon may import only xray/health-datagram.ts',
  },
  {
    path: 'xray/api/planted.ts',
    text: `import { Daemon } from '../daemon/daemon.ts';`,
    border: 'xray may import only xray/model',
  },
  {
    path: 'sample-app/services/order/planted.ts',
    text: `import { newTraceId } from '@xray-lab/xray/model';`,
    border: 'sample-app may import only itself',
  },
  {
    path: 'quiz/planted.ts',
    text: `export { labs } from '@xray-lab/labs/catalogue';`,
    border: 'quiz may import only xray/model',
  },
  {
    path: 'labs/02-slow-payment/planted.ts',
    text: `import { createApp } from '../server/app.ts';`,
    border: 'labs may import only',
  },
  {
    path: 'labs/server/planted.ts',
    text: `import x from '../../sample-app/services/order/app.ts';`,
    border: 'labs/server may import only',
  },
  {
    path: 'labs/server/planted.ts',
    text: `const store = await import('../../xray/store/store.ts');`,
    border: 'labs/server may import only',
  },
  {
    path: 'site/src/planted.svelte',
    text: `<script>import { labs } from '@xray-lab/labs/catalogue';</script>`,
    border: 'site may import only',
  },
  {
    path: 'labs/kit/planted.ts',
    text: `import '../../site/src/console/rows.ts';`,
    border: 'nobody imports site',
  },
];

for (const { path, text, border } of planted) {
  test(`the rules notice ${text} in ${path}`, () => {
    const found = violations([{ path, text }]);
    assert.ok(
      found.some((sentence) => sentence.includes(border)),
      `expected "${border}" in ${JSON.stringify(found)}`,
    );
  });
}

test('a type may cross where a value may not', () => {
  const path = 'site/src/planted.ts';
  assert.deepEqual(
    violations([{ path, text: `import type { LabRun } from '@xray-lab/labs/server/contract';` }]),
    [],
  );
  assert.equal(violations([{ path, text: `import { x } from '@xray-lab/labs/server/contract';` }]).length, 1);
});
