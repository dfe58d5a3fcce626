import type {
  ActiveFault,
  CheckResult,
  EditsState,
  FaultRequest,
  Faults,
  KeptEditsDetail,
  LabProcess,
  LabRun,
  LabStatus,
  LabSummary,
  Problem,
  QuizAnswer,
  QuizAttempt,
  QuizReport,
  QuizStanding,
  QuizVerdict,
  Refusals,
  Sent,
  Traffic,
} from '@xray-lab/labs/server/contract';

/** An answer that is not 2xx, or no answer at all (`status` 0). */
export class LabError extends Error {
  readonly status: number;
  readonly remedy: string | undefined;
  readonly field: string | undefined;
  /** X-Ray's exception name, or the control plane's error name. */
  readonly code: string;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.error;
    this.remedy = problem.remedy;
    this.field = problem.field;
  }
}

/** Whatever was thrown, as an error of the lab. */
export const asLabError = (error: unknown): LabError =>
  error instanceof LabError
    ? error
    : new LabError(0, {
        error: 'Unknown',
        message: error instanceof Error ? error.message : String(error),
      });

/** What to say when nothing answers at all. */
const unreachable: Problem = {
  error: 'Unreachable',
  message: 'The lab does not answer.',
  remedy: 'Start it with `npm start`.',
};

/** What to say when an answer ends in its middle. */
const brokenOff: Problem = {
  error: 'BrokenOff',
  message: 'The answer broke off.',
  remedy: 'Try again.',
};

/** Calls the control plane on this page's origin. Rejects with `LabError`, or with the reason of a signal that aborts. */
export async function call<Output>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Output> {
  const init: RequestInit = { method, headers: { accept: 'application/json' }, ...(signal && { signal }) };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  const response = await fetch(path, init).catch(() => undefined);
  signal?.throwIfAborted();
  if (!response) throw new LabError(0, unreachable);
  const answer: unknown = await response.json().catch(() => undefined);
  signal?.throwIfAborted();
  if (!response.ok) throw new LabError(response.status, problemOf(answer, response.status));
  if (answer === undefined && response.status !== 204) throw new LabError(0, brokenOff);
  return answer as Output;
}

/** Reads both error forms: the control plane's `Problem` and X-Ray's `{ __type, Message }`. */
export function problemOf(answer: unknown, status: number): Problem {
  const fields = (typeof answer === 'object' && answer ? answer : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof fields[key] === 'string' ? fields[key] : undefined);
  const remedy = text('remedy');
  const field = text('field');
  return {
    error: text('error') ?? text('__type') ?? `HTTP ${status}`,
    message: text('message') ?? text('Message') ?? `The lab answered ${status}.`,
    ...(remedy ? { remedy } : {}),
    ...(field ? { field } : {}),
  };
}

const part = encodeURIComponent;

export type ProcessVerb = 'start' | 'stop' | 'restart';

/** The control plane, one method per route. */
export const lab = {
  status: () => call<LabStatus>('GET', '/lab/status'),
  processes: () => call<LabProcess[]>('GET', '/lab/processes'),
  process: (name: string, verb: ProcessVerb) =>
    call<LabProcess>('POST', `/lab/processes/${part(name)}/${verb}`),

  refusals: () => call<Refusals>('GET', '/lab/refusals'),

  faults: () => call<Faults>('GET', '/lab/faults'),
  faultOn: (id: string, request: FaultRequest) =>
    call<ActiveFault>('POST', `/lab/faults/${part(id)}`, request),
  faultOff: (id: string) => call<unknown>('DELETE', `/lab/faults/${part(id)}`),
  allFaultsOff: () => call<unknown>('DELETE', '/lab/faults'),
  traffic: () => call<Traffic>('GET', '/lab/traffic'),
  setTraffic: (profile: string) => call<Traffic>('PUT', '/lab/traffic', { profile }),
  send: () => call<Sent>('POST', '/lab/send', {}),

  labs: () => call<LabSummary[]>('GET', '/lab/labs'),
  run: (id: string) => call<LabRun>('GET', `/lab/labs/${part(id)}`),
  start: (id: string) => call<LabRun>('POST', `/lab/labs/${part(id)}/start`, {}),
  reset: (id: string) => call<LabRun>('POST', `/lab/labs/${part(id)}/reset`, {}),
  restoreConditions: (id: string) => call<LabRun>('POST', `/lab/labs/${part(id)}/conditions`, {}),
  check: (id: string, step: string, answer?: unknown) =>
    call<CheckResult>('POST', `${stepPath(id, step)}/check`, answer === undefined ? {} : { answer }),
  skip: (id: string, step: string) => call<LabRun>('POST', `${stepPath(id, step)}/skip`, {}),
  edits: (id: string) => call<EditsState>('GET', `/lab/labs/${part(id)}/edits`),
  keptEdits: (id: string, time: string) =>
    call<KeptEditsDetail>('GET', `/lab/labs/${part(id)}/edits/${part(time)}`),
  putAway: (id: string) => call<LabRun>('POST', `/lab/labs/${part(id)}/edits/away`, {}),
  bringBack: (id: string, time: string) =>
    call<LabRun>('POST', `/lab/labs/${part(id)}/edits/${part(time)}/back`, {}),
  hint: (id: string, step: string) => call<LabRun>('POST', `${stepPath(id, step)}/hint`, {}),
  solution: (id: string, step: string) =>
    call<{ solution: string }>('POST', `${stepPath(id, step)}/solution`, {}),

  quizAttempts: () => call<QuizStanding[]>('GET', '/lab/quiz/attempts'),
  startQuiz: (learner?: string) =>
    call<QuizAttempt>('POST', '/lab/quiz/attempts', { mode: 'training', ...(learner ? { learner } : {}) }),
  attempt: (id: string) => call<QuizAttempt>('GET', `/lab/quiz/attempts/${part(id)}`),
  answer: (id: string, answer: QuizAnswer) =>
    call<QuizVerdict>('POST', `/lab/quiz/attempts/${part(id)}/answer`, answer),
  next: (id: string) => call<QuizAttempt>('POST', `/lab/quiz/attempts/${part(id)}/next`, {}),
  report: (id: string) => call<QuizReport>('GET', `/lab/quiz/attempts/${part(id)}/report`),
};

const stepPath = (id: string, step: string) => `/lab/labs/${part(id)}/steps/${part(step)}`;
