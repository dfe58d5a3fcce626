/** The overlay that puts DynamoDB on LocalStack, merged as Compose merges it. Needs no Docker engine. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { missingCompose, servicesOf, sortedLines } from './docker-compose.ts';

describe('docker-compose.localstack.yml', { skip: missingCompose }, () => {
  let plain: Map<string, string>;
  let overlaid: Map<string, string>;
  before(() => {
    plain = servicesOf('docker-compose.yml');
    overlaid = servicesOf('docker-compose.yml', 'docker-compose.localstack.yml');
  });

  test('adds LocalStack and nothing else', () => {
    assert.ok(plain.size >= 11, `the plain set-up has ${[...plain.keys()].join(', ')}`);
    assert.deepEqual([...overlaid.keys()].sort(), [...plain.keys(), 'localstack'].sort());
    for (const [name, lines] of plain) {
      if (name !== 'dynamodb') assert.deepEqual(sortedLines(overlaid.get(name)), sortedLines(lines), name);
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
