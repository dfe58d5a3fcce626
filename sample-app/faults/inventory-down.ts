import { z } from 'zod';
import { defineFault } from './fault.ts';

export const inventoryDown = defineFault({
  id: 'inventory-down',
  title: 'Inventory is stopped',
  area: 'inventory',
  inTheWild:
    'A process is gone and its port refuses connections. That is quick to fail, and the caller makes do without, so nobody is ' +
    'paged.',
  services: ['inventory'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'stopped', process: 'inventory' }],
  signature: { filter: 'service(id(name: "inventory", type: "remote")) { fault }' },
  lookFor:
    'order’s subsegment inventory is a fault of a few milliseconds, without an HTTP response, and its cause says ECONNREFUSED. ' +
    'There is no segment of inventory: X-Ray inferred the node from the caller.',
});
