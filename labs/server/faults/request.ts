import { z } from 'zod';
import { describeParameters } from './catalogue.ts';

const seed = z.number().int().min(0).max(4_294_967_295).meta({ description: 'The same seed draws the same' });
const share = z.number().gt(0).max(1).meta({
  title: 'Share of the requests',
  description: 'Of those it would act on; 0.2 is every fifth',
});
const stopAfterSeconds = z.number().min(1).max(86_400);

/** A turn without the other one is no schedule: then the missing one is named. */
const turnSeconds = (title: string) =>
  z
    .number({ error: ({ input }) => (input === undefined ? 'on and off belong together' : undefined) })
    .min(1)
    .max(3600)
    .meta({ title });
const onSeconds = turnSeconds('On for about (seconds)');
const offSeconds = turnSeconds('Off for about (seconds)');

/** The body of `POST /lab/faults/ID`. */
export const faultRequest = z.strictObject({
  parameters: z.record(z.string(), z.unknown()).optional(),
  stopAfterSeconds: stopAfterSeconds.optional(),
  seed: seed.optional(),
  share: share.optional(),
  schedule: z.strictObject({ onSeconds, offSeconds, seed: seed.optional() }).optional(),
});

/** What can be asked of every fault, for whoever makes a form of it. */
export const faultSettings = describeParameters(
  z.object({
    stopAfterSeconds,
    share,
    'schedule.onSeconds': onSeconds,
    'schedule.offSeconds': offSeconds,
    seed,
  }),
);
