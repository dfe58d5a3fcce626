import type { Kind } from './meter.ts';

/** A DynamoDB value as it goes over the wire: `{ S: 'text' }`. */
export type AttributeValue = Record<string, unknown>;
export type Item = Record<string, AttributeValue>;

/** Units an operation asks of one table before it runs: exact for puts, the least possible for everything else. */
export interface Demand {
  table: string;
  kind: Kind;
  units: number;
}

interface Input {
  TableName?: string;
  ConsistentRead?: boolean;
  Item?: Item;
  RequestItems?: Record<string, unknown>;
}

const WRITE_UNIT_BYTES = 1024;

/** Half of what a read unit is worth when the read need not be consistent. */
const readUnits = (count: number, consistent: boolean | undefined) => (consistent ? count : count / 2);

const writeUnits = (item: Item | undefined) =>
  Math.max(1, Math.ceil(itemSize(item ?? {}) / WRITE_UNIT_BYTES));

/** What an operation will ask of its tables. Operations on tables themselves ask for nothing. */
export function demandsOf(operation: string, input: Input): Demand[] {
  const table = input.TableName ?? '';
  switch (operation) {
    case 'GetItem':
    case 'Query':
    case 'Scan':
      return [{ table, kind: 'read', units: readUnits(1, input.ConsistentRead) }];
    case 'PutItem':
      return [{ table, kind: 'write', units: writeUnits(input.Item) }];
    case 'UpdateItem':
    case 'DeleteItem':
      return [{ table, kind: 'write', units: 1 }];
    case 'BatchGetItem':
      return entries(input).map(([name, request]) => {
        const { Keys = [], ConsistentRead } = request as { Keys?: unknown[]; ConsistentRead?: boolean };
        return { table: name, kind: 'read', units: readUnits(Keys.length, ConsistentRead) };
      });
    case 'BatchWriteItem':
      return entries(input).map(([name, requests]) => ({
        table: name,
        kind: 'write',
        units: (requests as { PutRequest?: { Item?: Item } }[]).reduce(
          (sum, { PutRequest }) => sum + writeUnits(PutRequest?.Item),
          0,
        ),
      }));
    default:
      return [];
  }
}

const entries = ({ RequestItems }: Input) => Object.entries(RequestItems ?? {});

/**
 * An item's size in bytes, as DynamoDB counts it: the names and the values of all attributes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(attribute: AttributeValue): number {
  const [type, value] = Object.entries(attribute)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      return numberSize(String(value));
    case 'B':
      return Buffer.byteLength(String(value), 'base64');
    case 'SS':
      return (value as string[]).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    case 'NS':
      return (value as string[]).reduce((sum, text) => sum + numberSize(text), 0);
    case 'BS':
      return (value as string[]).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
    case 'L':
      return 3 + (value as AttributeValue[]).reduce((sum, element) => sum + 1 + valueSize(element), 0);
    case 'M':
      return 3 + Object.keys(value as Item).length + itemSize(value as Item);
    default:
      // BOOL and NULL.
      return 1;
  }
}

/** About one byte for two significant digits, and one more. */
function numberSize(text: string): number {
  const digits = text.replace(/[^\d]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1;
}
