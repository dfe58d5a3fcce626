import { z } from 'zod';
import { defineFault } from './fault.ts';

export const headerStrippedByProxy = defineFault({
  id: 'header-stripped-by-proxy',
  title: 'A proxy before payment removes the trace header',
  area: 'propagation',
  inTheWild:
    'A proxy lets through only the headers it knows. The caller says that it sent the header, the callee never got it.',
  services: ['payment'],
  parameters: z.strictObject({
    share: z.number().min(0.3).max(1).default(1).describe('Share of the requests that go through this proxy'),
  }),
  primitives: ({ share }) => [{ kind: 'lost-header', service: 'payment', share }],
  signature: { filter: 'service(id(name: "payment", type: "remote")) AND service("gateway")' },
  lookFor:
    'order’s subsegment payment is complete, with traced: true, and yet X-Ray had to infer payment. Payment’s own segment is the ' +
    'root of another trace, with the same annotation.orderId.',
});
