import { z } from 'zod';
import { defineFault } from './fault.ts';

export const orderIdInMetadata = defineFault({
  id: 'order-id-in-metadata',
  title: 'Order’s ids are metadata instead of annotations',
  area: 'instrumentation',
  inTheWild:
    'Both are kept with the segment, and only annotations are indexed. A filter by order finds nothing, although the id is there ' +
    'to be read.',
  services: ['order'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'flag', service: 'order', flag: 'only-metadata' }],
  signature: { filter: 'service("order") { !annotation.orderId } AND http.url ENDSWITH "/checkout" AND ok' },
  lookFor:
    'In the raw document of order, orderId and customerId stand under metadata.default; in those of the other services they ' +
    'stand under annotations.',
});
