import { z } from 'zod';
import { defineFault } from './fault.ts';

export const productsPageThrows = defineFault({
  id: 'products-page-throws',
  title: 'The products page fails',
  area: 'code',
  inTheWild:
    'A release dereferences something that is missing for one product. One route answers 500, all others are fine, and the ' +
    'exception says in which line.',
  services: ['inventory'],
  parameters: z.strictObject({
    share: z.number().min(0.2).max(1).default(1).describe('Share of the requests that fail'),
  }),
  primitives: ({ share }) => [
    {
      kind: 'exception',
      service: 'inventory',
      method: 'GET',
      path: '/products',
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'priceInCents')",
      share,
    },
  ],
  signature: {
    filter: 'service("inventory") { fault } AND http.url ENDSWITH "/products"',
    withinSeconds: 10,
  },
  lookFor:
    'The segment of inventory carries the exception with its stack; gateway’s only points to it. ' +
    'rootcause.fault.exception { name = "TypeError" } finds the traces.',
});
