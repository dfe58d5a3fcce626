import { setImmediate as nextTurn } from 'node:timers/promises';
import { computingTime } from '../../platform/computing-time.ts';

/** A line of a cart. */
export interface PricedItem {
  quantity: number;
  priceInCents: number;
}

/** What a discount takes off, in cents, of what the discounts before it have left. */
type Discount = (leftInCents: number, items: readonly PricedItem[]) => number;

/** In the order in which the shop has always taken them off. */
const discounts: readonly Discount[] = [
  // Ten pieces in a line: 5 %.
  (left, items) => (items.some(({ quantity }) => quantity >= 10) ? left * 0.05 : 0),
  // Five lines: 2 %.
  (left, items) => (items.length >= 5 ? left * 0.02 : 0),
  // From 500.00: 25.00.
  (left) => (left >= 500_00 ? 25_00 : 0),
];

/** After this long, whatever else the service has to do gets its turn. */
const SLICE_MILLISECONDS = 10;

/**
 * What a cart costs after its discounts, in cents. Which of them comes first matters: the shop's usual order is tried, then
 * others at random for as long as the search for the lowest price may take (`computingTime`).
 */
export async function calculateTotal(items: readonly PricedItem[]): Promise<number> {
  const until = performance.now() + computingTime('price-calc');
  let lowest = totalAfter(discounts, items);
  while (performance.now() < until) {
    const sliceEnd = Math.min(until, performance.now() + SLICE_MILLISECONDS);
    while (performance.now() < sliceEnd) lowest = Math.min(lowest, totalAfter(shuffled(discounts), items));
    await nextTurn();
  }
  return lowest;
}

function totalAfter(inThisOrder: readonly Discount[], items: readonly PricedItem[]): number {
  const list = items.reduce((sum, { quantity, priceInCents }) => sum + quantity * priceInCents, 0);
  return Math.round(inThisOrder.reduce((left, discount) => left - discount(left, items), list));
}

/** Fisher and Yates's. */
function shuffled<Value>(values: readonly Value[]): Value[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
