/**
 * What operations cost before they run. A read unit is 4 KB read consistently, a write unit 1 KB; an eventually consistent
 * read costs half, everything in a transaction double, and a batch is as dear as its items one by one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (capacity management)
 */
import { itemSize, type AttributeValue, type Item } from './item-size.ts';
import type { Kind } from './meter.ts';
import type { TableFacts } from './table-facts.ts';

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

export type Consistency = 'eventual' | 'consistent' | 'transactional';

const readFactor = { eventual: 0.5, consistent: 1, transactional: 2 } as const;

/** Units for reading so many bytes. Reading nothing costs as much as reading a little. */
export const readUnits = (bytes: number, consistency: Consistency) =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * readFactor[consistency];

/** Units for writing an item of so many bytes: the larger of what was there and what is there afterwards. */
export const writeUnits = (bytes: number, transactional = false) =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (transactional ? 2 : 1);

/** What an operation asks of one item, or, for Query and Scan, of one table or index. */
export interface Demand {
  table: string;
  /** A secondary index that is read. */
  indexName?: string | undefined;
  kind: Kind;
  /** Exact for what is put, the least possible for everything else. */
  units: number;
  /** The partition key's value, as text: `S:c-001`. Absent where there is no one partition. */
  partition?: string | undefined;
  consistency: Consistency;
  /** The item's primary key, as far as the request tells it. */
  key?: Item | undefined;
  /** The item as it will be, when the request says it whole. */
  put?: Item | undefined;
  /** The write: what it does with the item. */
  does?: 'put' | 'update' | 'delete' | 'check';
}

interface Action {
  TableName?: string;
  Key?: Item;
  Item?: Item;
  ProjectionExpression?: string;
}

/** The members of requests that metering reads. */
export interface Input extends Action {
  ConsistentRead?: boolean;
  IndexName?: string;
  KeyConditionExpression?: string;
  KeyConditions?: Record<string, { AttributeValueList?: AttributeValue[] }>;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck' | 'Get', Action | undefined>[];
  ReturnConsumedCapacity?: string;
  ReturnValues?: string;
  AttributesToGet?: string[];
  FilterExpression?: string;
  QueryFilter?: object;
  ScanFilter?: object;
  Select?: string;
}

export interface BatchGetRequest {
  Keys: Item[];
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
  AttributesToGet?: string[];
}

export interface BatchWriteRequest {
  PutRequest?: { Item: Item };
  DeleteRequest?: { Key: Item };
}

export type Facts = (table: string) => TableFacts | undefined;

/**
 * What an operation will ask, in the order of its items. Operations on tables themselves ask for nothing, and so does an
 * unknown one. May throw on an input of a wrong shape, which DynamoDB will refuse.
 */
export function demandsOf(operation: string, input: Input, facts: Facts): Demand[] {
  const consistency = input.ConsistentRead ? 'consistent' : 'eventual';
  switch (operation) {
    case 'GetItem':
      return [reading(input, consistency, facts)];
    case 'Query':
    case 'Scan':
      return [ranging(operation, input, consistency, facts)];
    case 'PutItem':
      return [writing('put', input, facts)];
    case 'UpdateItem':
      return [writing('update', input, facts)];
    case 'DeleteItem':
      return [writing('delete', input, facts)];
    case 'BatchGetItem':
      return Object.entries(input.RequestItems ?? {}).flatMap(([TableName, request]) => {
        const { Keys, ConsistentRead } = request as BatchGetRequest;
        return Keys.map((Key) =>
          reading({ TableName, Key }, ConsistentRead ? 'consistent' : 'eventual', facts),
        );
      });
    case 'BatchWriteItem':
      return Object.entries(input.RequestItems ?? {}).flatMap(([TableName, requests]) =>
        (requests as BatchWriteRequest[]).map(({ PutRequest, DeleteRequest }) =>
          PutRequest
            ? writing('put', { TableName, Item: PutRequest.Item }, facts)
            : writing('delete', { TableName, ...(DeleteRequest && { Key: DeleteRequest.Key }) }, facts),
        ),
      );
    case 'TransactGetItems':
      return (input.TransactItems ?? []).map(({ Get }) => reading(Get ?? {}, 'transactional', facts));
    case 'TransactWriteItems':
      return (input.TransactItems ?? []).map(({ Put, Update, Delete, ConditionCheck }) => {
        if (Put) return writing('put', Put, facts, true);
        if (Update) return writing('update', Update, facts, true);
        if (Delete) return writing('delete', Delete, facts, true);
        // DynamoDB's guide counts every item of the transaction as written, and names no exception for a check.
        return writing('check', ConditionCheck ?? {}, facts, true);
      });
    default:
      return [];
  }
}

function reading(
  { TableName: table = '', Key: key }: Action,
  consistency: Consistency,
  facts: Facts,
): Demand {
  const partition = partitionOf(key, facts(table)?.partitionKey);
  return { table, kind: 'read', units: readUnits(0, consistency), consistency, key, partition };
}

function writing(
  does: NonNullable<Demand['does']>,
  { TableName: table = '', Key, Item: put }: Action,
  facts: Facts,
  transactional = false,
): Demand {
  const known = facts(table);
  const key = Key ?? (put && known && keyOf(put, known));
  return {
    table,
    kind: 'write',
    does,
    units: writeUnits(put ? itemSize(put) : 0, transactional),
    consistency: transactional ? 'transactional' : 'consistent',
    partition: partitionOf(key, known?.partitionKey),
    key,
    put,
  };
}

function ranging(operation: string, input: Input, consistency: Consistency, facts: Facts): Demand {
  const { TableName: table = '', IndexName: indexName } = input;
  const known = facts(table);
  const index = known?.indexes.find(({ name }) => name === indexName);
  const partitionKey = (index ?? known)?.partitionKey;
  return {
    table,
    kind: 'read',
    units: readUnits(0, consistency),
    consistency,
    indexName,
    partition:
      operation === 'Query' && partitionKey !== undefined
        ? textOf(queriedValue(input, partitionKey))
        : undefined,
  };
}

/** The value a Query asks its partition key to have: `#customer = :customer`, or the older KeyConditions. */
function queriedValue(input: Input, partitionKey: string): AttributeValue | undefined {
  const older = input.KeyConditions?.[partitionKey]?.AttributeValueList?.[0];
  if (older !== undefined) return older;
  for (const [, left = '', right = ''] of (input.KeyConditionExpression ?? '').matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((input.ExpressionAttributeNames?.[left] ?? left) === partitionKey) {
      return input.ExpressionAttributeValues?.[right];
    }
  }
  return undefined;
}

/** An item's primary key. */
export function keyOf(
  item: Item,
  { partitionKey, sortKey }: Pick<TableFacts, 'partitionKey' | 'sortKey'>,
): Item {
  const names = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

const partitionOf = (key: Item | undefined, partitionKey: string | undefined) =>
  partitionKey === undefined ? undefined : textOf(key?.[partitionKey]);

/** A key's value as text. The type belongs to it: the number 1 and the text "1" are different keys. */
export function textOf(value: AttributeValue | undefined): string | undefined {
  const [type, content] = Object.entries(value ?? {})[0] ?? [];
  return type === undefined ? undefined : `${type}:${String(content)}`;
}

/** The same text for the same key, whatever the order of its members. */
export const keyText = (key: Item | undefined) =>
  Object.entries(key ?? {})
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .sort()
    .join('&');
