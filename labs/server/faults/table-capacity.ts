import type { Primitive } from '@xray-lab/sample-app/faults';
import { requestJson, whyNoAnswer } from '../request.ts';
import type { FaultTarget } from './target.ts';

/** Provisioned throughput, in units a second. */
export interface Capacity {
  readUnits: number;
  writeUnits: number;
}

/** A table as it is. On demand it has no units at all, and DynamoDB shows 0 of both. */
export interface TableCapacity extends Capacity {
  onDemand: boolean;
  /** Epoch seconds. */
  createdAt: number;
  status: string;
}

/** The two DynamoDB operations a capacity fault needs. */
export interface CapacityControl {
  describe(table: string): Promise<TableCapacity>;
  /** Provisions a table with this much, also one that was on demand. */
  update(table: string, capacity: Capacity): Promise<void>;
}

/**
 * DynamoDB's `DescribeTable` and `UpdateTable`, spoken by hand: one POST each, so that this process does not load
 * a second AWS client. The signature is a form only; the embedded DynamoDB and LocalStack look at its shape and
 * not at its value, and a lab process never points at a real account.
 */
export function dynamodbCapacity(options: {
  endpoint: string;
  region: string;
  accessKeyId: string;
}): CapacityControl {
  const { endpoint, region, accessKeyId } = options;

  async function call(operation: string, input: object): Promise<unknown> {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${accessKeyId}/${date.slice(0, 8)}/${region}/dynamodb/aws4_request`;
    const { status, body } = await requestJson('POST', endpoint, {
      body: input,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': date,
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      },
    });
    if (status !== 200) throw new Error(`DynamoDB answered ${operation}: ${errorOf(body)}`);
    return body;
  }

  return {
    async describe(table) {
      const { Table } = (await call('DescribeTable', { TableName: table })) as { Table: DescribedTable };
      return {
        readUnits: Table.ProvisionedThroughput.ReadCapacityUnits,
        writeUnits: Table.ProvisionedThroughput.WriteCapacityUnits,
        onDemand: Table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
        createdAt: Table.CreationDateTime,
        status: Table.TableStatus,
      };
    },
    async update(table, { readUnits, writeUnits }) {
      const ProvisionedThroughput = { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits };
      await call('UpdateTable', { TableName: table, BillingMode: 'PROVISIONED', ProvisionedThroughput });
    },
  };
}

interface DescribedTable {
  BillingModeSummary?: { BillingMode?: string };
  ProvisionedThroughput: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  CreationDateTime: number;
  TableStatus: string;
}

function errorOf(body: unknown): string {
  const { __type, message, Message } = (body ?? {}) as {
    __type?: string;
    message?: string;
    Message?: string;
  };
  return [__type?.split('#').at(-1), message ?? Message].filter(Boolean).join(': ') || JSON.stringify(body);
}

/**
 * Applies a capacity once when a fault asks for it and restores the normal one once when it stops. A learner who
 * runs `aws dynamodb update-table` in between has cured the fault: that is seen and said, never undone. A table
 * that was made anew (DynamoDB restarted) gets the fault's capacity again.
 */
export function createCapacityTarget(table: string, normal: Capacity, control: CapacityControl): FaultTarget {
  let wanted: Capacity | undefined;
  let applied: { capacity: Capacity; createdAt: number } | undefined;
  let toRestore = true;
  let reason: string | undefined;
  let running: Promise<void> = Promise.resolve();

  async function restore(): Promise<void> {
    if (!toRestore) return;
    const present = await control.describe(table);
    if (!same(present, normal)) await update(present.status, normal);
    toRestore = false;
    applied = undefined;
    reason = undefined;
  }

  async function apply(capacity: Capacity): Promise<void> {
    const present = await control.describe(table);
    const isNew = applied?.createdAt !== present.createdAt;
    if (isNew || applied === undefined || !same(applied.capacity, capacity)) {
      if (!same(present, capacity)) await update(present.status, capacity);
      applied = { capacity, createdAt: present.createdAt };
      reason = undefined;
      return;
    }
    reason = same(present, capacity)
      ? undefined
      : `The capacity of ${table} was changed by hand to ${inWords(present)}.`;
  }

  async function update(status: string, capacity: Capacity): Promise<void> {
    if (status !== 'ACTIVE') throw new Error(`The table ${table} is ${status.toLowerCase()}.`);
    await control.update(table, capacity);
  }

  return {
    handles: (primitive) => primitive.kind === 'capacity' && primitive.table === table,
    want(primitives) {
      const capacity = capacityIn(primitives);
      if (capacity === undefined && wanted !== undefined) toRestore = true;
      wanted = capacity && { ...normal, ...capacity };
    },
    reconcile() {
      running = running.then(() =>
        (wanted ? apply(wanted) : restore()).catch((error: unknown) => {
          const named = error instanceof Error && /^(DynamoDB|The table)/.test(error.message);
          reason = named ? error.message : `DynamoDB does not answer (${whyNoAnswer(error)}).`;
        }),
      );
      return running;
    },
    reason() {
      if (wanted && (applied === undefined || !same(applied.capacity, wanted))) {
        return reason ?? `The capacity of ${table} has not been changed yet.`;
      }
      return reason;
    },
  };
}

const inWords = ({ onDemand, readUnits, writeUnits }: TableCapacity) =>
  onDemand ? 'on-demand' : `${readUnits} read and ${writeUnits} write units`;

const same = (a: Capacity, b: Capacity) => a.readUnits === b.readUnits && a.writeUnits === b.writeUnits;

function capacityIn(primitives: readonly Primitive[]): Partial<Capacity> | undefined {
  const [found] = primitives;
  if (found?.kind !== 'capacity') return undefined;
  const { readUnits, writeUnits } = found;
  return { ...(readUnits !== undefined && { readUnits }), ...(writeUnits !== undefined && { writeUnits }) };
}
