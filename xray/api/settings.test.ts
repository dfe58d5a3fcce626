import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSettings } from './settings.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

test('the README names every variable that is read, and no other', () => {
  const read = new Set<string>();
  const env = new Proxy({ XRAY_AUTH: 'on' } as NodeJS.ProcessEnv, {
    get(variables, name: string) {
      read.add(name);
      return variables[name];
    },
  });
  readSettings(env);
  const [, table] = /\| variable [\s\S]*?---\|\n([\s\S]*?)\n\n/.exec(readme)!;
  const named = table!
    .split('\n')
    .flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  assert.deepEqual(named.sort(), [...read].sort());
});

test('without a variable signatures are not checked, nothing waits and nothing is throttled', () => {
  const { identitiesPath, live, livePath } = readSettings({});
  assert.equal(identitiesPath, undefined);
  assert.deepEqual(live, { visibilityDelay: 0, callsPerSecond: 0, checksRegion: false });
  assert.equal(livePath, '.lab/xray-settings.json');
});

test('the files stand in LAB_HOME unless they are named', () => {
  const env = { LAB_HOME: '/lab', XRAY_AUTH: 'on' };
  const { identitiesPath, livePath, storePath } = readSettings(env);
  assert.deepEqual(
    [identitiesPath, livePath, storePath],
    ['/lab/identities.json', '/lab/xray-settings.json', '/lab/xray.sqlite'],
  );
  const named = readSettings({ ...env, XRAY_IDENTITIES: '/a.json', XRAY_SETTINGS: '/b.json' });
  assert.deepEqual([named.identitiesPath, named.livePath], ['/a.json', '/b.json']);
});
