/**
 * TransactWriteItems and TransactGetItems on an engine that has only the single operations, such as dynalite: the actions run
 * one after the other while nothing else runs, and what was done is undone when one of them can't be.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
import { createHash } from 'node:crypto';
import { idOf } from './consumption.ts';
import type { Engine, EngineAnswer, EngineRequest } from './engine.ts';
import { itemSize, type Item } from './item-size.ts';
import { answerOf, operationOf, parseObject, targeting } from './messages.ts';
import { factsOf, type TableDescription } from './table-facts.ts';
import { transactionCancelled, type CancellationReason } from './throttling.ts';
import { keyOf, readUnits } from './cost.ts';

/** How many actions one transaction may have. */
const MAX_ACTIONS = 100;

/** A request with a token that was used this recently is not done again. */
const IDEMPOTENCY_MILLISECONDS = 10 * 60 * 1000;

/** More tokens than the shop uses in ten minutes; the oldest are forgotten first. */
const MAX_TOKENS = 1000;

interface Action {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ReturnValuesOnConditionCheckFailure?: string;
}

type Verb = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

interface TransactInput {
  TransactItems?: (Partial<Record<Verb, Action>> & { Get?: Action })[];
  ClientRequestToken?: string;
}

interface Failure {
  __type: string;
  message?: string;
}

const verbs: Readonly<Record<Verb, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // An update without an expression changes nothing, and still checks its condition.
  ConditionCheck: 'UpdateItem',
};

/** The same engine, with transactions. While one runs, everything else waits. */
export function withTransactions(engine: Engine, now: () => number = () => Date.now()): Engine {
  const lock = new Lock();
  const tokens = new Map<string, { at: number; digest: string }>();

  return async (request) => {
    const operation = operationOf(request);
    if (operation !== 'TransactWriteItems' && operation !== 'TransactGetItems') {
      return lock.shared(() => engine(request));
    }
    const input = parseObject<TransactInput>(request.body);
    const items = input?.TransactItems;
    if (!Array.isArray(items) || items.length < 1 || items.length > MAX_ACTIONS) return wrongLength(items);
    if (!items.every((item) => typeof item === 'object' && item !== null)) return notReadable();
    if (operation === 'TransactGetItems') return lock.exclusive(() => getAll(engine, request, items));

    const token = input?.ClientRequestToken;
    const digest = createHash('sha256').update(JSON.stringify(items)).digest('base64');
    return lock.exclusive(async () => {
      const known = token === undefined ? undefined : tokens.get(token);
      if (known && now() - known.at < IDEMPOTENCY_MILLISECONDS) {
        return known.digest === digest ? readAgain(engine, request, items) : tokenMismatch();
      }
      const answer = await writeAll(engine, request, items);
      if (token !== undefined && answer.status === 200) {
        tokens.delete(token);
        tokens.set(token, { at: now(), digest });
        for (const [oldest] of tokens) {
          if (tokens.size <= MAX_TOKENS) break;
          tokens.delete(oldest);
        }
      }
      return answer;
    });
  };
}

async function getAll(
  engine: Engine,
  request: EngineRequest,
  items: NonNullable<TransactInput['TransactItems']>,
): Promise<EngineAnswer> {
  const responses: { Item?: Item }[] = [];
  for (const { Get } of items) {
    const answer = await engine(targeting(request, 'GetItem', { ...Get, ConsistentRead: true }));
    if (answer.status !== 200) return answer;
    const { Item } = JSON.parse(answer.body) as { Item?: Item };
    responses.push(Item ? { Item } : {});
  }
  return answerOf(200, { Responses: responses });
}

interface Step {
  verb: Verb;
  action: Action;
  key: Item;
  before: Item | undefined;
}

