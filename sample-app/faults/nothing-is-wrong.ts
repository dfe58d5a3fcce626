import { z } from 'zod';
import { defineFault } from './fault.ts';

export const nothingIsWrong = defineFault({
  id: 'nothing-is-wrong',
  title: 'Nothing is wrong',
  area: 'decoys',
  inTheWild:
    'Somebody says that the shop is slow. It isn’t. To find that out with certainty, and to say so, is as much a skill as ' +
    'finding a fault.',
  services: [],
  parameters: z.strictObject({}),
  primitives: () => [],
  signature: { filter: 'fault OR service() { fault } OR service() { throttle }', shows: 'never' },
  lookFor:
    'Response times and rates as on any other day, no fault on any edge. The right finding is that there is none.',
});
