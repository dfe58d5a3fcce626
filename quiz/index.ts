/** The quiz: facts with a reason for every option, and live questions answered from the learner's own traces. */
export { bank } from './bank/index.ts';
export { bankProblems } from './check.ts';
export {
  createQuizEngine,
  modes,
  QuizError,
  type AttemptState,
  type AttemptView,
  type Mode,
  type Question,
  type QuizEngine,
  type QuizErrorCode,
  type QuizOptions,
  type QuizSnapshot,
} from './engine.ts';
export type { Answer, Verdict } from './grade.ts';
export type { LiveGenerator } from './live/generator.ts';
export type { LiveLab } from './live/live-lab.ts';
export { generators } from './live/index.ts';
export type { Report } from './report.ts';
export { readiness, scaledScore } from './score.ts';
export { factItem, type FactItem } from './types.ts';
