import type { AnswerForm, XRayReader } from '@xray-lab/xray/model';
import type { CheckResult, LabProcess, RunConditions, Telemetry } from '../server/contract.ts';

/** One guided lab: what the run switches on, and the steps that are checked. Built with `defineLab`. */
export interface Lab {
  /** The folder's name: `01-your-first-trace`. */
  id: string;
  title: string;
  /** One sentence for the list of labs. */
  summary: string;
  minutes: number;
  level: 'beginner' | 'intermediate' | 'advanced';
  /** Exam objectives it practises, in the numbering of both guides. */
  maps: { c02: readonly string[]; c03: readonly string[] };
  /** Processes that must run while what happens is judged, by name; never one that the lab's own fault stops. */
  requires: readonly string[];
  /** Switched on when a run starts and off when it is reset. */
  faults: readonly { id: string; parameters: Record<string, unknown> }[];
  /** Name of the traffic profile while the run is active. */
  traffic: string;
  /** Files of the shop that the learner edits, from the shop's folder; a reset restores them. */
  edits: readonly string[];
  steps: readonly Step[];
}

export interface Step {
  id: string;
  title: string;
  /** What to reach, in one or two sentences. */
  goal: string;
  /** `do` looks at what happened; `answer` looks at what the learner handed in as well. */
  kind: 'do' | 'answer';
  answer?: AnswerForm;
  /**
   * It judges the shop as it runs at this moment: without what the lab requires, or without the lab's fault, it is not judged.
   * When left out: a step to do does, an answer is judged by traces that are there already.
   */
  live?: boolean;
  points: number;
  /** The idea, where to look, which field. Never the answer. */
  hints: readonly [string, string, string];
  /** Markdown, shown on request once the hints are used up. */
  solution: string;
  check: Check;
}

/** Judges outcomes: a pure function of what the X-Ray API returns, the run and the answer. It changes nothing. */
export type Check = (context: CheckContext) => Finding | Promise<Finding>;

export interface CheckContext {
  xray: XRayReader;
  /** The nonce is the annotation `run` of every request that counts; epoch seconds. */
  run: { nonce: string; startedAt: number };
  answer?: unknown;
  /** Epoch seconds. */
  now(): number;
  processes?(): Promise<LabProcess[]>;
  /** What must run for the lab, and the files whose author the learner is. */
  lab?: Pick<Lab, 'id' | 'requires' | 'edits'>;
  /** Whether the shop is as the run wants it, and since when its faults are on, epoch seconds. */
  conditions?(): RunConditions & { since: number };
  /** What the daemons told of themselves between two moments, epoch seconds, at most 24 hours apart. */
  telemetry?(window: { start: number; end: number }): Promise<Telemetry>;
}

/** What a check finds; `runCheck` adds when. */
export type Finding = Omit<CheckResult, 'checkedAt'>;
