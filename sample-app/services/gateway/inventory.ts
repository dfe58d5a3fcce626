import { httpClient } from '../../platform/http-client.ts';

export interface InventoryService {
  products(): Promise<{ products: unknown[] }>;
}

export function inventoryService(baseUrl: string): InventoryService {
  const inventory = httpClient(baseUrl, { timeoutMilliseconds: 2000 });
  return { products: () => inventory.get('/products') };
}
