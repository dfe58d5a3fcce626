import { log } from '../../platform/log.ts';
import type { InventoryTable } from './inventory-table.ts';

export interface Item {
  sku: string;
  quantity: number;
}

type Shelves = Pick<InventoryTable, 'take' | 'add'>;

/**
 * Takes all items off the shelf, or none: when one is sold out, or the table fails, those taken before it go back. Resolves
 * to the item that is sold out, if one is. Throws what the table throws.
 *
 * One conditional write per item and not one TransactWriteItems: that costs double the write units, says only that it was
 * cancelled, and has no table in the trace, because the X-Ray SDK does not know the operation.
 */
export async function reserve(
  shelves: Shelves,
  orderId: string,
  items: readonly Item[],
): Promise<Item | undefined> {
  const taken: Item[] = [];
  try {
    for (const item of items) {
      if (!(await shelves.take(item.sku, item.quantity))) {
        await putBack(shelves, orderId, taken);
        return item;
      }
      taken.push(item);
    }
    return undefined;
  } catch (error) {
    await putBack(shelves, orderId, taken);
    throw error;
  }
}

/** Never fails: the customer is told why there is no order, and the log tells the warehouse what to count again. */
async function putBack(shelves: Shelves, orderId: string, items: readonly Item[]): Promise<void> {
  for (const { sku, quantity } of items.toReversed()) {
    try {
      await shelves.add(sku, quantity);
    } catch (error) {
      log.error({ err: error, orderId, sku, quantity }, 'reserved goods could not be put back');
    }
  }
}
