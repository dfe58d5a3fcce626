import type { Engine } from './engine.ts';
import type { Item } from './item-size.ts';
import { operationOf, parseObject, targeting, withJson } from './messages.ts';
import { factsOf, type TableDescription } from './table-facts.ts';
import { keyOf } from './cost.ts';

interface Write {
  TableName?: string;
  Key?: Item;
  Item?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
}

/**
 * The same engine, which shows the item that a condition failed on, where the write wishes for it: dynalite doesn't know
 * `ReturnValuesOnConditionCheckFailure`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export function withFailedItems(engine: Engine): Engine {
  return async (request) => {
    const answer = await engine(request);
    if (answer.status !== 400 || !answer.body.includes('#ConditionalCheckFailedException')) return answer;
    if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(operationOf(request) ?? '')) return answer;
    const input = parseObject<Write>(request.body);
    if (input?.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return answer;

    const { TableName } = input;
    const described = await engine(targeting(request, 'DescribeTable', { TableName }));
    const table = parseObject<{ Table?: TableDescription }>(described.body)?.Table;
    const key = input.Key ?? (table && keyOf(input.Item ?? {}, factsOf(table)));
    const found = await engine(targeting(request, 'GetItem', { TableName, Key: key, ConsistentRead: true }));
    const failed = parseObject<{ Item?: Item }>(found.body)?.Item;
    const failure = parseObject<object>(answer.body);
    return failed && failure ? withJson(answer, { ...failure, Item: failed }) : answer;
  };
}