/** The actions with the items they are about, as these are now; or the answer to one that can't be read. */
async function stepsOf(
  engine: Engine,
  request: EngineRequest,
  items: NonNullable<TransactInput['TransactItems']>,
): Promise<Step[] | EngineAnswer> {
  const ask = (operation: string, input: object) => engine(targeting(request, operation, input));

  const steps: Step[] = [];
  for (const item of items) {
    const [[verb, action] = []] = Object.entries(item) as [Verb, Action][];
    if (
      verb === undefined ||
      typeof action !== 'object' ||
      action === null ||
      !Object.hasOwn(verbs, verb) ||
      Object.keys(item).length !== 1
    ) {
      return invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const described = await ask('DescribeTable', { TableName: action.TableName });
    if (described.status !== 200) return missingTable(described);
    const { Table } = JSON.parse(described.body) as { Table: TableDescription };
    const key = action.Key ?? keyOf(action.Item ?? {}, factsOf(Table));
    const found = await ask('GetItem', { TableName: action.TableName, Key: key, ConsistentRead: true });
    if (found.status !== 200) return found;
    steps.push({ verb, action, key, before: (JSON.parse(found.body) as { Item?: Item }).Item });
  }
  return steps;
}

/** A transaction that was done before is not done again. Its items are read, and that is what it tells of its cost. */
async function readAgain(
  engine: Engine,
  request: EngineRequest,
  items: NonNullable<TransactInput['TransactItems']>,
): Promise<EngineAnswer> {
  const steps = await stepsOf(engine, request, items);
  if (!Array.isArray(steps)) return steps;
  const units = new Map<string, number>();
  for (const { action, before = {} } of steps) {
    const cost = readUnits(itemSize(before), 'transactional');
    units.set(action.TableName, (units.get(action.TableName) ?? 0) + cost);
  }
  return answerOf(200, {
    ConsumedCapacity: [...units].map(([TableName, read]) => ({
      TableName,
      CapacityUnits: read,
      ReadCapacityUnits: read,
    })),
  });
}

async function writeAll(
  engine: Engine,
  request: EngineRequest,
  items: NonNullable<TransactInput['TransactItems']>,
): Promise<EngineAnswer> {
  const ask = (operation: string, input: object) => engine(targeting(request, operation, input));

  const steps = await stepsOf(engine, request, items);
  if (!Array.isArray(steps)) return steps;
  if (new Set(steps.map(({ action, key }) => idOf(action.TableName, key))).size < steps.length) {
    return invalid('Transaction request cannot include multiple operations on one item');
  }

  const undo: (() => Promise<EngineAnswer>)[] = [];
  const reasons: CancellationReason[] = [];
  for (const { verb, action, key, before } of steps) {
    const { ReturnValuesOnConditionCheckFailure: wanted, ...single } = action;
    const { TableName } = action;
    const answer = await ask(verbs[verb], single);
    if (answer.status === 200) {
      reasons.push({ Code: 'None' });
      if (verb === 'ConditionCheck' && before) continue;
      const back = () =>
        before ? ask('PutItem', { TableName, Item: before }) : ask('DeleteItem', { TableName, Key: key });
      // A check that holds for an item that isn't there has made one, and must not leave it.
      if (verb === 'ConditionCheck') await back();
      else undo.push(back);
      continue;
    }
    const failure = parseObject<Failure>(answer.body);
    const reason = failure && reasonOf(failure, wanted === 'ALL_OLD' ? before : undefined);
    if (!reason) {
      await undoAll(undo);
      return answer;
    }
    reasons.push(reason);
  }
  if (reasons.every(({ Code }) => Code === 'None')) return answerOf(200, {});
  await undoAll(undo);
  return transactionCancelled(reasons);
}

async function undoAll(undo: (() => Promise<EngineAnswer>)[]): Promise<void> {
  for (const back of undo.reverse()) await back();
}

/** The reason a failed action gives its transaction, or none when the request itself was wrong. */
function reasonOf({ __type, message = '' }: Failure, item: Item | undefined): CancellationReason | undefined {
  if (__type.endsWith('#ConditionalCheckFailedException')) {
    return { Code: 'ConditionalCheckFailed', Message: message, ...(item && { Item: item }) };
  }
  // These depend on the item that is there, so that they show only when the transaction runs.
  const dependsOnItem =
    /^(An operand in the update|The provided expression refers|Item size (to update )?has exceeded)/;
  return dependsOnItem.test(message) ? { Code: 'ValidationError', Message: message } : undefined;
}

const notReadable = () => answerOf(400, { __type: 'com.amazon.coral.service#SerializationException' });

const invalid = (message: string) =>
  answerOf(400, { __type: 'com.amazon.coral.validate#ValidationException', message });

function wrongLength(items: unknown): EngineAnswer {
  const value = Array.isArray(items) ? `Value '[${items.length} actions]'` : 'Value null';
  const constraint = !Array.isArray(items)
    ? 'Member must not be null'
    : items.length === 0
      ? 'Member must have length greater than or equal to 1'
      : `Member must have length less than or equal to ${MAX_ACTIONS}`;
  return invalid(
    `1 validation error detected: ${value} at 'transactItems' failed to satisfy constraint: ${constraint}`,
  );
}

const tokenMismatch = () =>
  answerOf(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException',
    Message:
      'Request parameters do not match the parameters of the first request with this ClientRequestToken.',
  });

/** DescribeTable names the table it did not find, an operation on items doesn't. */
const missingTable = (described: EngineAnswer) =>
  described.body.includes('#ResourceNotFoundException')
    ? answerOf(400, {
        __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        message: 'Requested resource not found',
      })
    : described;

/** Many at the same time, or one alone. One that waits to be alone lets nobody new in before it. */
class Lock {
  #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | undefined;

  async shared<Value>(work: () => Promise<Value>): Promise<Value> {
    while (this.#alone) await settled(this.#alone);
    return this.#track(work());
  }

  async exclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    while (this.#alone) await settled(this.#alone);
    const others = [...this.#running];
    const alone = Promise.all(others.map(settled)).then(work);
    this.#alone = alone;
    void settled(alone).then(() => {
      if (this.#alone === alone) this.#alone = undefined;
    });
    return alone;
  }

  #track<Value>(work: Promise<Value>): Promise<Value> {
    this.#running.add(work);
    void settled(work).then(() => this.#running.delete(work));
    return work;
  }
}

const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );
