/** In front of another DynamoDB: here a second dynalite with a socket of its own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { startDynamoDB, type TestDynamoDB } from './harness.ts';
import { normalCapacity } from './tables.ts';

const listening = async (server: Server, port = 0): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const closed = async (server: Server) => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};
const options = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };

let other: Server;
let otherClient: DynamoDBClient;
let address: string;
let dynamodb: TestDynamoDB;

before(async () => {
  other = dynalite(options);
  address = `http://127.0.0.1:${await listening(other)}`;
  otherClient = new DynamoDBClient({
    endpoint: address,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  dynamodb = await startDynamoDB({ upstream: address });
});
after(async () => {
  dynamodb.stop();
  otherClient.destroy();
  await closed(other);
});

const health = async (of = dynamodb) => {
  const response = await fetch(`${of.endpoint}/health`);
  const body = (await response.json()) as { upstream: string; message?: string };
  return { ...body, status: response.status };
};

test('the shop’s tables are made there, filled, and the health check names the place', async () => {
  const answer = await health();
  assert.equal(answer.status, 200);
  assert.equal(answer.upstream, address);
  const { TableNames } = await otherClient.send(new ListTablesCommand({}));
  assert.deepEqual(TableNames, Object.keys(normalCapacity).sort());
  const { Count } = await otherClient.send(new ScanCommand({ TableName: 'customers' }));
  assert.equal(Count, 40);
});

test('what is there stays: a second process fills nothing again', async (t) => {
  const stock = (client: DynamoDBClient) =>
    client.send(new GetItemCommand({ TableName: 'inventory', Key: { sku: { S: 'mug-blue' } } }));
  await otherClient.send(
    new UpdateItemCommand({
      TableName: 'inventory',
      Key: { sku: { S: 'mug-blue' } },
      UpdateExpression: 'SET stock = :few',
      ExpressionAttributeValues: { ':few': { N: '3' } },
    }),
  );
  const second = await startDynamoDB({ upstream: address });
  t.after(() => second.stop());
  assert.equal((await stock(second.client)).Item?.stock?.N, '3');
});

test('capacity is metered here, of tables that were made before too', async (t) => {
  const second = await startDynamoDB({ upstream: address });
  t.after(() => second.stop());
  const put = (orderId: string) =>
    second.client.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: { orderId: { S: orderId }, terms: { S: 'x'.repeat(50_000) } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
  // 200 write units are there, 49 for each.
  for (const id of ['o-1', 'o-2', 'o-3', 'o-4']) {
    assert.equal((await put(id)).ConsumedCapacity?.CapacityUnits, 49);
  }
  await assert.rejects(put('o-5'), ProvisionedThroughputExceededException);
  assert.equal(
    (await otherClient.send(new GetItemCommand({ TableName: 'orders', Key: { orderId: { S: 'o-5' } } })))
      .Item,
    undefined,
    'a throttled write does not get there',
  );
});

test('plans work in front of it', async () => {
  await dynamodb.plan([{ kind: 'deny', table: 'orders' }]);
  await assert.rejects(dynamodb.client.send(new ScanCommand({ TableName: 'orders' })), {
    name: 'AccessDeniedException',
  });
  await dynamodb.plan([]);
});

test('headers go through both ways, and the checksum fits the body', async (t) => {
  const seen: IncomingMessage[] = [];
  const recorder = createServer((request, response) => {
    seen.push(request);
    request.resume().on('end', () => {
      const TableName = 'orders';
      const body = JSON.stringify({
        Table: {
          TableName,
          TableStatus: 'ACTIVE',
          KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        },
        ConsumedCapacity: { TableName, CapacityUnits: 1 },
        Item: { orderId: { S: 'ö' } },
      });
      response.writeHead(200, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': 'THE-OTHERS-OWN-ID',
        'x-amz-crc32': String(crc32(body)),
        'x-other': 'kept',
      });
      response.end(body);
    });
  });
  const port = await listening(recorder);
  t.after(() => closed(recorder));
  const second = await startDynamoDB({ upstream: `http://127.0.0.1:${port}` });
  t.after(() => second.stop());
  for (const operation of ['GetItem', 'ListTables']) {
    seen.length = 0;
    const response = await second.post(operation, { TableName: 'orders', Key: { orderId: { S: 'ö' } } });
    const body = Buffer.from(await response.arrayBuffer());
    assert.equal(response.headers.get('x-amzn-requestid'), 'THE-OTHERS-OWN-ID');
    assert.equal(response.headers.get('x-other'), 'kept');
    assert.equal(response.headers.get('x-amz-crc32'), String(crc32(body)));
    assert.equal(response.headers.get('content-length'), String(body.length));
    const last = seen.at(-1)!.headers;
    assert.equal(last['x-amz-target'], `DynamoDB_20120810.${operation}`);
    assert.match(last.authorization ?? '', /Credential=local\/20261122/);
    assert.equal(last['accept-encoding'], undefined);
  }
});

test('one that is away is named in a sentence, by the health check and to who asks; when it comes back all is well', async (t) => {
  const late = dynalite(options);
  const port = await listening(late);
  await closed(late);
  const upstream = `http://127.0.0.1:${port}`;

  const second = await startDynamoDB({ upstream });
  t.after(() => second.stop());
  const away = await health(second);
  assert.equal(away.status, 503);
  assert.equal(
    away.message,
    `The DynamoDB at ${upstream} does not answer (ECONNREFUSED). ` +
      'Start it, or unset DYNAMODB_UPSTREAM to use the DynamoDB in this process.',
  );
  await assert.rejects(second.client.send(new ListTablesCommand({})), {
    name: 'ServiceUnavailableException',
    message: away.message!,
  });

  const back = dynalite(options);
  await listening(back, port);
  assert.equal((await health(second)).status, 200);
  await second.client.send(new DescribeTableCommand({ TableName: 'customers' }));

  // Emulators keep their tables in memory: one that was restarted is empty.
  await closed(back);
  await assert.rejects(second.client.send(new ScanCommand({ TableName: 'customers' })));
  const emptied = dynalite(options);
  await listening(emptied, port);
  t.after(() => closed(emptied));
  assert.equal((await second.client.send(new ScanCommand({ TableName: 'customers' }))).Count, 40);
});
