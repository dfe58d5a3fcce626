/**
 * What this DynamoDB is asked to do to its tables until the next plan: the same protocol as a service's (`GET` and `PUT /_plan`,
 * `{ revision, primitives }`), with primitives of its own. Nothing of it shows in answers, but what DynamoDB itself would say.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  deny,
  itemOperations,
  operations,
  partitionCapacity,
  table,
} from '../faults/plan/table-primitives.ts';
import { randomFrom } from '../random.ts';
import type { Engine, EngineAnswer } from './engine.ts';
import { answerOf, operationOf, parseObject } from './messages.ts';
import { PARTITION_LIMIT } from './meter.ts';
import { tableArn } from './table-facts.ts';
import type { Capacity } from './tables.ts';

/** Who is refused, when the plan doesn't say. */
export const DEFAULT_IDENTITY = 'user/shop';

/** The answer comes as always, but later. */
export const delay = z.strictObject({
  kind: z.literal('delay'),
  table: table.optional(),
  operations,
  milliseconds: z.number().int().min(0).max(60_000),
  /** How much of the operations: 1 is all, 0.25 every fourth. */
  share: z.number().min(0).max(1),
});

export const dynamodbPrimitive = z.discriminatedUnion('kind', [partitionCapacity, deny, delay], {
  error: 'must be partition-capacity, deny or delay',
});

export const dynamodbPlan = z.strictObject({
  revision: z.number().int().min(0),
  primitives: z.array(dynamodbPrimitive).max(50),
});

export type DynamoDBPrimitive = z.output<typeof dynamodbPrimitive>;
export type DynamoDBPlan = z.output<typeof dynamodbPlan>;

/** A plan that can't be run. `field` is the path of the member that is wrong; the message begins with it. */
export class PlanRefused extends Error {
  override readonly name = 'PlanRefused';
  readonly field: string;

  constructor(field: string, why: string) {
    super(`${field}: ${why}`);
    this.field = field;
  }
}

/** Reads the body of a PUT. Throws a PlanRefused. */
export function readPlan(text: string): DynamoDBPlan {
  let data: unknown;
  try {
    data = text === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new PlanRefused('body', `is not JSON: ${(error as Error).message}`);
  }
  const result = dynamodbPlan.safeParse(data);
  if (result.success) return result.data;

  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].join('.') || 'body';
  throw new PlanRefused(field, issue?.message ?? 'is wrong');
}

/** Each table's limit of a partition. The lowest counts where a plan has several. */
export function partitionLimits(primitives: readonly DynamoDBPrimitive[]): Map<string, Partial<Capacity>> {
  const limits = new Map<string, Partial<Capacity>>();
  for (const primitive of primitives) {
    if (primitive.kind !== 'partition-capacity') continue;
    const known = limits.get(primitive.table) ?? {};
    limits.set(primitive.table, {
      readUnits: Math.min(known.readUnits ?? Infinity, primitive.readUnits ?? PARTITION_LIMIT.readUnits),
      writeUnits: Math.min(known.writeUnits ?? Infinity, primitive.writeUnits ?? PARTITION_LIMIT.writeUnits),
    });
  }
  return limits;
}

/** An operation that IAM decides about, and the table it is for. */
export interface IamAction {
  operation: string;
  table: string;
}

/**
 * What a request must be allowed to do. A batch is one action for each of its tables, a transaction one for each of its items.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function actionsOf(operation: string, input: unknown): IamAction[] {
  const { TableName, RequestItems, TransactItems } = (input ?? {}) as {
    TableName?: unknown;
    RequestItems?: unknown;
    TransactItems?: unknown;
  };
  if (Array.isArray(TransactItems)) {
    return TransactItems.flatMap((item: unknown) =>
      Object.entries((item ?? {}) as Record<string, { TableName?: unknown } | null>).map(
        ([verb, action]) => ({
          operation: verb === 'ConditionCheck' ? 'ConditionCheckItem' : `${verb}Item`,
          table: String(action?.TableName),
        }),
      ),
    );
  }
  if (typeof RequestItems === 'object' && RequestItems !== null) {
    return Object.keys(RequestItems).map((name) => ({ operation, table: name }));
  }
  return typeof TableName === 'string' ? [{ operation, table: TableName }] : [];
}

function concerns(
  primitive: { table?: string | undefined; operations?: readonly string[] | undefined },
  action: IamAction,
): boolean {
  const operations: readonly string[] = primitive.operations ?? itemOperations;
  return (
    (primitive.table === undefined || primitive.table === action.table) &&
    operations.includes(action.operation)
  );
}

/** The first action that the plan refuses, with the identity that is refused. */
export function deniedAction(
  primitives: readonly DynamoDBPrimitive[],
  actions: readonly IamAction[],
): (IamAction & { identity: string }) | undefined {
  for (const action of actions) {
    for (const primitive of primitives) {
      if (primitive.kind === 'deny' && concerns(primitive, action)) {
        return { ...action, identity: primitive.identity ?? DEFAULT_IDENTITY };
      }
    }
  }
  return undefined;
}

/** How much later the answer comes, in milliseconds. `random` is asked once for each primitive that concerns the request. */
export function delayOf(
  primitives: readonly DynamoDBPrimitive[],
  actions: readonly IamAction[],
  random: () => number,
): number {
  let milliseconds = 0;
  for (const primitive of primitives) {
    if (primitive.kind !== 'delay' || !actions.some((action) => concerns(primitive, action))) continue;
    if (random() < primitive.share) milliseconds += primitive.milliseconds;
  }
  return milliseconds;
}

/**
 * Word for word what DynamoDB answers a caller without permission; the status is 400, and Message has a capital.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function accessDenied({
  operation,
  table: name,
  identity,
}: IamAction & { identity: string }): EngineAnswer {
  const service = identity.startsWith('assumed-role/') ? 'sts' : 'iam';
  const action = `dynamodb:${operation}`;
  return answerOf(400, {
    __type: 'com.amazon.coral.service#AccessDeniedException',
    Message:
      `User: arn:aws:${service}::000000000000:${identity} is not authorized to perform: ${action} ` +
      `on resource: ${tableArn(name)} because no identity-based policy allows the ${action} action`,
  });
}

/** Runs plans: the one that is on, the way to put on another, and the engine treated as it says. */
export interface Planned {
  current(): DynamoDBPlan;
  /** Puts on a plan that was checked. The same plan picks the same requests, counted from its arrival. */
  run(plan: DynamoDBPlan): void;
  apply(engine: Engine): Engine;
}

export function planned(
  limitPartitions: (limits: ReadonlyMap<string, Partial<Capacity>>) => void,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Planned {
  let plan: DynamoDBPlan = { revision: 0, primitives: [] };
  let random = randomFrom(0);

  return {
    current: () => plan,
    run(next) {
      plan = next;
      random = randomFrom(next.revision);
      limitPartitions(partitionLimits(next.primitives));
    },
    apply: (engine) => async (request) => {
      const operation = operationOf(request);
      const { primitives } = plan;
      if (operation === undefined || primitives.length === 0) return engine(request);

      const actions = actionsOf(operation, parseObject(request.body));
      const milliseconds = delayOf(primitives, actions, random);
      if (milliseconds > 0) await pause(milliseconds);
      const denied = deniedAction(primitives, actions);
      return denied ? accessDenied(denied) : engine(request);
    },
  };
}
