/** What operations turned out to cost, and how DynamoDB tells it: `ConsumedCapacity`. */
import {
  keyOf,
  keyText,
  readUnits,
  writeUnits,
  type BatchGetRequest,
  type BatchWriteRequest,
  type Demand,
  type Facts,
  type Input,
} from './cost.ts';
import { indexWritesOf, type IndexWrite } from './index-writes.ts';
import { itemSize, type Item } from './item-size.ts';

/** The members of answers that metering reads. */
export interface Output {
  ConsumedCapacity?: Reported | Reported[];
  Item?: Item;
  Items?: Item[];
  Attributes?: Item;
  Responses?: Record<string, Item[]> | { Item?: Item }[];
  UnprocessedItems?: Record<string, BatchWriteRequest[]>;
  UnprocessedKeys?: Record<string, BatchGetRequest>;
}

interface Reported {
  TableName?: string;
  CapacityUnits?: number;
  ReadCapacityUnits?: number;
  Table?: { CapacityUnits?: number };
}

/** An item before and after a write, as far as it was seen. */
export interface Images {
  /** Undefined: not seen. `{}`: seen that there was none. */
  before?: Item | undefined;
  after?: Item | undefined;
}

/** What one demand turned out to cost, with what followed in the indexes of the table. */
export interface Spent {
  demand: Demand;
  units: number;
  indexWrites: IndexWrite[];
}

/**
 * The true cost of each demand. Sizes are taken from the items that were seen; where an item was not seen whole (a projection,
 * a filter, a count), the rest of what the engine reports for the table is shared among the demands in question.
 */
export function spentBy(
  operation: string,
  input: Input,
  demands: readonly Demand[],
  output: Output,
  images: ReadonlyMap<Demand, Images>,
  facts: Facts,
): Spent[] {
  const left = unprocessed(output, facts);
  const estimates = demands.map((demand, at) =>
    left.has(idOf(demand.table, demand.key))
      ? { exact: 0 }
      : demand.kind === 'read'
        ? costOfRead(operation, input, demand, at, output)
        : costOfWrite(demand, images.get(demand)),
  );

  return demands.map((demand, at) => {
    const estimate = estimates[at] ?? {};
    return {
      demand,
      units:
        estimate.exact ??
        Math.max(estimate.atLeast ?? demand.units, shareOf(demand, demands, estimates, output)),
      indexWrites: estimate.exact === 0 ? [] : indexWrites(demand, images.get(demand), facts),
    };
  });
}

/**
 * Whether a transaction had a token that was used before: then nothing is written, and the engine tells of reads.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (ClientRequestToken)
 */
export const wasDoneBefore = (operation: string, { ConsumedCapacity }: Output): boolean =>
  operation === 'TransactWriteItems' &&
  [ConsumedCapacity ?? []].flat().some(({ ReadCapacityUnits }) => ReadCapacityUnits !== undefined);

/** The cost of a transaction that was done before: its items are read. */
export function spentOnReading(demands: readonly Demand[], images: ReadonlyMap<Demand, Images>): Spent[] {
  return demands.map((demand) => ({
    demand: { ...demand, kind: 'read', units: 0 },
    units: readUnits(itemSize(images.get(demand)?.before ?? {}), demand.consistency),
    indexWrites: [],
  }));
}

interface Estimate {
  exact?: number | undefined;
  atLeast?: number;
}

function costOfRead(operation: string, input: Input, demand: Demand, at: number, output: Output): Estimate {
  const cost = (bytes: number) => ({ exact: readUnits(bytes, demand.consistency) });
  switch (operation) {
    case 'GetItem':
      return isProjected(input) ? {} : cost(itemSize(output.Item ?? {}));
    case 'TransactGetItems': {
      const response = (output.Responses as { Item?: Item }[] | undefined)?.[at];
      return isProjected(input.TransactItems?.[at]?.Get ?? {}) ? {} : cost(itemSize(response?.Item ?? {}));
    }
    case 'BatchGetItem': {
      const request = input.RequestItems?.[demand.table] as BatchGetRequest;
      if (isProjected(request)) return {};
      const names = Object.keys(demand.key ?? {});
      const wanted = keyText(demand.key);
      const found = (output.Responses as Record<string, Item[]> | undefined)?.[demand.table]?.find(
        (item) => keyText(pick(item, names)) === wanted,
      );
      return cost(itemSize(found ?? {}));
    }
    default: {
      // Query and Scan pay for what they read, not for what they show.
      const isWhole =
        !isProjected(input) &&
        input.FilterExpression === undefined &&
        input.QueryFilter === undefined &&
        input.ScanFilter === undefined &&
        (input.Select === undefined || (input.Select === 'ALL_ATTRIBUTES' && input.IndexName === undefined));
      return isWhole ? cost((output.Items ?? []).reduce((sum, item) => sum + itemSize(item), 0)) : {};
    }
  }
}

