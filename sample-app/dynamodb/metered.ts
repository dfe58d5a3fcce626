import {
  idOf,
  consumedCapacity,
  spentBy,
  spentOnReading,
  wasDoneBefore,
  type Images,
  type Output,
} from './consumption.ts';
import {
  demandsOf,
  type BatchGetRequest,
  type BatchWriteRequest,
  type Demand,
  type Facts,
  type Input,
} from './cost.ts';
import type { Engine, EngineAnswer, EngineRequest } from './engine.ts';
import type { Item } from './item-size.ts';
import { operationOf, parseObject, targeting, withBody, withJson } from './messages.ts';
import type { CapacityMeter, Draw, Shortage } from './meter.ts';
import { capacityOf, factsOf, KnownTables, type TableDescription, type TableFacts } from './table-facts.ts';
import { cancellationReason, throttled, transactionCancelled } from './throttling.ts';

/**
 * The same engine, with the throughput of tables, indexes and partitions enforced. Every answer tells the cost it was metered
 * with, when asked; an operation that is refused never reaches the engine.
 */
export function metered(engine: Engine, meter: CapacityMeter, tables = new KnownTables()): Engine {
  const facts: Facts = (table) => tables.get(table);

  return async (request) => {
    const operation = operationOf(request);
    const input = parseObject<Input>(request.body);
    // What can't be read is the engine's to refuse, in DynamoDB's words.
    if (operation === undefined || input === undefined) return engine(request);
    if (tableOperations.has(operation)) {
      const answer = await engine(request);
      if (answer.status === 200) noteTable(operation, input, answer, meter, tables);
      return answer;
    }

    const named = readable(() => demandsOf(operation, input, facts)).map(({ table }) => table);
    if (named.length === 0) return engine(request);
    for (const learnt of await tables.learn(named, engine, request)) provision(meter, learnt);

    const demands = readable(() => demandsOf(operation, input, facts)).filter(({ table }) => facts(table));
    if (demands.length < named.length) return engine(request);
    return perform({ operation, input, request, demands, facts, engine, meter });
  };
}

interface Job {
  operation: string;
  input: Input;
  request: EngineRequest;
  demands: Demand[];
  facts: Facts;
  engine: Engine;
  meter: CapacityMeter;
}

async function perform(job: Job): Promise<EngineAnswer> {
  const { operation, input, request, demands, facts, engine, meter } = job;

  const shortages = demands.map((demand) => meter.take(...drawsOf(demand, facts)));
  const refused = demands.filter((_, at) => shortages[at]);
  const granted = demands.filter((_, at) => !shortages[at]);
  const giveBack = () => granted.forEach((demand) => meter.settle(drawOf(demand, facts), 0));

  const isBatch = operation.startsWith('Batch');
  if (refused.length === demands.length || (refused.length > 0 && !isBatch)) {
    giveBack();
    return refusal(operation, demands, shortages, facts);
  }

  try {
    const images = await imagesBefore(job, granted);
    const answer = await engine(withBody(request, widened(operation, narrowed(input, demands, refused))));
    const output = parseObject<Output>(answer.body);
    if (answer.status !== 200 || output === undefined) {
      // A condition that doesn't hold had to be looked up: that much stays paid.
      if (!answer.body.includes('ConditionalCheckFailed')) giveBack();
      return answer;
    }
    const isRead = wasDoneBefore(operation, output);
    if (isRead) giveBack();
    else await addImagesAfter(job, granted, output, images);

    const spent = isRead
      ? spentOnReading(granted, images)
      : spentBy(operation, input, granted, output, images, facts);
    for (const { demand, units, indexWrites } of spent) {
      meter.settle(drawOf(demand, facts), units);
      for (const { index, partition, units: indexUnits } of indexWrites) {
        meter.settle({ table: demand.table, index, kind: 'write', units: 0, partition }, indexUnits);
      }
    }

    const told = consumedCapacity(operation, input, spent, facts);
    if (told) output.ConsumedCapacity = told as NonNullable<Output['ConsumedCapacity']>;
    else delete output.ConsumedCapacity;
    if (wantsNoAttributes(operation, input)) delete output.Attributes;
    if (refused.length > 0) addUnprocessed(input, demands, refused, output);
    return withJson(answer, output);
  } catch (error) {
    giveBack();
    throw error;
  }
}

/** A read of a global secondary index draws from the index, everything else from the table. */
function drawOf(demand: Demand, facts: Facts): Draw {
  const { table, indexName, kind, units, partition } = demand;
  const index = facts(table)?.indexes.find(({ name }) => name === indexName)?.name;
  return { table, index, kind, units, partition };
}

/**
 * A write also needs indexes that are not in debt: what it costs them shows afterwards, and an index that can't keep up
 * holds back the writes to its table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html
 */
function drawsOf(demand: Demand, facts: Facts): Draw[] {
  const indexes = demand.kind === 'write' ? (facts(demand.table)?.indexes ?? []) : [];
  return [
    drawOf(demand, facts),
    ...indexes.map(({ name: index }): Draw => ({ table: demand.table, index, kind: 'write', units: 0 })),
  ];
}

function refusal(
  operation: string,
  demands: Demand[],
  shortages: (Shortage | undefined)[],
  facts: Facts,
): EngineAnswer {
  if (operation.startsWith('Transact')) {
    return transactionCancelled(
      shortages.map((shortage, at) => cancellationReason(shortage, facts(demands[at]?.table ?? ''))),
    );
  }
  const [first] = shortages.filter((shortage) => shortage !== undefined);
  return throttled(first!, facts(first!.table));
}

const levels: readonly unknown[] = [undefined, 'NONE', 'TOTAL', 'INDEXES'];
const noAttributes: readonly unknown[] = [undefined, 'NONE'];

/** Asks for what metering needs to know, besides what the client wants to know. A wrong wish stays, to be refused. */
function widened(operation: string, input: Input): Input {
  const wider = { ...input };
  if (levels.includes(input.ReturnConsumedCapacity)) wider.ReturnConsumedCapacity = 'INDEXES';
  if (wantsNoAttributes(operation, input)) {
    wider.ReturnValues = operation === 'UpdateItem' ? 'ALL_NEW' : 'ALL_OLD';
  }
  return wider;
}

const wantsNoAttributes = (operation: string, { ReturnValues }: Input) =>
  ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation) && noAttributes.includes(ReturnValues);

/** Of a batch, only the items with capacity left. Its demands are in the order of its items. */
function narrowed(input: Input, demands: Demand[], refused: Demand[]): Input {
  return refused.length === 0
    ? input
    : { ...input, RequestItems: part(input, demands, (d) => !refused.includes(d)) };
}

function part(input: Input, demands: Demand[], wanted: (demand: Demand) => boolean): Record<string, unknown> {
  let at = 0;
  const chosen = <Entry>(entries: Entry[]) => entries.filter(() => wanted(demands[at++]!));
  return Object.fromEntries(
    Object.entries(input.RequestItems ?? {}).flatMap(([table, request]): [string, unknown][] => {
      if (Array.isArray(request)) {
        const requests = chosen(request as BatchWriteRequest[]);
        return requests.length > 0 ? [[table, requests]] : [];
      }
      const Keys = chosen((request as BatchGetRequest).Keys);
      return Keys.length > 0 ? [[table, { ...(request as BatchGetRequest), Keys }]] : [];
    }),
  );
}

/** Gives back what was refused, beside what the engine itself left undone. */
function addUnprocessed(input: Input, demands: Demand[], refused: Demand[], output: Output): void {
  for (const [table, left] of Object.entries(part(input, demands, (demand) => refused.includes(demand)))) {
    if (Array.isArray(left)) {
      const others = output.UnprocessedItems?.[table] ?? [];
      output.UnprocessedItems = {
        ...output.UnprocessedItems,
        [table]: [...others, ...(left as BatchWriteRequest[])],
      };
    } else {
      const others = output.UnprocessedKeys?.[table]?.Keys ?? [];
      const request = left as BatchGetRequest;
      output.UnprocessedKeys = {
        ...output.UnprocessedKeys,
        [table]: { ...request, Keys: [...others, ...request.Keys] },
      };
    }
  }
}

/** The items about to be written, where the answer will not show them. */
async function imagesBefore(job: Job, demands: Demand[]): Promise<Map<Demand, Images>> {
  const { operation } = job;
  const isMany = operation === 'BatchWriteItem' || operation === 'TransactWriteItems';
  const wanted = demands.filter((demand) => isMany || updatesIndexes(job, demand));
  const items = await lookUp(job, wanted);
  return new Map(wanted.map((demand) => [demand, { before: items.get(idOf(demand.table, demand.key)) }]));
}

async function addImagesAfter(
  job: Job,
  demands: Demand[],
  output: Output,
  images: Map<Demand, Images>,
): Promise<void> {
  const { operation, input } = job;
  const [only] = demands;
  if (only && (operation === 'PutItem' || operation === 'DeleteItem')) {
    images.set(only, { before: output.Attributes ?? {} });
  }
  if (only && operation === 'UpdateItem') {
    const known = images.get(only) ?? {};
    const shown = wantsNoAttributes(operation, input) ? 'ALL_NEW' : input.ReturnValues;
    if (shown === 'ALL_NEW') known.after = output.Attributes;
    if (shown === 'ALL_OLD') known.before = output.Attributes ?? {};
    images.set(only, known);
  }
  const unseen = demands.filter(
    (demand) =>
      (updatesIndexes(job, demand) || isTransactedUpdate(job, demand)) && !images.get(demand)?.after,
  );
  const items = await lookUp(job, unseen);
  for (const demand of unseen) {
    images.set(demand, { ...images.get(demand), after: items.get(idOf(demand.table, demand.key)) });
  }
}

const updatesIndexes = ({ facts }: Job, { does, table }: Demand) =>
  does === 'update' && (facts(table)?.indexes.length ?? 0) > 0;

/**
 * A transaction shows no item, and what an engine reports of it is no help: dynalite nothing, DynamoDB Local twice what
 * DynamoDB's guide says.
 */
const isTransactedUpdate = ({ operation }: Job, { does }: Demand) =>
  operation === 'TransactWriteItems' && does === 'update';

/** DynamoDB's own limit on the keys of a BatchGetItem. */
const MAX_KEYS = 100;

/** Items by table and key, `{}` for one that is not there. Those that can't be had now are missing. Costs the client nothing. */
async function lookUp({ engine, request }: Job, demands: Demand[]): Promise<Map<string, Item>> {
  if (demands.length === 0 || demands.length > MAX_KEYS) return new Map();

  const RequestItems: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
  for (const { table, key = {} } of demands) {
    (RequestItems[table] ??= { Keys: [], ConsistentRead: true }).Keys.push(key);
  }
  const { status, body } = await engine(targeting(request, 'BatchGetItem', { RequestItems }));
  const output = parseObject<Output>(body);
  if (status !== 200 || !output) return new Map();

  const items = new Map(demands.map(({ table, key }) => [idOf(table, key), {} as Item]));
  for (const [table, { Keys }] of Object.entries(output.UnprocessedKeys ?? {})) {
    for (const key of Keys) items.delete(idOf(table, key));
  }
  for (const [table, found] of Object.entries(output.Responses as Record<string, Item[]>)) {
    const names = Object.keys(RequestItems[table]?.Keys[0] ?? {});
    for (const item of found) {
      items.set(idOf(table, Object.fromEntries(names.map((name) => [name, item[name]!]))), item);
    }
  }
  return items;
}

const tableOperations = new Set(['CreateTable', 'UpdateTable', 'DeleteTable', 'DescribeTable']);

interface TableInput {
  TableName?: string;
  BillingMode?: string;
  ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  GlobalSecondaryIndexUpdates?: {
    Update?: {
      IndexName: string;
      ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
    };
  }[];
}

/** Follows tables through the operations that make, change, show and delete them. */
function noteTable(
  operation: string,
  input: TableInput,
  answer: EngineAnswer,
  meter: CapacityMeter,
  tables: KnownTables,
): void {
  const output = parseObject<{ TableDescription?: TableDescription; Table?: TableDescription }>(answer.body);
  const description = output?.TableDescription ?? output?.Table;
  if (description === undefined) return;

  const before = tables.get(description.TableName);
  if (operation === 'DeleteTable') {
    tables.forget(description.TableName);
    meter.release(description.TableName);
    for (const { name } of before?.indexes ?? []) meter.release(description.TableName, name);
    return;
  }
  const shown = factsOf(description);
  // A table that is being changed still shows its old throughput; the new one counts at once.
  if (operation === 'DescribeTable' && !shown.active) return;
  const facts = operation === 'UpdateTable' ? updated(shown, input) : shown;
  for (const { name } of before?.indexes ?? []) {
    if (!facts.indexes.some((index) => index.name === name)) meter.release(facts.name, name);
  }
  tables.note(facts);
  provision(meter, facts);
}

function updated(shown: TableFacts, input: TableInput): TableFacts {
  const updates = new Map(
    (input.GlobalSecondaryIndexUpdates ?? []).map(({ Update }) => [
      Update?.IndexName,
      Update?.ProvisionedThroughput,
    ]),
  );
  return {
    ...shown,
    onDemand: input.BillingMode === undefined ? shown.onDemand : input.BillingMode === 'PAY_PER_REQUEST',
    capacity: input.ProvisionedThroughput ? capacityOf(input.ProvisionedThroughput) : shown.capacity,
    indexes: shown.indexes.map((index) => {
      const throughput = updates.get(index.name);
      return throughput ? { ...index, capacity: capacityOf(throughput) } : index;
    }),
  };
}

function provision(meter: CapacityMeter, { name, onDemand, capacity, indexes }: TableFacts): void {
  if (onDemand) meter.release(name);
  else meter.provision(name, capacity);
  for (const index of indexes) {
    if (onDemand) meter.release(name, index.name);
    else meter.provision(name, index.capacity, index.name);
  }
}

/** An input too odd to be counted costs nothing, because the engine will refuse it. */
function readable(count: () => Demand[]): Demand[] {
  try {
    return count();
  } catch {
    return [];
  }
}
