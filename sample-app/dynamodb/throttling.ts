/** How DynamoDB says that there is too little capacity, word for word. */
import type { EngineAnswer } from './engine.ts';
import type { Item } from './item-size.ts';
import { answerOf } from './messages.ts';
import type { Shortage } from './meter.ts';
import { tableArn, type TableFacts } from './table-facts.ts';

/**
 * The texts are those that DynamoDB's API reference lists for cancelled transactions, which are those of the exceptions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const texts = {
  provisioned:
    'The level of configured provisioned throughput for the table was exceeded. ' +
    'Consider increasing your provisioning level with the UpdateTable API.',
  provisionedIndex:
    'The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. ' +
    'Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API',
  onDemand:
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index ' +
    'so please try again shortly. If exceptions persist, check if you have a hot key: ' +
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  onDemandIndex:
    'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling ' +
    'your index so please try again shortly.',
} as const;

function textFor({ index }: Shortage, onDemand: boolean): string {
  if (index === undefined) return onDemand ? texts.onDemand : texts.provisioned;
  return onDemand ? texts.onDemandIndex : texts.provisionedIndex;
}

/**
 * Which limit it was: resource, operation and limit in one word, since August 2025.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
 */
function reasonFor({ table, index, kind, of }: Shortage, facts: TableFacts | undefined) {
  const arn = facts?.arn ?? tableArn(table);
  return {
    reason: [
      index === undefined ? 'Table' : 'Index',
      kind === 'read' ? 'Read' : 'Write',
      of === 'partition' ? 'KeyRangeThroughputExceeded' : 'ProvisionedThroughputExceeded',
    ].join(''),
    resource: index === undefined ? arn : `${arn}/index/${index}`,
  };
}

/**
 * The answer to an operation that is throttled: ProvisionedThroughputExceededException, or, for a table on demand (whose
 * partitions still have limits), ThrottlingException.
 */
export function throttled(shortage: Shortage, facts: TableFacts | undefined): EngineAnswer {
  const onDemand = facts?.onDemand === true;
  const message = textFor(shortage, onDemand);
  const reasons = [reasonFor(shortage, facts)];
  // The two exceptions spell the list's name differently; so does DynamoDB's own model.
  return answerOf(
    400,
    onDemand
      ? { __type: 'com.amazon.coral.availability#ThrottlingException', throttlingReasons: reasons, message }
      : {
          __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
          ThrottlingReasons: reasons,
          message,
        },
  );
}

/** Why one action of a transaction kept the transaction from happening. `None`: this one didn't. */
export interface CancellationReason {
  Code: string;
  Message?: string;
  Item?: Item;
}

/** What a transaction says of an action that was throttled, or, without a shortage, of one that was not. */
export function cancellationReason(
  shortage: Shortage | undefined,
  facts: TableFacts | undefined,
): CancellationReason {
  if (!shortage) return { Code: 'None' };
  const onDemand = facts?.onDemand === true;
  return {
    Code: onDemand ? 'ThrottlingError' : 'ProvisionedThroughputExceeded',
    Message: textFor(shortage, onDemand),
  };
}

/** The answer to a transaction of which nothing was done. One reason for each of its actions, in their order. */
export function transactionCancelled(reasons: readonly CancellationReason[]): EngineAnswer {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return answerOf(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    CancellationReasons: reasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  });
}
