/**
 * What the control plane speaks under `/lab`: JSON over HTTP, in both directions. The site and the command line
 * import these types; the server validates with zod and answers a 400 `Problem` that names the field.
 * Times are epoch seconds unless the name says milliseconds.
 *
 * | route (all under the lab's own address)              | body              | answer            |
 * |------------------------------------------------------|-------------------|-------------------|
 * | GET    /health                                       |                   | `{ status: 'ok' }` |
 * | GET    /lab/status                                   |                   | LabStatus         |
 * | GET    /lab/env                                      |                   | LabEnvironment    |
 * | GET    /lab/events                                   |                   | server-sent LabEvents |
 * | GET    /lab/faults                                   |                   | Faults            |
 * | POST   /lab/faults/ID                                | FaultRequest      | ActiveFault       |
 * | DELETE /lab/faults/ID                                |                   | Faults            |
 * | DELETE /lab/faults                                   |                   | Faults            |
 * | GET    /lab/traffic                                  |                   | Traffic           |
 * | PUT    /lab/traffic                                  | TrafficRequest    | Traffic           |
 * | POST   /lab/send                                     | SendRequest       | Sent              |
 * | GET    /lab/processes                                |                   | LabProcess[]      |
 * | POST   /lab/processes/NAME/start · stop · restart    |                   | LabProcess        |
 * | GET    /lab/processes/NAME/log?lines=200             |                   | ProcessLog        |
 * | GET    /lab/labs                                     |                   | LabSummary[]      |
 * | GET    /lab/labs/ID                                  |                   | LabRun            |
 * | POST   /lab/labs/ID/start · reset                    |                   | LabRun            |
 * | GET    /lab/labs/ID/edits                            |                   | EditsState        |
 * | POST   /lab/labs/ID/edits/away                       |                   | LabRun            |
 * | GET    /lab/labs/ID/edits/TIME (or `latest`)         |                   | KeptEditsDetail   |
 * | POST   /lab/labs/ID/edits/TIME/back                  |                   | LabRun            |
 * | POST   /lab/labs/ID/conditions                       |                   | LabRun            |
 * | POST   /lab/labs/ID/steps/STEP/check                 | CheckRequest      | CheckResult       |
 * | POST   /lab/labs/ID/steps/STEP/hint                  |                   | LabRun            |
 * | POST   /lab/labs/ID/steps/STEP/skip                  |                   | LabRun            |
 * | POST   /lab/labs/ID/steps/STEP/solution              |                   | Solution          |
 * | GET    /lab/quiz/attempts                            |                   | QuizStanding[]    |
 * | POST   /lab/quiz/attempts                            | QuizStart         | QuizAttempt       |
 * | GET    /lab/quiz/attempts/ID (or `latest`)           |                   | QuizAttempt       |
 * | POST   /lab/quiz/attempts/ID/answer                  | QuizAnswer        | QuizVerdict       |
 * | POST   /lab/quiz/attempts/ID/next                    |                   | QuizAttempt       |
 * | GET    /lab/quiz/attempts/ID/report                  |                   | QuizReport        |
 * | GET    /lab/progress                                 |                   | Progress          |
 * | PUT    /lab/progress                                 | Progress          | Progress          |
 * | POST   /lab/xray/OPERATION                           | as the X-Ray API  | as the X-Ray API  |
 * | GET    /lab/telemetry?start=&end= (epoch seconds)    |                   | Telemetry         |
 * | GET    /lab/refusals                                 |                   | Refusals          |
 * | POST   /lab/reset                                    |                   | ResetReport       |
 * | POST   /lab/clean                                    |                   | CleanReport       |
 *
 * Every answer outside 2xx is a `Problem`, except under `/lab/xray`, where X-Ray's own errors are passed through.
 */

import type { AnswerForm } from '@xray-lab/xray/model';

/** Every answer that is not 2xx. `message` says what was wrong, `remedy` what to do. */
export interface Problem {
  error: string;
  message: string;
  remedy?: string;
  /** The member of the request that was wrong, as a path: `parameters.share`. */
  field?: string;
}