/** The larger of the item before and after counts, also for an update of a single attribute. */
function costOfWrite(demand: Demand, images: Images | undefined): Estimate {
  const before = images?.before;
  const after = demand.put ?? images?.after ?? (demand.does === 'update' ? undefined : {});
  const bytes = Math.max(itemSize(before ?? {}), itemSize(after ?? {}));
  const units = writeUnits(bytes, demand.consistency === 'transactional');
  return before && after ? { exact: units } : { atLeast: units };
}

function indexWrites(demand: Demand, images: Images | undefined, facts: Facts): IndexWrite[] {
  const table = facts(demand.table);
  if (!table || !images?.before || demand.kind === 'read' || demand.does === 'check') return [];
  const after = demand.does === 'delete' ? {} : (demand.put ?? images.after);
  return after ? indexWritesOf(table, images.before, after, demand.consistency === 'transactional') : [];
}

/** An equal part of what the engine reports for the table and nobody has accounted for. */
function shareOf(demand: Demand, demands: readonly Demand[], estimates: Estimate[], output: Output): number {
  const report = [output.ConsumedCapacity ?? []].flat().find(({ TableName }) => TableName === demand.table);
  const total = demand.indexName === undefined ? report?.Table?.CapacityUnits : undefined;
  const reported = total ?? report?.CapacityUnits ?? 0;
  const mine = estimates.filter((_, at) => demands[at]?.table === demand.table);
  const accounted = mine.reduce((sum, { exact = 0 }) => sum + exact, 0);
  return (reported - accounted) / mine.filter(({ exact }) => exact === undefined).length;
}

function unprocessed({ UnprocessedItems, UnprocessedKeys }: Output, facts: Facts): Set<string> {
  const left = new Set<string>();
  for (const [table, { Keys }] of Object.entries(UnprocessedKeys ?? {})) {
    for (const key of Keys) left.add(idOf(table, key));
  }
  for (const [table, requests] of Object.entries(UnprocessedItems ?? {})) {
    const known = facts(table);
    for (const { PutRequest, DeleteRequest } of requests) {
      const key = DeleteRequest?.Key ?? (known && PutRequest && keyOf(PutRequest.Item, known));
      if (key) left.add(idOf(table, key));
    }
  }
  return left;
}

/** Names one item of one table. */
export const idOf = (table: string, key: Item | undefined) => `${table}/${keyText(key)}`;

const isProjected = ({ ProjectionExpression, AttributesToGet }: Partial<BatchGetRequest>) =>
  ProjectionExpression !== undefined || AttributesToGet !== undefined;

const pick = (item: Item, names: string[]): Item =>
  Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));

interface Consumed {
  CapacityUnits: number;
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
}

/**
 * The member ConsumedCapacity of an answer: undefined unless it was asked for, one for an operation on one table, and a list
 * for batches and transactions. `INDEXES` adds what the table itself and each index had of it; a transaction also says
 * which units they were.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
 */
export function consumedCapacity(
  operation: string,
  { ReturnConsumedCapacity: level }: Input,
  spent: readonly Spent[],
  facts: Facts,
): object | object[] | undefined {
  if (level !== 'TOTAL' && level !== 'INDEXES') return undefined;

  const isTransaction = operation.startsWith('Transact');
  const tables = [...new Set(spent.filter(({ units }) => units > 0).map(({ demand }) => demand.table))];
  const told = tables.map((table) => {
    const mine = spent.filter(({ demand }) => demand.table === table);
    const as = (units: number): Consumed => ({
      CapacityUnits: units,
      ...(isTransaction &&
        (mine[0]?.demand.kind === 'read' ? { ReadCapacityUnits: units } : { WriteCapacityUnits: units })),
    });

    let ofTable = 0;
    const ofIndexes = new Map<string, number>();
    const add = (index: string, units: number) => ofIndexes.set(index, (ofIndexes.get(index) ?? 0) + units);
    for (const { demand, units, indexWrites } of mine) {
      if (demand.indexName === undefined) ofTable += units;
      else add(demand.indexName, units);
      for (const write of indexWrites) add(write.index, write.units);
    }
    const total = ofTable + [...ofIndexes.values()].reduce((sum, units) => sum + units, 0);
    if (level === 'TOTAL') return { TableName: table, ...as(total) };

    const isGlobal = (name: string) => facts(table)?.indexes.some((index) => index.name === name) === true;
    const breakdown = (global: boolean) =>
      Object.fromEntries(
        [...ofIndexes]
          .filter(([name]) => isGlobal(name) === global)
          .map(([name, units]) => [name, as(units)]),
      );
    const globals = breakdown(true);
    const locals = breakdown(false);
    return {
      TableName: table,
      ...as(total),
      Table: as(ofTable),
      ...(Object.keys(globals).length > 0 && { GlobalSecondaryIndexes: globals }),
      ...(Object.keys(locals).length > 0 && { LocalSecondaryIndexes: locals }),
    };
  });
  return operation.startsWith('Batch') || isTransaction ? told : told[0];
}
