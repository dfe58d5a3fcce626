import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createCapacityTarget, dynamodbCapacity } from './table-capacity.ts';
import { fakeTables } from '../testing/fake-tables.ts';

test('a table that an earlier lab process left throttled is normal after the first look', async () => {
  const normal = { readUnits: 100, writeUnits: 200 };
  const tables = fakeTables({ orders: { readUnits: 100, writeUnits: 1 } });
  await createCapacityTarget('orders', normal, tables).reconcile();
  assert.equal(tables.present['orders']?.writeUnits, 200);
});

test('a table that a learner put on demand says so, and is provisioned again after the fault', async () => {
  const tables = fakeTables({ orders: { readUnits: 100, writeUnits: 200 } });
  const target = createCapacityTarget('orders', { readUnits: 100, writeUnits: 200 }, tables);
  target.want([{ kind: 'capacity', table: 'orders', writeUnits: 1 }]);
  await target.reconcile();
  Object.assign(tables.present['orders']!, { onDemand: true, readUnits: 0, writeUnits: 0 });
  await target.reconcile();
  assert.equal(target.reason(), 'The capacity of orders was changed by hand to on-demand.');

  target.want([]);
  await target.reconcile();
  assert.deepEqual(tables.updates.at(-1), { table: 'orders', readUnits: 100, writeUnits: 200 });
  assert.equal(target.reason(), undefined);
});

test('DescribeTable and UpdateTable are spoken as an AWS client speaks them', async () => {
  const asked: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: JSON.parse(text) });
      const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
      response.end(
        JSON.stringify({ Table: { ProvisionedThroughput, CreationDateTime: 7.5, TableStatus: 'ACTIVE' } }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const control = dynamodbCapacity({ endpoint, region: 'us-east-1', accessKeyId: 'local' });

  assert.deepEqual(await control.describe('orders'), {
    readUnits: 5,
    writeUnits: 6,
    onDemand: false,
    createdAt: 7.5,
    status: 'ACTIVE',
  });
  await control.update('orders', { readUnits: 1, writeUnits: 2 });
  assert.equal(asked[0]?.headers['x-amz-target'], 'DynamoDB_20120810.DescribeTable');
  assert.deepEqual(asked[1]?.body, {
    TableName: 'orders',
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
  });
  assert.match(
    asked[1]?.headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/dynamodb\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
  );
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

test('what DynamoDB refuses is said in its words', async () => {
  const server = createServer((_request, response) => {
    response
      .writeHead(400)
      .end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"No table"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const control = dynamodbCapacity({ endpoint, region: 'us-east-1', accessKeyId: 'local' });
  const target = createCapacityTarget('orders', { readUnits: 1, writeUnits: 1 }, control);
  target.want([{ kind: 'capacity', table: 'orders', writeUnits: 1 }]);
  await target.reconcile();
  assert.equal(target.reason(), 'DynamoDB answered DescribeTable: ResourceNotFoundException: No table');
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});