export type ProcessState = 'starting' | 'running' | 'stopped' | 'crashed';

/** One process of the lab, as its supervisor sees it. */
export interface LabProcess {
  name: string;
  /** One sentence: what it is. */
  role: string;
  state: ProcessState;
  /** The health check answers. */
  healthy: boolean;
  address: string;
  pid?: number;
  startedAt?: number;
  restarts: number;
  /** Runs only when something needs it; stopped is its usual state. */
  optional?: boolean;
  /** Processes that are started before it when it is started by hand. */
  needs?: string[];
  /** What it takes from the machine. Where the system tells (Linux), what processes share counts for each with its part only. */
  memoryBytes?: number;
  /** Why it is not running, when it is not. */
  reason?: string;
  /** While its state is `crashed`: what it said of its end. */
  crash?: ProcessCrash;
  /** Its sources that were saved after it was started, which it runs without; it is restarted within a second. */
  stale?: string[];
  /** It has ended and its supervisor starts it again at this moment; only the lab process comes back by itself. */
  returnsAt?: number;
}

/** How a process ended that nobody stopped. */
export interface ProcessCrash {
  at: number;
  /** `ended with exit code 1`, `ended by SIGKILL`. */
  how: string;
  /** The kind of error: `SyntaxError`. Absent when it left no error. */
  error?: string;
  /** The error's first line; absent when it left no words. */
  message?: string;
  /** The innermost file of the repository that the error names, from the repository's folder. */
  file?: string;
  line?: number;
  /** What stands on that line. */
  source?: string;
}

/** A fault that can be switched on. `parameters` is JSON Schema, made from the fault's zod schema. */
export interface FaultDescription {
  id: string;
  title: string;
  /** The id of its area, one of `Faults.areas`. */
  area: string;
  /** What it is in the wild. */
  inTheWild: string;
  /** The services it touches. */
  services: string[];
  parameters: Record<string, unknown>;
  /** What each parameter may be, in words: `number, 0 to 1, 1 when left out`. */
  allowed: Record<string, string>;
  /** The parameters that a seed draws; none for a fault that is the same each time. */
  draws: string[];
  /** It acts on requests, so that `FaultRequest.share` can be asked of it. */
  actsOnRequests: boolean;
  /** A filter expression that finds the traces that show it. */
  signature: {
    filter: string;
    atLeast: number;
    /** `appears`: traces match while it is on. `vanishes`: they match when it is off. `never`: nothing is wrong. */
    shows: 'appears' | 'vanishes' | 'never';
    /** Within how many seconds it takes effect, and clears. */
    withinSeconds: number;
    /** `shows`, `atLeast` and `withinSeconds` as a sentence. */
    says: string;
  };
  /** What to look for on the map and in a trace. */
  lookFor: string;
}

export interface ActiveFault {
  id: string;
  title: string;
  parameters: Record<string, unknown>;
  since: number;
  /** When it stops by itself. */
  stopsAt?: number;
  /** What was not chosen but drawn: from this seed, these parameters. */
  drawn?: { seed: number; parameters: string[] };
  /** It comes and goes. */
  schedule?: FaultSchedule;
  /** With a schedule: whether its turn is on or off at this moment. */
  turn?: 'on' | 'off';
  /** Of the requests it would act on, this share. */
  share?: number;
  /** Applied on the wire, or why not yet. */
  applied: boolean;
  reason?: string;
}

/** Switches a fault on, or changes the parameters of one that is on. */
export interface FaultRequest {
  parameters?: Record<string, unknown>;
  /** Seconds after which the fault stops by itself, 1 to 86,400. Without it the fault stays. */
  stopAfterSeconds?: number;
  /** Draws the parameters that are not given, for a fault that can be drawn: the same ones for the same seed. */
  seed?: number;
  /** Of the requests the fault would act on, only this share: above 0, up to 1. For faults that act on requests. */
  share?: number;
  /** On and off by turns instead of on all the time. */
  schedule?: FaultSchedule;
}

