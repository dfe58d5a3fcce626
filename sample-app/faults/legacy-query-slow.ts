import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';
import { ON_PREMISES_SECONDS, onPremises } from './on-premises.ts';

export const legacyQuerySlow = defineFault({
  id: 'legacy-query-slow',
  title: 'A query on premises is slow',
  area: 'legacy',
  inTheWild:
    'Somebody dropped an index in a database that nobody looks after. The query is the same, the answer is right, and each one ' +
    'reads the whole table again and again.',
  services: ['legacy-database', 'legacy-daemon', 'legacy-pricing', 'client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.1).max(0.3).default(0.2).describe('How often somebody asks for a price'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [0.15, 0.2, 0.25]) }),
  primitives: ({ perSecond }) => [
    ...onPremises,
    { kind: 'missing-index', service: 'legacy-pricing', index: 'price_history_sku_valid_from_idx' },
    { kind: 'client', sends: 'quote', perSecond },
  ],
  signature: {
    filter: 'service("legacy-pricing") { responsetime > 0.7 } AND ok',
    withinSeconds: ON_PREMISES_SECONDS,
  },
  lookFor:
    'legacy-pricing’s segment is one long subsegment, pricing@legacy-database, with a block sql. Nothing else takes time. CREATE ' +
    'INDEX ON price_history (sku, valid_from) makes it a few milliseconds.',
});
