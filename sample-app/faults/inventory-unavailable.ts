import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const inventoryUnavailable = defineFault({
  id: 'inventory-unavailable',
  title: 'Inventory answers 503',
  area: 'inventory',
  inTheWild:
    'A dependency is overloaded and refuses work, and its caller makes do without. Customers notice nothing, and neither do ' +
    'alarms that look at the front door only.',
  services: ['inventory'],
  parameters: z.strictObject({
    share: z.number().min(0.05).max(1).default(1).describe('Share of the reservations that are refused'),
    status: z.number().int().min(500).max(599).default(503).describe('The status inventory answers'),
  }),
  draw: (random) => ({ status: oneOf(random, [500, 502, 503]) }),
  primitives: ({ share, status }) => [
    { kind: 'status', service: 'inventory', method: 'POST', path: '/reservations', status, share },
  ],
  signature: { filter: 'edge("order", "inventory") { fault } AND ok' },
  lookFor:
    'The node of inventory turns into faults while gateway stays green. The filter fault finds nothing; ' +
    'edge("order", "inventory") { fault } does. The order’s stock is unconfirmed.',
});
