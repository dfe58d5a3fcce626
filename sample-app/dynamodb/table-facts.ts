import type { Engine, EngineRequest } from './engine.ts';
import { parseObject, targeting } from './messages.ts';
import type { Capacity } from './tables.ts';

/** What metering needs to know of a global secondary index. */
export interface IndexFacts {
  name: string;
  partitionKey: string;
  sortKey?: string | undefined;
  /** The attributes an entry of the index has, besides all keys; `ALL` for the whole item. */
  projects: 'ALL' | readonly string[];
  capacity: Capacity;
}

/** What metering needs to know of a table. */
export interface TableFacts {
  name: string;
  arn: string;
  active: boolean;
  onDemand: boolean;
  partitionKey: string;
  sortKey?: string | undefined;
  /** Both 0 on demand. */
  capacity: Capacity;
  indexes: readonly IndexFacts[];
}

interface Throughput {
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

type KeySchema = { AttributeName: string; KeyType: string }[];

interface IndexDescription {
  IndexName: string;
  KeySchema: KeySchema;
  Projection?: { ProjectionType?: string; NonKeyAttributes?: string[] };
  ProvisionedThroughput?: Throughput;
}

/** TableDescription of DynamoDB's API, as CreateTable, UpdateTable and DescribeTable answer it. */
export interface TableDescription {
  TableName: string;
  TableArn?: string;
  TableStatus: string;
  KeySchema: KeySchema;
  ProvisionedThroughput?: Throughput;
  BillingModeSummary?: { BillingMode?: string };
  GlobalSecondaryIndexes?: IndexDescription[];
}

export function factsOf(table: TableDescription): TableFacts {
  return {
    name: table.TableName,
    arn: table.TableArn ?? tableArn(table.TableName),
    active: table.TableStatus === 'ACTIVE',
    onDemand: table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
    ...keysOf(table.KeySchema),
    capacity: capacityOf(table.ProvisionedThroughput),
    indexes: (table.GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName,
      ...keysOf(index.KeySchema),
      projects:
        index.Projection?.ProjectionType === 'ALL' ? 'ALL' : (index.Projection?.NonKeyAttributes ?? []),
      capacity: capacityOf(index.ProvisionedThroughput),
    })),
  };
}

export const tableArn = (table: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;

export const capacityOf = (throughput: Throughput | undefined): Capacity => ({
  readUnits: throughput?.ReadCapacityUnits ?? 0,
  writeUnits: throughput?.WriteCapacityUnits ?? 0,
});

const keysOf = (schema: KeySchema) => ({
  partitionKey: schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
  sortKey: schema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
});

/** More tables than any account here has; beyond them a table is described anew each time it is used. */
const MAX_KNOWN_TABLES = 500;

/** The tables that went by, and those asked for. A table that was made before this process is described at its first use. */
export class KnownTables {
  readonly #tables = new Map<string, TableFacts>();

  get(name: string): TableFacts | undefined {
    return this.#tables.get(name);
  }

  note(facts: TableFacts): void {
    if (this.#tables.size < MAX_KNOWN_TABLES || this.#tables.has(facts.name))
      this.#tables.set(facts.name, facts);
  }

  forget(name: string): void {
    this.#tables.delete(name);
  }

  clear(): void {
    this.#tables.clear();
  }

  /**
   * Asks `engine` for the tables of a request that are not known yet, with that request's own headers: an emulator may keep
   * different tables for different credentials and regions. Answers those that were new. One that isn't there stays unknown.
   */
  async learn(names: Iterable<string>, engine: Engine, request: EngineRequest): Promise<TableFacts[]> {
    const learnt: TableFacts[] = [];
    for (const name of new Set(names)) {
      if (name === '' || this.#tables.has(name)) continue;
      const { status, body } = await engine(targeting(request, 'DescribeTable', { TableName: name }));
      const table = parseObject<{ Table?: TableDescription }>(body)?.Table;
      if (status !== 200 || table === undefined) continue;
      const facts = factsOf(table);
      this.note(facts);
      learnt.push(facts);
    }
    return learnt;
  }
}
