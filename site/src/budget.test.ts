import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/*
 * How much JavaScript a page loads before anybody touches it: scripts and islands in its HTML, with everything they
 * import statically. The search dialog's code is fetched when the browser is idle and is not counted.
 */

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** Kilobytes (1,000 bytes) of gzip, per page. */
const budgets: readonly [page: string, kilobytes: number][] = [
  // The home page shows progress, live; without it, it would be 30.
  ['index.html', 32],
  ['guide/getting-started/index.html', 30],
  ['guide/filter-expressions/index.html', 30],
  ['labs/index.html', 30],
  ['labs/01-your-first-trace/index.html', 40],
  ['quiz/index.html', 40],
  ['faults/index.html', 40],
  ['console/map/index.html', 160],
  ['console/traces/index.html', 160],
  ['console/trace/index.html', 160],
];

/** Module files named in a page: external scripts, and the islands' components and renderers. */
function entriesOf(html: string): string[] {
  return [...html.matchAll(/(?:src|component-url|renderer-url)="(\/[^"]+\.js)"/g)].map(
    ([, path = '']) => path,
  );
}

/** Inline scripts count as they stand. */
function inlineScripts(html: string): string {
  return [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
    .map(([, code = '']) => code)
    .join('\n');
}

/** Files that a module imports with `import … from`, `export … from` or `import "…"`; not `import(…)`. */
function importsOf(code: string, from: string): string[] {
  const found = [...code.matchAll(/(?:\bimport|\bfrom)\s*["'](\.{1,2}\/[^"']+|\/[^"']+)["']/g)];
  return found.map(([, path = '']) => (path.startsWith('/') ? path : join(dirname(from), path)));
}

function loadedBy(page: string): { bytes: number; files: string[] } {
  const html = readFileSync(join(dist, page), 'utf8');
  const files = new Set(entriesOf(html));
  let bytes = gzipSync(inlineScripts(html)).length;
  for (const file of files) {
    const code = readFileSync(join(dist, file), 'utf8');
    bytes += gzipSync(code).length;
    for (const imported of importsOf(code, file)) files.add(imported);
  }
  return { bytes, files: [...files] };
}

const built = existsSync(join(dist, 'index.html'));
const skip = built || process.env.CI === 'true' ? false : 'site/dist is not built';

for (const [page, kilobytes] of budgets) {
  test(`${page} loads at most ${kilobytes} KB of JavaScript`, { skip }, (context) => {
    assert.ok(built, 'site/dist is missing. Build it: npm start does, or astro build --root site.');
    const { bytes, files } = loadedBy(page);
    context.diagnostic(`${(bytes / 1000).toFixed(1)} KB in ${files.length} files`);
    assert.ok(files.length > 0, 'no script was found, so nothing was measured');
    assert.ok(bytes <= kilobytes * 1000, `${(bytes / 1000).toFixed(1)} KB`);
  });
}
