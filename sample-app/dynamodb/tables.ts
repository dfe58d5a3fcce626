import { products } from '../products.ts';
import type { Item } from './item-size.ts';

/** Provisioned throughput: units a second. A write unit is 1 KB, a read unit 4 KB read consistently. */
export interface Capacity {
  readUnits: number;
  writeUnits: number;
}

/** What each table is provisioned with when nothing is wrong: well above what a burst of shoppers needs. */
export const normalCapacity = {
  orders: { readUnits: 100, writeUnits: 200 },
  payments: { readUnits: 100, writeUnits: 100 },
  inventory: { readUnits: 200, writeUnits: 200 },
  customers: { readUnits: 100, writeUnits: 100 },
} as const satisfies Record<string, Capacity>;

export type TableName = keyof typeof normalCapacity;

/** Of everything that is not sold out: enough for a workshop. */
const STOCK = 10_000_000;

/** The customers that shoppers are: c-001 … c-040. An order of anybody else makes a new one. */
const CUSTOMERS = 40;

/**
 * Of each table that grows with each checkout, how many items are kept, those written last: as many as 80 minutes of
 * shoppers on a quiet day write, and 20 of a busy one.
 */
export const ITEMS_KEPT = 5000;

/** The tables that grow, with so many items each. */
export const newestKept = (items: number) =>
  ({ orders: items, payments: items, customers: items }) as const satisfies Partial<
    Record<TableName, number>
  >;

/** The attribute that is each table's key. */
export const keyAttributes: Readonly<Record<TableName, string>> = {
  orders: 'orderId',
  payments: 'orderId',
  inventory: 'sku',
  customers: 'customerId',
};

/** The input of CreateTable for each table. */
export const tableDefinitions = Object.entries(normalCapacity).map(([name, { readUnits, writeUnits }]) => {
  const key = keyAttributes[name as TableName];
  return {
    TableName: name as TableName,
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits },
  };
});

/** What is in a table when it is new: products on the shelves, and customers who have not ordered yet. */
export const seed: Readonly<Record<TableName, readonly Item[]>> = {
  orders: [],
  payments: [],
  inventory: products.map(({ sku, name, priceInCents, soldOut }) => ({
    sku: { S: sku },
    name: { S: name },
    priceInCents: { N: String(priceInCents) },
    stock: { N: String(soldOut ? 0 : STOCK) },
  })),
  customers: Array.from({ length: CUSTOMERS }, (_, index) => ({
    customerId: { S: `c-${String(index + 1).padStart(3, '0')}` },
    orders: { N: '0' },
  })),
};
