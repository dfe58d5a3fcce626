/**
 * Primitives that leave a mark of their own: number N of a fault's primitives is left out, and what is left must not
 * pass for the whole fault.
 */
export const leftOut: readonly (readonly [fault: string, primitive: number])[] = [
  ['card-number-in-traces', 0],
  ['card-number-in-traces', 1],
  ['daemon-in-another-region', 0],
  ['daemon-in-another-region', 1],
  ['daemon-not-authorised', 0],
  ['daemon-not-authorised', 1],
  ...[0, 1, 2, 3, 4, 5, 6].map((primitive) => ['failures-of-every-kind', primitive] as const),
  ['legacy-n-plus-one', 3],
  ['legacy-query-slow', 3],
  ['new-version-fails-sometimes', 2],
  ['new-version-fails-sometimes', 3],
  ['one-bad-replica', 1],
  ['one-bad-replica', 2],
  ['one-bad-replica', 3],
  ['one-hot-customer', 0],
  ['one-hot-customer', 1],
  ['orders-table-throttled-on-read', 0],
  ['orders-table-throttled-on-read', 1],
  ['rare-route-hardly-sampled', 0],
  ['rare-route-hardly-sampled', 1],
  ['refund-never-arrives', 0],
  ['refund-never-arrives', 1],
  ['refund-never-arrives', 2],
  ['retry-storm', 0],
  ['retry-storm', 1],
  ['sampling-calls-denied', 0],
  ['sampling-calls-denied', 1],
  ['sampling-rule-eats-checkout', 0],
  ['sampling-rule-eats-checkout', 1],
];

export const nameOf = (fault: string, primitive: number) => `${fault} without ${primitive}`;
