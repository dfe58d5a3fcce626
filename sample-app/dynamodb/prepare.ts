import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import { seed, tableDefinitions } from './tables.ts';

/** DynamoDB's own limit on the items of a BatchWriteItem. */
const BATCH = 25;

/** How long a new table may take to become ACTIVE: an emulator takes milliseconds. */
const PATIENCE_MILLISECONDS = 15_000;

/**
 * Makes the shop's tables where they are missing, and fills the new ones. Tables that are there stay as they are, with what
 * is in them. Throws an Error when DynamoDB refuses, and what `engine` throws when it can't be asked.
 *
 * @param engine Sees the operations on tables.
 * @param bare Is given the items: nobody pays for them.
 */
export async function prepareTables(engine: Engine, bare: Engine): Promise<void> {
  for (const definition of tableDefinitions) {
    const { TableName } = definition;
    if ((await statusOf(engine, TableName)) !== undefined) continue;
    await perform(engine, 'CreateTable', definition);

    const deadline = performance.now() + PATIENCE_MILLISECONDS;
    while ((await statusOf(engine, TableName)) !== 'ACTIVE') {
      if (performance.now() > deadline) throw new Error(`The table ${TableName} does not become ACTIVE.`);
      await sleep(2);
    }
    const requests = seed[TableName].map((Item) => ({ PutRequest: { Item } }));
    for (let at = 0; at < requests.length; at += BATCH) {
      await perform(bare, 'BatchWriteItem', {
        RequestItems: { [TableName]: requests.slice(at, at + BATCH) },
      });
    }
  }
}

/** A table's status, or undefined when there is no such table. */
async function statusOf(engine: Engine, table: string): Promise<string | undefined> {
  const { status, body } = await ask(engine, 'DescribeTable', { TableName: table });
  if (status === 200) return (JSON.parse(body) as { Table: { TableStatus: string } }).Table.TableStatus;
  if (body.includes('ResourceNotFoundException')) return undefined;
  throw new Error(`DynamoDB refused DescribeTable: ${body}`);
}

async function perform(engine: Engine, operation: string, input: object): Promise<void> {
  const { status, body } = await ask(engine, operation, input);
  if (status !== 200) throw new Error(`DynamoDB refused ${operation}: ${body}`);
}

/**
 * An operation of our own. Its signature is a form only, as emulators want it; the access key and the region in it are the
 * shop's, because DynamoDB Local has other tables for others.
 */
function ask(engine: Engine, operation: string, input: object) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const { AWS_ACCESS_KEY_ID: key = 'local', AWS_REGION: region = 'us-east-1' } = process.env;
  const scope = `${key || 'local'}/${date.slice(0, 8)}/${region || 'us-east-1'}/dynamodb/aws4_request`;
  return engine({
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': date,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(input),
  });
}
