/** Every fault there is, in one table. To add one: write its file, add its line. */
import type { Fault } from './fault.ts';
import { inventoryUnavailable } from './inventory-unavailable.ts';
import { ordersTableThrottled } from './orders-table-throttled.ts';
import { paymentProviderHangs } from './payment-provider-hangs.ts';

export const faults: readonly Fault[] = [paymentProviderHangs, ordersTableThrottled, inventoryUnavailable];

export { defineFault, type Fault } from './fault.ts';
export { planSchema, primitiveSchema, type Plan, type Primitive } from './primitives.ts';
/** The capacity each table has when nothing is wrong: what a `capacity` primitive is undone with. */
export { normalCapacity as tables, type Capacity } from '../dynamodb/tables.ts';
