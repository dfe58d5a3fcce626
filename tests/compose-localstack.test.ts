/** The overlay that puts DynamoDB on LocalStack, merged as Compose merges it. Needs no Docker engine. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
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

/** What Compose would start, as YAML in its own order and indentation. */
function configOf(...files: string[]): string {
  const args = [...compose!.slice(1), ...files.flatMap((file) => ['-f', file]), 'config'];
  return execFileSync(compose![0]!, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The lines of each service, by its name. */
function servicesOf(config: string): Map<string, string> {
  const services = new Map<string, string>();
  const section = /^services:\n((?: +.*\n|\n)*)/m.exec(config)?.[1] ?? '';
  for (const block of section.split(/^(?= {2}\S)/m)) {
    const name = /^ {2}([\w-]+):\n/.exec(block)?.[1];
    if (name !== undefined) services.set(name, block);
  }
  return services;
}

/** Merging two files puts lists in another order, and writes `{}` for a network without settings. */
const sorted = (lines = '') =>
  lines
    .replace(/: null$/gm, ': {}')
    .split('\n')
    .sort();

describe('docker-compose.localstack.yml', { skip: missing }, () => {
  let plain: Map<string, string>;
  let overlaid: Map<string, string>;
  before(() => {
    plain = servicesOf(configOf('docker-compose.yml'));
    overlaid = servicesOf(configOf('docker-compose.yml', 'docker-compose.localstack.yml'));
  });

  test('adds LocalStack and nothing else', () => {
    assert.ok(plain.size >= 11, `the plain set-up has ${[...plain.keys()].join(', ')}`);
    assert.deepEqual([...overlaid.keys()].sort(), [...plain.keys(), 'localstack'].sort());
    for (const [name, lines] of plain) {
      if (name !== 'dynamodb') assert.deepEqual(sorted(overlaid.get(name)), sorted(lines), name);
    }
  });

  test('pins the last LocalStack that needs no token, with DynamoDB alone, and publishes no port of it', () => {
    const localstack = overlaid.get('localstack') ?? '';
    assert.match(localstack, /image: localstack\/localstack:4\.14\.0\n/);
    assert.match(localstack, /SERVICES: dynamodb\n/);
    assert.match(localstack, /healthcheck:/);
    assert.match(localstack, /_localstack\/health/);
    assert.doesNotMatch(localstack, /ports:/);
  });

  test('leaves our DynamoDB in front, at its address, once LocalStack is healthy', () => {
    const dynamodb = overlaid.get('dynamodb') ?? '';
    assert.match(dynamodb, /DYNAMODB_UPSTREAM: http:\/\/localstack:4566\n/);
    assert.match(dynamodb, /localstack:\n +condition: service_healthy\n/);
    assert.match(dynamodb, /127\.0\.0\.1/);
    assert.match(dynamodb, /8000/);
    assert.match(dynamodb, /command:\n +- dynamodb\n/);
  });
});
