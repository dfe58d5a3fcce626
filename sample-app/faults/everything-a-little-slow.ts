import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const everythingALittleSlow = defineFault({
  id: 'everything-a-little-slow',
  title: 'Noise: everything is a little slow',
  area: 'decoys',
  inTheWild:
    'A busy morning. Every hop takes some milliseconds more than yesterday, none of them is the cause, and no single fix would ' +
    'help.',
  services: ['auth', 'inventory', 'payment'],
  parameters: z.strictObject({
    milliseconds: z.number().int().min(20).max(120).default(60).describe('How much longer each takes'),
  }),
  draw: (random) => ({ milliseconds: oneOf(random, [40, 60, 80]) }),
  primitives: ({ milliseconds }) =>
    (['auth', 'inventory', 'payment'] as const).map((service) => ({
      kind: 'delay' as const,
      service,
      milliseconds,
      jitterMilliseconds: milliseconds,
      share: 0.5,
    })),
  signature: { filter: 'fault OR service() { fault } OR service() { throttle }', shows: 'never' },
  lookFor:
    'All distributions are shifted a little, none has a second hill. There is nothing to repair in one place, and that is the ' +
    'finding.',
});
