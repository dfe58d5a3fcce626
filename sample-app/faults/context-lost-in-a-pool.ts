import { z } from 'zod';
import { defineFault } from './fault.ts';

export const contextLostInAPool = defineFault({
  id: 'context-lost-in-a-pool',
  title: 'Inventory loses the context in a worker queue',
  area: 'propagation',
  inTheWild:
    'Work is handed to a pool that was made at start-up. The current segment is kept per asynchronous context, and the pool’s ' +
    'context has none.',
  services: ['inventory'],
  parameters: z.strictObject({}),
  primitives: () => [
    { kind: 'lost-context', service: 'inventory', method: 'POST', path: '/reservations', share: 1 },
  ],
  signature: {
    filter:
      'service("inventory") AND !edge("inventory", id(type: "AWS::DynamoDB::Table")) AND http.url ENDSWITH "/checkout" AND ok',
  },
  lookFor:
    'inventory’s segments have no subsegment DynamoDB and no annotations any more, while the stock goes on changing. On the ' +
    'map, the table hangs on nobody.',
});
