import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { localstackClient } from '../../platform/localstack-client.ts';
import { traced } from '../../platform/tracing.ts';

export interface StockedProduct {
  sku: string;
  name: string;
  priceInCents: number;
  stock: number;
}

export interface InventoryTable {
  list(): Promise<StockedProduct[]>;
  /** Takes pieces off the shelf. False when there are too few. */
  take(sku: string, quantity: number): Promise<boolean>;
  /** Puts pieces on the shelf; the stock afterwards, undefined for a product that is not sold. */
  add(sku: string, quantity: number): Promise<number | undefined>;
}

export function inventoryTable(): InventoryTable {
  const client = traced(localstackClient(DynamoDBClient, 'dynamodb', { maxAttempts: 3 }));
  const documents = DynamoDBDocumentClient.from(client);

  return {
    async list() {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName: 'inventory' }));
      return (Items as StockedProduct[]).sort((one, other) => one.name.localeCompare(other.name));
    },

    async take(sku, quantity) {
      try {
        await documents.send(
          new UpdateCommand({
            TableName: 'inventory',
            Key: { sku },
            UpdateExpression: 'SET stock = stock - :quantity',
            ConditionExpression: 'stock >= :quantity',
            ExpressionAttributeValues: { ':quantity': quantity },
            ReturnConsumedCapacity: 'TOTAL',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async add(sku, quantity) {
      try {
        const { Attributes } = await documents.send(
          new UpdateCommand({
            TableName: 'inventory',
            Key: { sku },
            UpdateExpression: 'SET stock = stock + :quantity',
            ConditionExpression: 'attribute_exists(sku)',
            ExpressionAttributeValues: { ':quantity': quantity },
            ReturnValues: 'UPDATED_NEW',
            ReturnConsumedCapacity: 'TOTAL',
          }),
        );
        return (Attributes as { stock: number }).stock;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
