import type { Finding } from './types.ts';

type Evidence = Pick<Finding, 'lookedFor' | 'found'> & { traceIds?: readonly string[] };

/** What a check returns. At most five trace ids are shown, each once, so callers may hand in all they have. */
export const pass = (why: string, evidence: Evidence): Finding => finding('pass', why, evidence);

export const fail = (why: string, evidence: Evidence): Finding => finding('fail', why, evidence);

/** Costs the learner nothing; `remedy` is the command that makes the check able to tell. */
export const cannotTell = (why: string, evidence: Evidence & { remedy: string }): Finding => ({
  ...finding('cannot-tell', why, evidence),
  remedy: evidence.remedy,
});

/** `1 trace`, `2 traces`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const finding = (verdict: Finding['verdict'], why: string, evidence: Evidence): Finding => ({
  verdict,
  why,
  lookedFor: evidence.lookedFor,
  found: evidence.found,
  traceIds: [...new Set(evidence.traceIds)].slice(0, 5),
});
