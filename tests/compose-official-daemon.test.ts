/** The overlay that puts in AWS's own daemon, merged as Compose merges it. Needs no Docker engine. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parseConfigFile } from '../xray/daemon/config-file.ts';
import { root } from './imports.ts';

const works = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** `docker compose` (v2) where it is there, else `docker-compose` 1.29. */
const compose = works('docker', 'compose', 'version')
  ? ['docker', 'compose']
  : works('docker-compose', 'version')
    ? ['docker-compose']
    : undefined;
const missing = compose ? false : 'no docker compose on this machine: install Docker, or docker-compose';

/** What Compose would start: the lines of each service, by its name. */
function servicesOf(...files: string[]): Map<string, string> {
  const args = [...compose!.slice(1), ...files.flatMap((file) => ['-f', file]), 'config'];
  const config = execFileSync(compose![0]!, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const section = /^services:\n((?: +.*\n|\n)*)/m.exec(config)?.[1] ?? '';
  const blocks = section
    .split(/^(?= {2}\S)/m)
    .map((block) => [/^ {2}([\w-]+):\n/.exec(block)?.[1] ?? '', block]);
  return new Map(blocks as [string, string][]);
}

const image = join(root, 'xray/daemon/official-image');

describe('docker-compose.official-daemon.yml', { skip: missing }, () => {
  let plain: Map<string, string>;
  let overlaid: Map<string, string>;
  before(() => {
    plain = servicesOf('docker-compose.yml');
    overlaid = servicesOf('docker-compose.yml', 'docker-compose.official-daemon.yml');
  });

  test('changes the daemon and nothing else', () => {
    // Merging two files puts lists in another order, and writes `{}` for a network without settings.
    const sorted = (lines = '') =>
      lines
        .replace(/: null$/gm, ': {}')
        .split('\n')
        .sort();
    assert.ok(plain.size >= 11, `the plain set-up has ${[...plain.keys()].join(', ')}`);
    assert.deepEqual([...overlaid.keys()].sort(), [...plain.keys()].sort());
    for (const [name, lines] of plain) {
      if (name !== 'xray-daemon') assert.deepEqual(sorted(overlaid.get(name)), sorted(lines), name);
    }
  });

  test('is built from AWS’s image and not under the name of the lab’s', () => {
    const daemon = overlaid.get('xray-daemon') ?? '';
    assert.match(daemon, /official-image/);
    assert.match(daemon, /image: xray-lab-official-daemon\n/);
    assert.doesNotMatch(daemon, /- xray-daemon\n/, 'the lab’s command is gone');
  });

  test('listens where ours does, and its health is asked without a shell', () => {
    const daemon = overlaid.get('xray-daemon') ?? '';
    assert.match(daemon, /2000/);
    assert.match(daemon, /udp/);
    assert.match(daemon, /- CMD\n +- \/xray\n +- --version\n/);
    assert.doesNotMatch(daemon, /dev\/tcp/);
  });
});

test('AWS’s image is pinned to the version that ours follows', () => {
  const { version } = /aws-xray-daemon:(?<version>\S+)/.exec(
    readFileSync(join(image, 'Dockerfile'), 'utf8'),
  )!.groups!;
  const ours = /daemonVersion = '([^']+)'/.exec(
    readFileSync(join(root, 'xray/daemon/version.ts'), 'utf8'),
  )![1];
  assert.equal(version, ours);
});

test('its cfg.yaml is one that the daemon takes, and names the lab’s X-Ray API', async () => {
  const file = await parseConfigFile(readFileSync(join(image, 'cfg.yaml'), 'utf8'), { checksKeys: true });
  assert.deepEqual(file, {
    Version: 2,
    Region: 'us-east-1',
    Endpoint: 'http://xray-api:2001',
    LocalMode: true,
  });
});
