import { z } from 'zod';
import { areas, randomFrom, type Fault, type Primitive, type Signature } from '@xray-lab/sample-app/faults';
import type { FaultAreaDescription, FaultDescription } from '../contract.ts';

/** The areas of faults, in the order in which they are shown. */
export const faultAreas: readonly FaultAreaDescription[] = Object.entries(areas).map(([id, area]) => ({
  id,
  ...area,
}));

/** A fault as the panel and the command line see it: no functions, and its parameters as JSON Schema and in words. */
export function describeFault(fault: Fault): FaultDescription {
  return {
    id: fault.id,
    title: fault.title,
    area: fault.area,
    inTheWild: fault.inTheWild,
    services: [...fault.services],
    ...describeParameters(fault.parameters),
    draws: Object.keys(fault.draw?.(randomFrom(0)) ?? {}),
    actsOnRequests: fault.primitives(fault.parameters.parse({})).some(actsOnRequests),
    signature: { ...fault.signature, says: expectationOf(fault.signature) },
    lookFor: fault.lookFor,
  };
}

/** A schema as JSON Schema, and what each of its members may be in words. */
export function describeParameters(schema: z.ZodObject): {
  parameters: Record<string, unknown>;
  allowed: Record<string, string>;
} {
  const parameters = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  const words = Object.entries(propertiesOf(parameters)).map(([name, property]) => [name, inWords(property)]);
  return { parameters, allowed: Object.fromEntries(words) };
}

/** Whether there can be more or less of it: it does something to a share of the requests. */
export const actsOnRequests = (primitive: Primitive): primitive is Primitive & { share: number } =>
  'share' in primitive;

/**
 * What a parameter may be, in words. For one that does not exist, the names of those that do.
 *
 * @example allowed(fault, 'share') // 'share: number, 0 to 1, 1 when left out.'
 */
export function allowed(fault: Fault, parameter: string): string {
  const { allowed: words } = describeParameters(fault.parameters);
  const names = Object.keys(words);
  if (words[parameter] !== undefined) return `${parameter}: ${words[parameter]}.`;
  return names.length === 0 ? 'This fault has no parameters.' : `Its parameters are: ${names.join(', ')}.`;
}

/** How and when the signature shows, as a sentence. */
export function expectationOf({ shows, atLeast, withinSeconds }: Signature): string {
  const traces = atLeast > 1 ? `At least ${atLeast} new traces` : 'New traces';
  return {
    appears: `${traces} match within ${withinSeconds} s of on, and none ${withinSeconds} s after off.`,
    vanishes: `Traces stop matching within ${withinSeconds} s of on, and come back within ${withinSeconds} s of off.`,
    never: 'No trace matches, on or off: there is nothing to find.',
  }[shows];
}

/** The part of JSON Schema that zod makes of a parameter. */
interface Parameter {
  type?: string;
  enum?: unknown[];
  anyOf?: { const?: unknown }[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  default?: unknown;
}

const propertiesOf = (schema: Record<string, unknown>) =>
  (schema['properties'] ?? {}) as Record<string, Parameter>;

const inWords = (schema: Parameter) =>
  [kind(schema), range(schema), fallback(schema)].filter(Boolean).join(', ');

const oneOf = new Intl.ListFormat('en', { type: 'disjunction', style: 'narrow' });

function kind({ type, enum: values, anyOf, pattern }: Parameter): string | undefined {
  const choices = values ?? anyOf?.map((one) => one.const);
  if (choices) return oneOf.format(choices.map(String));
  if (pattern !== undefined) return `text that matches ${pattern}`;
  return type === 'integer' ? 'whole number' : type;
}

function range({ minimum, maximum, exclusiveMinimum }: Parameter): string | undefined {
  // zod writes the safe-integer limits for an int() without limits of its own.
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const low = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  if (exclusiveMinimum !== undefined)
    return [`more than ${exclusiveMinimum}`, high !== undefined && `at most ${high}`]
      .filter(Boolean)
      .join(', ');
  if (low === undefined) return high === undefined ? undefined : `at most ${high}`;
  return high === undefined ? `at least ${low}` : `${low} to ${high}`;
}

const fallback = (schema: Parameter) =>
  schema.default === undefined ? undefined : `${String(schema.default)} when left out`;
