import { z } from 'zod';
import { PARTITION_LIMIT } from '../../dynamodb/meter.ts';
import { normalCapacity } from '../../dynamodb/tables.ts';

/** The primitives that the dynamodb process applies itself. */

const tables = Object.keys(normalCapacity) as [string, ...string[]];

/** The operations on items. A primitive that names none is for all of these; those on tables are left alone. */
export const itemOperations = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
] as const;

const tableOperations = ['DescribeTable', 'UpdateTable'] as const;

export const table = z.enum(tables, { error: `must be one of the tables ${tables.join(', ')}` });

export const operations = z
  .array(
    z.enum([...itemOperations, ...tableOperations], {
      error: `must be one of the operations ${[...itemOperations, ...tableOperations].join(', ')}`,
    }),
  )
  .min(1, 'must name an operation; leave it out for all operations on items')
  .optional();

const limit = (most: number) =>
  z
    .number({ error: `must be a number of units a second, from 0.1 to ${most}` })
    .min(0.1, `must be at least 0.1 units a second`)
    .max(most, `must be at most ${most}, which is the limit of DynamoDB itself`)
    .optional();

/** A limit for each partition key of a table, below DynamoDB's own: one hot key throttles, the others do not. */
export const partitionCapacity = z
  .strictObject({
    kind: z.literal('partition-capacity'),
    table,
    readUnits: limit(PARTITION_LIMIT.readUnits),
    writeUnits: limit(PARTITION_LIMIT.writeUnits),
  })
  .refine(({ readUnits, writeUnits }) => readUnits !== undefined || writeUnits !== undefined, {
    path: ['writeUnits'],
    error: 'needs readUnits or writeUnits, or both',
  });

/** The operations are refused, as for a caller whose policies don't allow them. */
export const deny = z.strictObject({
  kind: z.literal('deny'),
  table,
  operations,
  /** Whom the refusal names: the end of an ARN of IAM (user/…, role/…) or of STS (assumed-role/…). */
  identity: z
    .string()
    .regex(
      /^(user|role|assumed-role)\/[\w+=,.@/-]{1,128}$/,
      'must be the end of an ARN, such as user/order or assumed-role/order/i-0123456789',
    )
    .optional(),
});
