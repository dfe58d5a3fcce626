import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localstackClient } from './localstack-client.ts';

const endpointOf = async (environment: NodeJS.ProcessEnv) => {
  const client = localstackClient(DynamoDBClient, 'dynamodb', { region: 'eu-west-1' }, environment);
  const endpoint = await client.config.endpoint?.();
  return endpoint && `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`;
};

test('the service’s own endpoint variable wins over the common one', async () => {
  const environment = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
  };
  assert.equal(await endpointOf(environment), 'http://127.0.0.1:8000');
});

test('the common endpoint variable does for every service', async () => {
  assert.equal(await endpointOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }), 'http://127.0.0.1:4566');
});

test('without an endpoint variable the client is AWS’s own', async () => {
  assert.equal(await endpointOf({}), undefined);
});

test('a local endpoint needs no credentials and no region from outside', async () => {
  const client = localstackClient(
    DynamoDBClient,
    'dynamodb',
    {},
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
  );
  assert.equal(await client.config.region(), 'us-east-1');
  assert.equal((await client.config.credentials()).accessKeyId, 'local');
});
