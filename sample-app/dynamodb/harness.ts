/** For tests: a DynamoDB on a free port, spoken to as anybody would, and a clock that stands still unless it is moved. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDB } from './server.ts';

export interface TestDynamoDB {
  endpoint: string;
  client: DynamoDBClient;
  clock: { seconds: number };
  /** PUT /_plan. */
  plan(primitives: object[], revision?: number): Promise<Response>;
  /** A request as it goes over the wire; its status, headers and body. */
  post(operation: string, input: object | string): Promise<Response>;
  stop(): void;
}

export async function startDynamoDB(options: { upstream?: string } = {}): Promise<TestDynamoDB> {
  const clock = { seconds: 0 };
  const server = createServer(await createDynamoDB({ now: () => clock.seconds, ...options }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });

  return {
    endpoint,
    client,
    clock,
    plan: (primitives, revision = 1) =>
      fetch(`${endpoint}/_plan`, { method: 'PUT', body: JSON.stringify({ revision, primitives }) }),
    post: (operation, input) =>
      fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20261122T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
        },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      }),
    stop() {
      client.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
