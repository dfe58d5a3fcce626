import type { Engine, EngineRequest } from './engine.ts';
import type { Item } from './item-size.ts';
import { operationOf, parseObject, targeting } from './messages.ts';
import { ITEMS_KEPT, keyAttributes, newestKept } from './tables.ts';

interface Write {
  TableName?: string;
  Key?: Item;
  Item?: Item;
  RequestItems?: Record<string, { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } }[]>;
}

/** A key of a table, and whether an item is there after the operation. */
interface Written {
  table: string;
  key: string;
  isThere: boolean;
}

/**
 * The same engine, in which the shop's growing tables keep their newest items only: what was written longest ago makes room,
 * and nobody pays for that, as with DynamoDB's time to live. Without it the tables, which are in this process's memory, grow
 * all day. Tables of other names keep everything.
 *
 * @param newest How many items each of those tables keeps, by name.
 */
export function withForgetting(
  engine: Engine,
  newest: Readonly<Record<string, number>> = newestKept(ITEMS_KEPT),
): Engine {
  /** Keys by table, the one that was written longest ago first: a Map remembers insertion, and a write inserts anew. */
  const keys = new Map(Object.keys(newest).map((table) => [table, new Set<string>()]));

  async function forgetOldest(request: EngineRequest, table: string, known: Set<string>): Promise<void> {
    for (const oldest of known) {
      if (known.size <= newest[table]!) break;
      known.delete(oldest);
      const Key = { [keyAttributes[table as keyof typeof keyAttributes]]: { S: oldest } };
      // The write itself was done, whatever becomes of this.
      await engine(targeting(request, 'DeleteItem', { TableName: table, Key })).catch(() => undefined);
    }
  }

  return async (request) => {
    const answer = await engine(request);
    if (answer.status !== 200) return answer;
    const operation = operationOf(request);
    if (operation === 'DeleteTable') {
      keys.get(parseObject<Write>(request.body)?.TableName ?? '')?.clear();
      return answer;
    }
    for (const { table, key, isThere } of writtenBy(operation, request)) {
      const known = keys.get(table);
      if (!known) continue;
      known.delete(key);
      if (isThere) known.add(key);
    }
    for (const [table, known] of keys) await forgetOldest(request, table, known);
    return answer;
  };
}

function writtenBy(operation: string | undefined, request: EngineRequest): Written[] {
  const isWrite = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'].includes(operation ?? '');
  const input = isWrite ? parseObject<Write>(request.body) : undefined;
  if (!input) return [];
  const written = (table: string | undefined, item: Item | undefined, isThere: boolean): Written[] => {
    const attribute = keyAttributes[table as keyof typeof keyAttributes];
    const key = (item?.[attribute] as { S?: string } | undefined)?.S;
    return table === undefined || key === undefined ? [] : [{ table, key, isThere }];
  };
  if (operation !== 'BatchWriteItem') {
    return written(input.TableName, input.Item ?? input.Key, operation !== 'DeleteItem');
  }
  return Object.entries(input.RequestItems ?? {}).flatMap(([table, requests]) =>
    requests.flatMap(({ PutRequest, DeleteRequest }) =>
      written(table, PutRequest?.Item ?? DeleteRequest?.Key, PutRequest !== undefined),
    ),
  );
}
