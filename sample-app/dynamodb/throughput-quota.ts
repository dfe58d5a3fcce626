import type { Engine, EngineAnswer } from './engine.ts';
import { answerOf, operationOf, parseObject, targeting } from './messages.ts';

/**
 * The most units, of reads and of writes each, that a table or one of its global secondary indexes may have, unless an
 * account asked for more.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#default-limits-throughput
 */
export const THROUGHPUT_QUOTA = 40_000;

/** Beyond this a number is out of bounds by itself, which the engine says in DynamoDB's words. */
const OUT_OF_BOUNDS = 1_000_000_000_000;

/** Word for word what DynamoDB Local 2.6.1 says, which is AWS's own. It enforces the quota in both operations. */
const texts = {
  table: 'Cannot increase provisioned throughput to more than 40,000 units per table',
  index: 'Cannot increase provisioned throughput to more than 40,000 units per global secondary index',
} as const;

interface Throughput {
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
}

interface Provisioned {
  ProvisionedThroughput?: Throughput;
}

interface TableInput extends Provisioned {
  TableName?: string;
  GlobalSecondaryIndexes?: Provisioned[];
  GlobalSecondaryIndexUpdates?: { Create?: Provisioned; Update?: Provisioned }[];
}

/** The same engine, in which no table and no index is given more throughput than the quota. The engine of dynalite knows none. */
export function withThroughputQuota(engine: Engine): Engine {
  return async (request) => {
    const operation = operationOf(request);
    if (operation !== 'CreateTable' && operation !== 'UpdateTable') return engine(request);
    const input = parseObject<TableInput>(request.body);
    const refused = refusal(input);
    if (!refused) return engine(request);
    if (operation === 'CreateTable') return refused;

    // That there is no such table comes first.
    const { TableName } = input ?? {};
    const { status } = await engine(targeting(request, 'DescribeTable', { TableName }));
    return status === 200 ? refused : engine(request);
  };
}

function refusal(input: TableInput | undefined): EngineAnswer | undefined {
  if (exceedsQuota(input)) return invalid(texts.table);
  const { GlobalSecondaryIndexes: made, GlobalSecondaryIndexUpdates: updates } = input ?? {};
  const indexes = [...listOf(made), ...listOf(updates).flatMap((update) => [update?.Create, update?.Update])];
  return indexes.some(exceedsQuota) ? invalid(texts.index) : undefined;
}

function exceedsQuota(of: Provisioned | null | undefined): boolean {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = of?.ProvisionedThroughput ?? {};
  return [read, write].some(
    (units) => typeof units === 'number' && units > THROUGHPUT_QUOTA && units <= OUT_OF_BOUNDS,
  );
}

/** What is no list is the engine's to refuse. */
const listOf = <Value>(value: Value[] | undefined): Value[] => (Array.isArray(value) ? value : []);

const invalid = (message: string) =>
  answerOf(400, { __type: 'com.amazon.coral.validate#ValidationException', message });
