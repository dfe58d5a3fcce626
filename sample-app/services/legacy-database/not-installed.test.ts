/** PostgreSQL comes behind the first trace; whoever asks for it before is told so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** A preload for which packages are not there, though they are. */
const without = (packages: RegExp) =>
  `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve(specifier, context, next) {
        if (!${String(packages)}.test(specifier)) return next(specifier, context);
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
      },
    });
  `)}`;

for (const packages of [/^@electric-sql\//, /^@electric-sql\/pglite$/, /^@electric-sql\/pglite-socket$/]) {
  test(`without ${packages.source} it says what brings it, and ends`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', without(packages), main],
      { encoding: 'utf8', timeout: 60_000 },
    );
    assert.equal(status, 1);
    const said = stdout + stderr;
    assert.match(said, /PostgreSQL is not installed yet/);
    assert.match(said, /needs the network for it once/);
    assert.match(said, /node scripts\/setup\.mjs/);
    assert.doesNotMatch(said, /Cannot find package/);
  });
}
