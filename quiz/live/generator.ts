import type { Trace } from '@xray-lab/xray/model';
import type { Random } from '../draw.ts';

/** A range in which an observation must lie for the plan and the traces to agree; both ends are inside. */
export interface Expectation {
  from: number;
  to: number;
}

/** The places in the traces that show the answer; any one of them is evidence. */
export interface EvidencePlace {
  traceId: string;
  /** Ids of segments and subsegments. */
  entityIds: string[];
}

export type LiveKey =
  { kind: 'choice'; choices: string[]; correct: string } | { kind: 'number'; value: number; unit: string };

/** The question as it was measured in the traces of one window. Plain data, so that it can be stored. */
export interface MeasuredQuestion {
  stem: string;
  answerLabel: string;
  key: LiveKey;
  evidenceLabel: string;
  evidence: EvidencePlace[];
  /** Where to start looking. */
  lead: string;
  /** The filter expression with which the key was measured. */
  query: string;
  /** How the key follows from the traces. */
  explanation: string;
  /** For numbers: what typical misreadings of the same traces give, and the words for it. */
  misreadings: { value: number; why: string }[];
}

/** A kind of live question: draws a fault, measures what it did, and asks about it. */
export interface LiveGenerator {
  /** The slot: objective, letter of the type (C calculation, L lookup, Y mystery), number. */
  id: string;
  c02: string;
  c03: string;
  difficulty: 'easy' | 'medium' | 'hard';
  facts: readonly string[];
  /** What the report calls it, before and after. */
  title: string;
  /** The lab to redo. */
  lab?: string;
  fault: string;
  /** Seconds of traffic, and seconds until what was sent then has arrived. */
  windowSeconds: number;
  settleSeconds: number;
  /** The fault's parameters. */
  draw(random: Random): Record<string, unknown>;
  /** What the drawn parameters must lead to, in the unit of `observe`. */
  expect(parameters: Record<string, unknown>, traces: readonly Trace[]): Expectation;
  /** What the traces show of the same thing. */
  observe(traces: readonly Trace[]): number;
  /** The question; undefined when these traces do not allow one that discriminates. */
  measure(traces: readonly Trace[], nonce: string, random: Random): MeasuredQuestion | undefined;
}

/** Where a count of `total` trials with probability `share` lies, all but once in fifteen thousand windows. */
export function countOf(share: number, total: number): Expectation {
  const deviation = 4 * Math.sqrt(total * share * (1 - share));
  return {
    from: Math.max(0, share * total - deviation - 1),
    to: Math.min(total, share * total + deviation + 1),
  };
}

/** Within 5 % or one unit of what is displayed, whichever is more. */
export const isClose = (given: number, value: number, displayUnit: number): boolean =>
  Math.abs(given - value) <= Math.max(0.05 * Math.abs(value), displayUnit) + 1e-9;
