import type { z } from 'zod';
import type { Primitive } from './primitives.ts';

/** Something that goes wrong in the wild, made of primitives, with the mark it leaves in traces. */
export interface Fault<Parameters extends z.ZodObject = z.ZodObject> {
  /** As on the command line: `payment-provider-hangs`. */
  id: string;
  title: string;
  /** What it is in the wild, in a sentence or two. */
  inTheWild: string;
  /** The services and tables it touches. */
  services: string[];
  /** What can be chosen; every parameter has a default. */
  parameters: Parameters;
  primitives(parameters: z.output<Parameters>): Primitive[];
  /** A filter expression that new traces match while the fault is on, and how many it takes to be sure. */
  signature: { filter: string; atLeast: number };
  /** What to look for on the map and in a trace. */
  lookFor: string;
}

/** Checks a fault against its own parameter schema. The panel, the command line and the labs read the same object. */
export const defineFault = <Parameters extends z.ZodObject>(fault: Fault<Parameters>): Fault =>
  fault as unknown as Fault;
