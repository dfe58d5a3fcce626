import { z } from 'zod';
import { defineFault } from './fault.ts';

export const cardNumberInTraces = defineFault({
  id: 'card-number-in-traces',
  title: 'Card numbers get into traces',
  area: 'instrumentation',
  inTheWild:
    'Somebody wanted to search for cards. The number is an annotation now, and a query parameter, which the SDK keeps in the ' +
    'URL of the callee’s segment. Traces are read by many and kept for 30 days.',
  services: ['order', 'payment'],
  parameters: z.strictObject({}),
  primitives: () => [
    { kind: 'flag', service: 'order', flag: 'card-in-url' },
    { kind: 'flag', service: 'payment', flag: 'card-annotation' },
  ],
  signature: { filter: 'annotation.card' },
  lookFor:
    'annotation.card in payment’s segment, and ?card= in its http.request.url. The caller’s subsegment has no query: the SDK ' +
    'drops it there.',
});
