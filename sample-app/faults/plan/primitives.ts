import { z } from 'zod';
import { deny, partitionCapacity } from './table-primitives.ts';

/**
 * What a plan is made of. Each primitive acts at one seam, and says what happens there and never why: a service, a
 * log or a page that sees one can't tell the fault's name from it.
 */

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a name in lower case, such as payment-provider');
const share = z.number().min(0).max(1);
const milliseconds = z.number().int().min(0).max(60_000);
const capacityUnits = z.number().int().min(1).max(40_000);

/** Which requests that come in: those to `service`, narrowed down as far as the other members say. */
const where = {
  service: name,
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'must be an HTTP method in capitals')
    .optional(),
  /** This path and everything below it; a `*` in it stands for any one part. */
  path: z.string().startsWith('/', 'must start with /').optional(),
  /** A member of the request's body and its value: `{ member: 'card.brand', is: 'amex' }`. */
  when: z.strictObject({ member: z.string().min(1).max(80), is: z.string().max(80) }).optional(),
  /** How much of them: 1 is all, 0.25 every fourth. */
  share,
};

/** What a service does with requests that come in. */
const requestPrimitives = [
  /** Read, and never answered. */
  z.strictObject({ kind: z.literal('hang'), ...where }),
  /** Answered at once with this status. */
  z.strictObject({ kind: z.literal('status'), ...where, status: z.number().int().min(400).max(599) }),
  /** Answered as always, but later. */
  z.strictObject({
    kind: z.literal('delay'),
    ...where,
    milliseconds,
    /** Up to this much more or less, evenly spread. */
    jitterMilliseconds: milliseconds.default(0),
  }),
  /** The route throws. */
  z.strictObject({
    kind: z.literal('exception'),
    ...where,
    type: z
      .string()
      .regex(/^[A-Z]\w{0,60}$/, 'must be the name of an error, such as TypeError')
      .default('Error'),
    message: z.string().min(1).max(200),
  }),
  /** A piece of the service's own work, such as price-calc of order, computes for so long. */
  z.strictObject({
    kind: z.literal('busy'),
    ...where,
    work: name,
    milliseconds: z.number().int().min(1).max(10_000),
  }),
  /** The trace header gets lost on the way in. */
  z.strictObject({ kind: z.literal('lost-header'), ...where }),
  /** A subsegment is begun and never closed. */
  z.strictObject({ kind: z.literal('open-subsegment'), ...where, name: z.string().min(1).max(100) }),
  /** The route runs on a worker queue that was made at start-up, outside the request's context. */
  z.strictObject({ kind: z.literal('lost-context'), ...where }),
] as const;

/** How a service works from now on. */
const conductPrimitives = [
  /** A switch of the service's own, as deployments flip them. */
  z.strictObject({ kind: z.literal('flag'), service: name, flag: name }),
  /** Calls that the X-Ray SDK does not see: of AWS clients (`aws`), or to one host. */
  z.strictObject({
    kind: z.literal('uncaptured'),
    service: name,
    calls: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be aws, or a host name'),
  }),
  /** Somebody dropped an index of the service's database. Whoever creates it again has cured that. */
  z.strictObject({
    kind: z.literal('missing-index'),
    service: name,
    index: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be the name of an index'),
  }),
  /** The host's clock is this much fast, or slow when below zero. */
  z.strictObject({ kind: z.literal('clock'), service: name, seconds: z.number().min(-86_400).max(86_400) }),
] as const;

/** What happens to a table. The first goes through DynamoDB's own UpdateTable, the others are the dynamodb process's. */
const tablePrimitives = [
  z.strictObject({
    kind: z.literal('capacity'),
    table: name,
    readUnits: capacityUnits.optional(),
    writeUnits: capacityUnits.optional(),
  }),
  partitionCapacity,
  deny,
] as const;

const variables = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().max(500));

/** What happens to a process as a whole. */
const processPrimitives = [
  z.strictObject({ kind: z.literal('stopped'), process: name }),
  /** Runs a process that is not needed otherwise, with these variables besides its own. */
  z.strictObject({ kind: z.literal('started'), process: name, variables: variables.default({}) }),
  /** Restarted with these variables besides its own: a deployment with a wrong setting. */
  z.strictObject({ kind: z.literal('environment'), process: name, variables }),
  /** The way from a process to X-Ray: every byte waits so long, or the connection is refused. */
  z.strictObject({ kind: z.literal('slow-link'), process: name, milliseconds }),
] as const;

/** What happens on X-Ray's side. */
const xrayPrimitives = [
  /** A sampling rule that somebody created, in the members of CreateSamplingRule. */
  z.strictObject({
    kind: z.literal('sampling-rule'),
    rule: z.strictObject({
      RuleName: z.string().min(1).max(32),
      Priority: z.number().int().min(1).max(9999),
      FixedRate: z.number().min(0).max(1),
      ReservoirSize: z.number().int().min(0),
      HTTPMethod: z.string().default('*'),
      URLPath: z.string().default('*'),
      ServiceName: z.string().default('*'),
    }),
  }),
] as const;

/** One more client of the shop, besides the shoppers. */
const clientPrimitive = z.strictObject({
  kind: z.literal('client'),
  sends: z.enum([
    'checkout',
    'invalid-checkout',
    'sold-out-checkout',
    'unknown-order',
    'order-status',
    'refund',
    'health-check',
    'quote',
    'basket-quote',
  ]),
  perSecond: z.number().min(0.1).max(20),
  customerId: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional(),
  userAgent: z.string().max(100).optional(),
  /** Sent as X-Amzn-Trace-Id on every request. */
  traceHeader: z.string().max(300).optional(),
});

export const servicePrimitiveSchema = z.discriminatedUnion('kind', [
  ...requestPrimitives,
  ...conductPrimitives,
]);

export const primitiveSchema = z.discriminatedUnion('kind', [
  ...requestPrimitives,
  ...conductPrimitives,
  ...tablePrimitives,
  ...processPrimitives,
  ...xrayPrimitives,
  clientPrimitive,
]);

/** What a service is asked to do until the next plan. */
export const planSchema = z.strictObject({
  revision: z.number().int().min(0),
  primitives: z.array(servicePrimitiveSchema).max(50),
});

export type Primitive = z.output<typeof primitiveSchema>;
export type PrimitiveOf<Kind extends Primitive['kind']> = Extract<Primitive, { kind: Kind }>;
/** A primitive that a service applies itself. */
export type ServicePrimitive = z.output<typeof servicePrimitiveSchema>;
export type RequestPrimitive = Extract<ServicePrimitive, { share: number }>;
export type Plan = z.output<typeof planSchema>;
