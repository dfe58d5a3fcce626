import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { demandsOf, type Demand } from './cost.ts';
import type { Engine, EngineAnswer, EngineRequest } from './engine.ts';
import type { CapacityMeter } from './meter.ts';

interface Input {
  TableName?: string;
  BillingMode?: string;
  ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  RequestItems?: Record<string, unknown>;
  ReturnConsumedCapacity?: string;
}

interface Output {
  ConsumedCapacity?: Consumed | Consumed[];
  UnprocessedItems?: Record<string, unknown>;
  UnprocessedKeys?: Record<string, unknown>;
}

interface Consumed {
  TableName: string;
  CapacityUnits: number;
}

/** The same engine, with each table's provisioned throughput enforced. */
export function metered(engine: Engine, meter: CapacityMeter): Engine {
  return async (request) => {
    const operation = operationOf(request);
    const input = parseObject<Input>(request.body);
    // What can't be read is dynalite's to refuse, in DynamoDB's words.
    if (operation === undefined || input === undefined) return engine(request);

    const demands = costOf(operation, input);
    if (demands.length === 0) {
      const answer = await engine(request);
      if (answer.status === 200) noteCapacity(meter, operation, input);
      return answer;
    }

    const refused = demands.filter(({ table, kind, units }) => !meter.take(table, kind, units));
    if (refused.length === demands.length) return throughputExceeded();

    const granted = demands.filter((demand) => !refused.includes(demand));
    const answer = await engine(withBody(request, narrowed(input, refused)));
    return settled(meter, granted, input, refused, answer);
  };
}

/** Of a batch over several tables, only those with capacity left are asked; the others come back as unprocessed. */
function narrowed(input: Input, refused: Demand[]): Input {
  // The true cost of reads, updates and deletes is known only afterwards, so it is always asked for.
  const asked = {
    ...input,
    ReturnConsumedCapacity: input.ReturnConsumedCapacity === 'INDEXES' ? 'INDEXES' : 'TOTAL',
  };
  if (refused.length === 0 || !input.RequestItems) return asked;
  return {
    ...asked,
    RequestItems: pick(input.RequestItems, (table) => !refused.some((demand) => demand.table === table)),
  };
}

function settled(
  meter: CapacityMeter,
  granted: Demand[],
  input: Input,
  refused: Demand[],
  answer: EngineAnswer,
): EngineAnswer {
  const output = parseObject<Output>(answer.body);
  if (answer.status !== 200 || output === undefined) return answer;

  const consumed = [output.ConsumedCapacity ?? []].flat();
  for (const { table, kind, units } of granted) {
    const used = consumed.find((entry) => entry.TableName === table)?.CapacityUnits;
    if (used !== undefined) meter.settle(table, kind, units, used);
  }

  const wanted = input.ReturnConsumedCapacity === 'TOTAL' || input.ReturnConsumedCapacity === 'INDEXES';
  if (!wanted) delete output.ConsumedCapacity;
  if (refused.length > 0 && input.RequestItems) {
    const left = pick(input.RequestItems, (table) => refused.some((demand) => demand.table === table));
    const member = refused[0]?.kind === 'write' ? 'UnprocessedItems' : 'UnprocessedKeys';
    output[member] = { ...output[member], ...left };
  }
  return withJson(answer, output);
}

/** Follows the capacity of a table through the operations that set it. */
function noteCapacity(meter: CapacityMeter, operation: string, input: Input): void {
  const { TableName: table = '', BillingMode: mode, ProvisionedThroughput: throughput } = input;
  if (operation === 'DeleteTable' || mode === 'PAY_PER_REQUEST') meter.release(table);
  else if ((operation === 'CreateTable' || operation === 'UpdateTable') && throughput) {
    meter.provision(table, {
      readUnits: throughput.ReadCapacityUnits,
      writeUnits: throughput.WriteCapacityUnits,
    });
  }
}

/** The operation named in the header X-Amz-Target: DynamoDB_20120810.PutItem. */
function operationOf({ headers }: EngineRequest): string | undefined {
  return /^DynamoDB_20120810\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1];
}

/** An input too odd to be counted costs nothing, because dynalite will refuse it. */
function costOf(operation: string, input: Input): Demand[] {
  try {
    return demandsOf(operation, input);
  } catch {
    return [];
  }
}

/** Word for word what DynamoDB answers. */
function throughputExceeded(): EngineAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId() };
  return withJson(
    { status: 400, headers, body: '' },
    {
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      message:
        'The level of configured provisioned throughput for the table was exceeded. ' +
        'Consider increasing your provisioning level with the UpdateTable API.',
    },
  );
}

/** 52 capitals and digits, as DynamoDB's request ids. */
const requestId = () => randomBytes(39).toString('base64').toUpperCase().replace(/[+/]/g, '0');

function withBody(request: EngineRequest, input: Input): EngineRequest {
  return { ...request, body: JSON.stringify(input) };
}

/** Replaces the body, and the headers that depend on it. */
function withJson(answer: EngineAnswer, value: object): EngineAnswer {
  const body = JSON.stringify(value);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-crc32': String(crc32(body)),
    },
    body,
  };
}

function parseObject<Shape>(text: string): Shape | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Shape)
      : undefined;
  } catch {
    return undefined;
  }
}

const pick = (record: Record<string, unknown>, wanted: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => wanted(key)));