/** About so long on, about so long off, 1 to 3,600 seconds each; the same turns for the same seed. */
export interface FaultSchedule {
  onSeconds: number;
  offSeconds: number;
  /** The request's own seed when left out, or 1. */
  seed?: number;
}

/** Where somebody who looks for a cause would begin; the catalogue is shown by them. */
export interface FaultAreaDescription {
  id: string;
  title: string;
  /** What goes wrong there, in half a sentence. */
  about: string;
}

/**
 * What `FaultRequest` takes besides the fault's own parameters, as JSON Schema and in words. A member's name is its path
 * in the request: `share`, `schedule.onSeconds`.
 */
export interface FaultSettingsDescription {
  parameters: Record<string, unknown>;
  allowed: Record<string, string>;
}

export interface Faults {
  /** In the order in which they are shown; each has a fault. */
  areas: FaultAreaDescription[];
  catalogue: FaultDescription[];
  settings: FaultSettingsDescription;
  active: ActiveFault[];
}

export interface Traffic {
  profile: string;
  profiles: { name: string; title: string; requestsPerMinute: number }[];
  /** Requests since the profile was chosen, by outcome. */
  sent: number;
  answered: Record<string, number>;
}

export interface TrafficRequest {
  profile: string;
}

/** The learner's own checkout; everything may be left out. */
export interface SendRequest {
  customerId?: string;
  items?: { sku: string; quantity: number }[];
}

/** One real checkout, sent to the gateway. */
export interface Sent {
  /** 0 when the gateway did not answer; `body.message` says why. */
  status: number;
  /** From the gateway's answer; absent when the request was not sampled or the gateway did not answer. */
  traceId?: string;
  orderId?: string;
  durationMilliseconds: number;
  body: unknown;
}

export interface LabStatus {
  version: string;
  setUp: 'npm' | 'compose';
  ready: boolean;
  processes: LabProcess[];
  faults: ActiveFault[];
  traffic: Traffic;
  memoryBytes: number;
  endpoints: { site: string; gateway: string; xray: string; daemon: string; dynamodb: string };
  region: string;
  dataFolder: string;
}

/** The variables with which plain `aws xray …` reaches this lab. */
export interface LabEnvironment {
  variables: Record<string, string>;
}

export interface ProcessLog {
  lines: string[];
}

/**
 * What daemons told of themselves in a time, in the members of AWS's TelemetryRecord. The lab's own: AWS takes telemetry and
 * has no operation that shows it.
 */
export interface Telemetry {
  StartTime: number;
  EndTime: number;
  /** By `Timestamp`, oldest first. */
  TelemetryRecords: TelemetryRecord[];
  /** There were too many for one answer: the oldest are left out. */
  IsTruncated: boolean;
}

/** Documents that the X-Ray API refused since it started. The lab's own: AWS tells a refusal to who sent the document only. */
export interface Refusals {
  /** When the API started, epoch seconds. */
  Since: number;
  Count: number;
  /** Newest first, at most a hundred, in the words of `UnprocessedTraceSegments`. */
  Refusals: {
    At: number;
    Id?: string;
    ErrorCode: string;
    Message: string;
    /** As far as they can be read in the document. */
    TraceId?: string;
    Name?: string;
  }[];
}

/** What one daemon counted since its record before, usually a minute. A counter that was not sent is absent. */
export interface TelemetryRecord {
  /** When the daemon closed the record. */
  Timestamp: number;
  /** When X-Ray got it: later, where X-Ray was out of reach meanwhile. */
  ReceivedAt: number;
  /** Each is empty where the daemon does not know it. In the lab the host is the name of the daemon's process. */
  Hostname: string;
  EC2InstanceId: string;
  ResourceARN: string;
  /** Datagrams that arrived. */
  SegmentsReceivedCount?: number;
  /** Documents that X-Ray answered 200 for. */
  SegmentsSentCount?: number;
  /** Given up because batches waited too long. */
  SegmentsSpilloverCount?: number;
  /** Datagrams without a header, and documents that X-Ray refused. */
  SegmentsRejectedCount?: number;
  BackendConnectionErrors?: {
    TimeoutCount?: number;
    ConnectionRefusedCount?: number;
    HTTPCode4XXCount?: number;
    HTTPCode5XXCount?: number;
    UnknownHostCount?: number;
    OtherCount?: number;
  };
}

