import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';
import { ON_PREMISES_SECONDS, onPremises } from './on-premises.ts';

export const legacyNPlusOne = defineFault({
  id: 'legacy-n-plus-one',
  title: 'One query for each item of a basket',
  area: 'legacy',
  inTheWild:
    'A loop asks the database for one price at a time, where one query could ask for all. With two items in the test nobody sees ' +
    'it; with twenty, and a database in another building, everybody does.',
  services: ['legacy-database', 'legacy-daemon', 'legacy-pricing', 'client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.2).max(5).default(1).describe('How often somebody asks for a quote'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [0.5, 1, 2]) }),
  primitives: ({ perSecond }) => [
    ...onPremises,
    { kind: 'flag', service: 'legacy-pricing', flag: 'prices-one-by-one' },
    { kind: 'client', sends: 'basket-quote', perSecond },
  ],
  signature: { filter: 'annotation.queries >= 5', withinSeconds: ON_PREMISES_SECONDS },
  lookFor:
    'legacy-pricing’s segment has a staircase of subsegments with one name, pricing@legacy-database, each short, each beginning ' +
    'where the one before ended: as many as the quote has items.',
});
