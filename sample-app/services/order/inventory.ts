import { CallFailed, httpClient, type Replica } from '../../platform/http-client.ts';
import { log } from '../../platform/log.ts';
import type { Item } from './cart.ts';

/** Unconfirmed: sold without knowing whether it is there, to be sorted out by the warehouse. */
export type Stock = 'reserved' | 'unconfirmed';

export interface InventoryService {
  /** Reserves the items. Throws CallFailed 409 when one is sold out. */
  reserve(orderId: string, items: readonly Item[]): Promise<Stock>;
}

export function inventoryService(replicas: readonly Replica[]): InventoryService {
  const inventory = httpClient(replicas, { timeoutMilliseconds: 1500 });

  return {
    async reserve(orderId, items) {
      try {
        await inventory.post('/reservations', { orderId, items });
        return 'reserved';
      } catch (error) {
        if (error instanceof CallFailed && error.status < 500) throw error;
        // A shop that can't count its stock goes on selling: late goods cost less than a lost order.
        log.warn({ orderId, reason: (error as Error).message }, 'stock unconfirmed');
        return 'unconfirmed';
      }
    },
  };
}
