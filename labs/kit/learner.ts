import type { XRayReader } from '@xray-lab/xray/model';
import type { CheckResult, LabProcess, LabRun, Sent } from '../server/contract.ts';

/**
 * What a learner can do, for `solution.ts` and `wrong.ts`. The prover plays the learner against a running lab,
 * through the same HTTP routes that the site and the command line use.
 */
export interface Learner {
  /** The run in progress. Changes with `startAgain`. */
  readonly run: { nonce: string; startedAt: number };
  /** Presses "Send a checkout", as customer `you`, one after the other. */
  send(count?: number): Promise<Sent[]>;
  /** Checks a step as it stands. */
  check(step: string): Promise<CheckResult>;
  /** Hands in an answer. */
  answer(step: string, value: unknown): Promise<CheckResult>;
  /** Checks again and again until the step passes or the time is over; the last result. */
  checkUntilPassed(step: string, seconds: number): Promise<CheckResult>;
  /** Polls until `read` returns something; throws, naming `what`, when the time is over. */
  until<Value>(what: string, seconds: number, read: () => Promise<Value | undefined>): Promise<Value>;
  traffic(profile: string): Promise<void>;
  fault(id: string, state: 'on' | 'off', parameters?: Record<string, unknown>): Promise<void>;
  /** Rewrites a file of the shop; the path counts from the shop's folder. */
  edit(file: string, transform: (source: string) => string): Promise<void>;
  /** Until the service that was edited runs again. */
  waitUntilRestarted(service: string): Promise<LabProcess>;
  /** Stops a process, kills it, or waits until it has crashed. The next `startAgain` starts it. */
  process(name: string, state: 'stopped' | 'killed' | 'crashed'): Promise<LabProcess>;
  /** Resets the lab and starts a new run, with a new nonce. */
  startAgain(): Promise<LabRun>;
  xray: XRayReader;
}

/** `labs/NN-name/solution.ts`: does every step. Full marks, or the lab is broken. */
export type Solution = (learner: Learner) => Promise<void>;

/** One of `labs/NN-name/wrong.ts`: what a learner might try, and the check that must refuse it. */
export interface NearMiss {
  /** A sentence: what the learner did. */
  title: string;
  /** The step whose check must refuse it, or several. */
  refusedBy: string | readonly string[];
  /** How: `fail` when left out; `cannot-tell` where it is not the learner's work that is wrong. */
  verdict?: 'fail' | 'cannot-tell';
  /** Words that the check's reason contains, so that it refuses for the right reason. */
  because: RegExp;
  /** A dead service that looks like success; see `dead-service.ts`. */
  death?: 'syntax-error' | 'service-stopped' | 'feature-removed';
  /** Needs a run of its own, because it changes code or faults. */
  ownRun?: boolean;
  /** Does the wrong thing. What it returns is handed in as the answer. */
  attempt(learner: Learner): Promise<unknown>;
}