/** For a step of kind `answer`: what the learner says. */
export interface CheckRequest {
  answer?: string | number;
}

export interface Solution {
  /** Markdown. */
  solution: string;
  step: StepView;
}

/** What a learner has done so far; the file of `GET /lab/progress`, and what `PUT` takes back. */
export interface Progress {
  format: 'xray-lab-progress';
  version: 1;
  exportedAt: number;
  labs: { id: string; startedAt?: number; nonce?: string; steps: ProgressStep[] }[];
  quiz: { id: string; updatedAt: number; state: unknown }[];
}

export interface ProgressStep {
  id: string;
  state: StepState;
  attempts: number;
  hintsShown: number;
  solutionShown: boolean;
  last?: CheckResult;
}

/** What was removed to free disk space. Never progress, traces, or what is worked on. */
export interface CleanReport {
  /** Paths from the lab's home, and what they took. A log is emptied. */
  removed: { what: string; bytes: number }[];
  bytes: number;
}

export interface ResetReport {
  faultsStopped: string[];
  filesRestored: string[];
  /** Edits that were put away. */
  editsKept: KeptEdits[];
  labsForgotten: string[];
  quizAttemptsForgotten: number;
  /** The X-Ray API's store was emptied; otherwise `reason` says why not. */
  tracesForgotten: boolean;
  reason?: string;
}

/** What a check says. `cannot-tell` costs nothing and names the command that helps. */
export type Verdict = 'pass' | 'fail' | 'cannot-tell';

export interface CheckResult {
  verdict: Verdict;
  /** One sentence: the reason for the verdict. */
  why: string;
  lookedFor: string;
  found: string;
  /** Traces that show it, newest first. */
  traceIds: string[];
  /** For cannot-tell: the command that helps. */
  remedy?: string;
  checkedAt: number;
}

/** `skipped`: left out for now, for 0 points; a check takes it up again. */
export type StepState = 'waiting' | 'passed' | 'not-yet' | 'could-not-check' | 'skipped';

export interface StepView {
  id: string;
  title: string;
  goal: string;
  kind: 'do' | 'answer';
  /** For an answer: what form it takes. */
  answerForm?: AnswerForm & {
    /** What is taken, in half a sentence: `in seconds; …`. */
    takes?: string;
  };
  points: number;
  /** Of the points, those that this run has earned: all when it has passed, none when its solution was shown before. */
  earned: number;
  state: StepState;
  attempts: number;
  last?: CheckResult;
  /** Hints already shown, in order. */
  hints: string[];
  hintsTotal: number;
  /** Before it had passed, so that it gives no points in this run. Hints cost nothing. */
  solutionShown: boolean;
}

export interface LabSummary {
  id: string;
  title: string;
  summary: string;
  minutes: number;
  level: 'beginner' | 'intermediate' | 'advanced';
  maps: { c02: string[]; c03: string[] };
  /** Where its text is on the site. */
  href: string;
  started: boolean;
  /** The run that requests count for: of the labs that are started, the one that was started last. */
  active: boolean;
  score: number;
  /** What all its steps are worth together. */
  points: number;
  passedSteps: number;
  totalSteps: number;
  /** Title of the first step that has not passed; absent before the start and at the end. */
  currentStep?: string;
}

