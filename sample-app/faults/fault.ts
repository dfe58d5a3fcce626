import type { z } from 'zod';
import type { Primitive } from './plan/primitives.ts';

/** The mark a fault leaves in traces. */
export interface Signature {
  /** A filter expression. */
  filter: string;
  /** How many traces it takes to be sure. */
  atLeast: number;
  /**
   * How the mark shows. `appears`: new traces match the filter while the fault is on, and none when it is off.
   * `vanishes`: new traces match when it is off, and none while it is on. `never`: none match, on or off, because
   * nothing is wrong.
   */
  shows: 'appears' | 'vanishes' | 'never';
  /** Within how many seconds of on or off it takes effect. Longer than 3 only where a rate has to be noticed. */
  withinSeconds: number;
}

/**
 * Where somebody who looks for a cause would begin, in the order in which the panel and the command line show them. To
 * add one: a line here, and a fault that is of it.
 */
export const areas = {
  payment: { title: 'Payment and its provider', about: 'A third party hangs, refuses or slows down' },
  tables: { title: 'Tables', about: 'Throttles, a hot key, access refused by DynamoDB' },
  inventory: { title: 'Inventory and its hosts', about: 'A dependency is down, slow, or broken on one host' },
  legacy: { title: 'On premises', about: 'SQL that is slow, or that is sent too often' },
  auth: { title: 'Sign-in', about: 'Errors and throttles, 401, 403 and 429, and no fault' },
  code: { title: 'Code and work behind a queue', about: 'Exceptions, computing, messages given up' },
  propagation: { title: 'Trace context', about: 'One request becomes two traces, or loses its parts' },
  instrumentation: { title: 'What gets recorded', about: 'Segments that lack parts, tell too much, or lie' },
  daemon: { title: 'The daemon', about: 'Segments are sent and never arrive' },
  sampling: { title: 'Sampling', about: 'Too few traces, too many, or the wrong ones' },
  decoys: { title: 'Noise and decoys', about: 'Something looks wrong, and there is nothing to repair' },
} as const satisfies Record<string, { title: string; about: string }>;

export type FaultArea = keyof typeof areas;

/** Something that goes wrong in the wild, made of primitives, with the mark it leaves in traces. */
export interface Fault<Parameters extends z.ZodObject = z.ZodObject> {
  /** As on the command line: `payment-provider-hangs`. */
  id: string;
  title: string;
  area: FaultArea;
  /** What it is in the wild, in a sentence or two. */
  inTheWild: string;
  /** The services, tables and processes it touches. */
  services: string[];
  /** What can be chosen; every parameter has a default. */
  parameters: Parameters;
  /** Other parameters than the defaults, for a fault that is drawn from a seed. All of them show the signature. */
  draw?(random: () => number): z.input<Parameters>;
  primitives(parameters: z.output<Parameters>): Primitive[];
  signature: Signature;
  /** What to look for on the map and in a trace. */
  lookFor: string;
}

type Given<Parameters extends z.ZodObject> = Omit<Fault<Parameters>, 'signature'> & {
  signature: Pick<Signature, 'filter'> & Partial<Signature>;
};

/** Seconds within which a fault takes effect and clears, unless it is one of a rate. */
const EFFECT_SECONDS = 3;

/** Checks a fault against its own parameter schema. The panel, the command line and the labs read the same object. */
export const defineFault = <Parameters extends z.ZodObject>(fault: Given<Parameters>): Fault =>
  ({
    ...fault,
    signature: { atLeast: 1, shows: 'appears', withinSeconds: EFFECT_SECONDS, ...fault.signature },
  }) as unknown as Fault;

/** One of these, all as likely. */
export const oneOf = <Value>(random: () => number, values: readonly [Value, ...Value[]]): Value =>
  values[Math.floor(random() * values.length)] ?? values[0];
