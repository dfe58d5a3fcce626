import type { LiveGenerator } from './generator.ts';
import { inventoryUnavailable } from './inventory-unavailable.ts';
import { ordersTableThrottled } from './orders-table-throttled.ts';
import { paymentProviderHangs } from './payment-provider-hangs.ts';

/** Every kind of live question. To add one: write its file, add its line. */
export const generators: readonly LiveGenerator[] = [
  paymentProviderHangs,
  ordersTableThrottled,
  inventoryUnavailable,
];
