import { httpClient, type Replica } from '../../platform/http-client.ts';

export interface InventoryService {
  products(): Promise<{ products: unknown[] }>;
  restock(sku: string, quantity: number): Promise<{ sku: string; stock: number }>;
}

export function inventoryService(replicas: readonly Replica[]): InventoryService {
  const inventory = httpClient(replicas, { timeoutMilliseconds: 2000 });
  return {
    products: () => inventory.get('/products'),
    restock: (sku, quantity) => inventory.post('/deliveries', { sku, quantity }),
  };
}
