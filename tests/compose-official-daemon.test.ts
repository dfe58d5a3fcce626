/** The overlay that puts in AWS's own daemon, merged as Compose merges it. Needs no Docker engine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parseConfigFile } from '../xray/daemon/config-file.ts';
import { missingCompose, servicesOf, sortedLines } from './docker-compose.ts';
import { root } from './imports.ts';

const image = join(root, 'xray/daemon/official-image');

describe('docker-compose.official-daemon.yml', { skip: missingCompose }, () => {
  let plain: Map<string, string>;
  let overlaid: Map<string, string>;
  before(() => {
    plain = servicesOf('docker-compose.yml');
    overlaid = servicesOf('docker-compose.yml', 'docker-compose.official-daemon.yml');
  });

  test('changes the daemon and nothing else', () => {
    assert.ok(plain.size >= 11, `the plain set-up has ${[...plain.keys()].join(', ')}`);
    assert.deepEqual([...overlaid.keys()].sort(), [...plain.keys()].sort());
    for (const [name, lines] of plain) {
      if (name !== 'xray-daemon') assert.deepEqual(sortedLines(overlaid.get(name)), sortedLines(lines), name);
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
