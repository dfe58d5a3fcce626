import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const newVersionFailsSometimes = defineFault({
  id: 'new-version-fails-sometimes',
  title: 'Version 2 gets a fifth of the calls and fails sometimes',
  area: 'inventory',
  inTheWild:
    'A canary release. The total looks almost as before; only when the versions are compared does one of them stand out.',
  services: ['inventory-2', 'order', 'inventory'],
  parameters: z.strictObject({
    faultShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe('Share of version 2’s reservations that fail'),
  }),
  draw: (random) => ({ faultShare: oneOf(random, [0.05, 0.1, 0.2]) }),
  primitives: ({ faultShare }) => [
    { kind: 'started', process: 'inventory-2', variables: { SERVICE_VERSION: '2' } },
    {
      kind: 'environment',
      process: 'order',
      variables: { INVENTORY_URL: '${INVENTORY_URL}*4,${INVENTORY_2_URL}*1' },
    },
    { kind: 'environment', process: 'inventory', variables: { SERVICE_VERSION: '1' } },
    {
      kind: 'exception',
      service: 'inventory-2',
      method: 'POST',
      path: '/reservations',
      type: 'RangeError',
      message: 'Unknown unit of quantity',
      share: faultShare,
    },
  ],
  signature: { filter: 'annotation.version = "2"', withinSeconds: 10 },
  lookFor:
    'annotation.version = "2" against annotation.version = "1": count the traces and the faults of each. Every fault of ' +
    'inventory is of version 2.',
});
