import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { startEngine, type Engine } from './engine.ts';
import { CapacityMeter } from './meter.ts';
import { metered } from './metered.ts';
import { seed, tableDefinitions } from './tables.ts';

/** DynamoDB's own limit on a request. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** The DynamoDB API with the shop's tables in it, ready for http.createServer. `GET /health` answers once they are there. */
export async function createDynamoDB(now = () => performance.now() / 1000): Promise<RequestListener> {
  const engine = metered(startEngine(), new CapacityMeter(now));
  for (const definition of tableDefinitions) {
    await perform(engine, 'CreateTable', definition);
    while (
      !(await perform(engine, 'DescribeTable', { TableName: definition.TableName })).includes('"ACTIVE"')
    ) {
      await setTimeout(1);
    }
  }
  await perform(engine, 'BatchWriteItem', seed);

  return (request, response) => {
    if (request.method === 'GET' && request.url === '/health') {
      response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
      return;
    }
    answer(engine, request, response).catch(() => {
      if (response.headersSent) return response.destroy();
      response
        .writeHead(500, { 'content-type': 'application/x-amz-json-1.0' })
        .end(
          '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}',
        );
    });
  };
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    chunks.push(chunk);
  }
  const { status, headers, body } = await engine({
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  });
  response.writeHead(status, headers).end(body);
}

/** An operation of our own, at start; its answer as JSON text. Throws when DynamoDB refuses it. */
async function perform(engine: Engine, operation: string, input: object): Promise<string> {
  const { status, body } = await engine({
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': 'now',
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
    },
    body: JSON.stringify(input),
  });
  if (status !== 200) throw new Error(`DynamoDB refused ${operation}: ${body}`);
  return body;
}
