import { products } from '../products.ts';

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
} as const satisfies Record<string, Capacity>;

/** Enough for a workshop; what runs out is a lesson of its own. */
const STOCK = 10_000_000;

const keys = { orders: 'orderId', payments: 'orderId', inventory: 'sku' } as const;

/** The input of CreateTable for each table. */
export const tableDefinitions = Object.entries(normalCapacity).map(([name, { readUnits, writeUnits }]) => {
  const key = keys[name as keyof typeof keys];
  return {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits },
  };
});

/** The input of BatchWriteItem that puts the products on the shelves. */
export const seed = {
  RequestItems: {
    inventory: products.map(({ sku, name, priceInCents }) => ({
      PutRequest: {
        Item: {
          sku: { S: sku },
          name: { S: name },
          priceInCents: { N: String(priceInCents) },
          stock: { N: String(STOCK) },
        },
      },
    })),
  },
};
