import { z } from 'zod';

/** Which requests: those to `service`, with `method` (any when absent), to `path` or below it (any when absent). */
const where = {
  service: z.string().min(1),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'must be an HTTP method in capitals')
    .optional(),
  path: z.string().startsWith('/', 'must start with /').optional(),
  /** How much of them: 1 is all, 0.25 every fourth. */
  share: z.number().min(0).max(1),
};

const milliseconds = z.number().int().min(0).max(60_000);
const capacityUnits = z.number().int().min(1).max(40_000);

/** What can be done to a service or a table. A plan is made of these and nothing else. */
export const primitiveSchema = z.discriminatedUnion('kind', [
  /** The request is read and never answered. */
  z.strictObject({ kind: z.literal('hang'), ...where }),
  /** The request is answered at once with this status. */
  z.strictObject({ kind: z.literal('status'), ...where, status: z.number().int().min(400).max(599) }),
  /** The request is answered as always, but later. */
  z.strictObject({
    kind: z.literal('delay'),
    ...where,
    milliseconds,
    /** Up to this much more or less, evenly spread. */
    jitterMilliseconds: milliseconds.default(0),
  }),
  /** A table's provisioned capacity, set through DynamoDB's own UpdateTable. Not for services. */
  z.strictObject({
    kind: z.literal('capacity'),
    table: z.string().min(1),
    readUnits: capacityUnits.optional(),
    writeUnits: capacityUnits.optional(),
  }),
]);

/** What a service is asked to do until the next plan. It says how requests are treated, and never why. */
export const planSchema = z.strictObject({
  revision: z.number().int().min(0),
  primitives: z.array(primitiveSchema).max(50),
});

export type Primitive = z.output<typeof primitiveSchema>;
export type Plan = z.output<typeof planSchema>;
