import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { localstackClient } from '../../platform/localstack-client.ts';
import { traced } from '../../platform/tracing.ts';
import type { Cart } from './cart.ts';
import { termsOfSale } from './terms-of-sale.ts';

export interface StoredOrder extends Cart {
  orderId: string;
  customerId: string;
  stock: string;
  placedAt: string;
}

export interface OrdersTable {
  put(order: StoredOrder): Promise<void>;
  get(orderId: string): Promise<StoredOrder | undefined>;
}

export function ordersTable(): OrdersTable {
  // One try and one more: a customer is waiting.
  const client = traced(localstackClient(DynamoDBClient, 'dynamodb', { maxAttempts: 2 }));
  const documents = DynamoDBDocumentClient.from(client);

  return {
    async put(order) {
      await documents.send(
        new PutCommand({
          TableName: 'orders',
          // What the customer agreed to is kept with the order: terms change, contracts don't.
          Item: { ...order, terms: termsOfSale },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
    },

    async get(orderId) {
      const { Item } = await documents.send(new GetCommand({ TableName: 'orders', Key: { orderId } }));
      if (!Item) return undefined;
      const { terms: _terms, ...order } = Item;
      return order as StoredOrder;
    },
  };
}