export interface LabRun {
  id: string;
  title: string;
  started: boolean;
  startedAt?: number;
  /** Annotation `run` of every request that counts for this run. */
  nonce?: string;
  /** Of a started run. */
  conditions?: RunConditions;
  score: number;
  steps: StepView[];
  /** In the answer to what put edits away: where they are, with what the run had come to. */
  putAway?: KeptEdits;
  /**
   * In the answer to what puts files back: those that stay as they are. The project was updated since the lab began, and what
   * is an edit in them can't be told.
   */
  left?: string[];
}

/** Edits of a lab's files that were put away, with the steps that had passed. */
export interface KeptEdits {
  lab: string;
  /** Its name, and the folder it is in: `2026-12-01T09-30-05Z`. */
  time: string;
  at: number;
  /** What put them away. */
  why: 'started-again' | 'reset' | 'put-away' | 'brought-back';
  /** Paths from `sample-app/`. */
  files: string[];
  /** Points at that moment, and for how many steps; bringing the edits back gives those steps back, too. */
  score: number;
  passedSteps: number;
}

/** As `KeptEdits`, with each file's edit as a unified diff. */
export interface KeptEditsDetail extends KeptEdits {
  patches: { file: string; patch: string }[];
}

/** The files that a lab lets a learner edit. Paths are from `sample-app/`. */
export interface EditsState {
  /** They differ from the original, by so many lines. */
  edited: { file: string; added: number; removed: number }[];
  /** The project was updated since the lab began, and these with it. Put the edits away and bring them back to have both. */
  updated: string[];
  /** Newest first. */
  kept: KeptEdits[];
}

/**
 * Whether the shop is as a started run wants it; otherwise what is done there is not judged.
 *
 * * `as-wanted`
 * * `off`: the lab's own fault was switched off from outside, or its time is over.
 * * `others`: a fault that is not the lab's is on besides.
 * * `borrowed`: a live quiz question uses the shop, and gives it back.
 * * `returning`: the lab process has started again, and the run's fault comes back soon.
 * * `elsewhere`: another lab was started since, and requests carry its mark.
 */
export interface RunConditions {
  state: 'as-wanted' | 'off' | 'others' | 'borrowed' | 'returning' | 'elsewhere';
  /** A sentence on it, unless it is as wanted. */
  says?: string;
  /** What `POST …/conditions` does about it, for a button; absent where it puts itself right. */
  offer?: string;
  /** The command that does the same. */
  remedy?: string;
}

/** The quiz speaks in the words of its engine. */
export type {
  Answer as QuizAnswer,
  AttemptView as QuizAttempt,
  Question as QuizQuestion,
  Report as QuizReport,
  Verdict as QuizVerdict,
} from '@xray-lab/quiz';

/** How far an attempt at the quiz has come, without its questions. */
export interface QuizStanding {
  id: string;
  mode: Required<QuizStart>['mode'];
  /** Epoch seconds. */
  startedAt: number;
  finished: boolean;
  answered: number;
  total: number;
  /** 100 to 1,000, of what was answered. */
  scaled: number;
  verdict: 'ready' | 'borderline' | 'not yet';
}

/** Starts an attempt. Same seed, same draw of items and options. */
export interface QuizStart {
  /** `training` (default): facts, then live questions. `facts` needs no running shop, `live` nothing else. */
  mode?: 'training' | 'facts' | 'live';
  /** Whose live questions are drawn; `you` when left out. */
  learner?: string;
  seed?: string;
}

/** Sent on `/lab/events`. The name of the server-sent event is the member's key. */
export interface LabEvents {
  status: { processes: LabProcess[]; memoryBytes: number };
  faults: ActiveFault[];
  traffic: Traffic;
  /** New traces were seen; newest first. */
  traces: { ids: string[]; at: number };
  /**
   * Every two seconds: whether the X-Ray API answers, how many documents it refused since it started, and how many segments
   * daemons say were rejected in the last hour (datagrams without a header among them, which never reach X-Ray).
   */
  xray: { answers: boolean; at: number; reason?: string; refused: number; rejected: number };
  lab: LabRun;
  /** Every attempt, newest first, when one of them has changed. */
  quiz: QuizStanding[];
}
