import { randomBytes } from 'node:crypto';
import {
  createQuizEngine,
  QuizError,
  type AttemptState,
  type LiveLab,
  type Mode,
  type QuizEngine,
  type QuizOptions,
} from '@xray-lab/quiz';
import { takingTurns } from '@xray-lab/xray/json';
import type { QuizAnswer, QuizAttempt, QuizReport, QuizStanding, QuizVerdict } from '../contract.ts';
import { badRequest, conflict, notFound } from '../problem.ts';
import type { ProgressStore } from '../progress/store.ts';

/**
 * Attempts at the quiz. `id` is an attempt's, or `latest` for the one that was started last. Every method that takes
 * one throws a 404 when it does not exist.
 */
export interface QuizControl {
  /** Every attempt, newest first. */
  list(): QuizStanding[];
  start(wish: {
    mode?: Mode | undefined;
    learner?: string | undefined;
    seed?: string | undefined;
  }): QuizAttempt;
  view(id: string): QuizAttempt;
  /** Throws a 400 that names the member when the answer has the wrong form, a 409 when it is not time to answer. */
  answer(id: string, answer: QuizAnswer): QuizVerdict;
  next(id: string): QuizAttempt;
  report(id: string): QuizReport;
  /** Attempts as they may leave the server: without the keys of questions that are still open. */
  exported(): Iterable<{ id: string; updatedAt: number; state: AttemptState }>;
  /**
   * Forgets every attempt and takes these instead. Resolves to how many were forgotten.
   * @param besides Writes more, in the same transaction.
   */
  replace(attempts: readonly AttemptState[], besides?: () => void): Promise<number>;
  close(): Promise<void>;
}

export interface QuizControlOptions {
  store: ProgressStore;
  lab: LiveLab;
  now(): number;
  /** Called with every attempt, newest first, when one of them has changed. */
  changed?(attempts: QuizStanding[]): void;
  /** For tests. */
  engine?: Partial<QuizOptions>;
}

/** The quiz engine with its attempts and its secret kept in the progress store. */
export function createQuiz({ store, lab, now, changed, engine: more = {} }: QuizControlOptions): QuizControl {
  const secret = secretIn(store);
  const stored = () => store.all('quiz').map(({ value }) => value as AttemptState);

  const newestFirst = () => stored().sort((a, b) => b.startedAt - a.startedAt);
  const list = () =>
    newestFirst().map(({ id, mode, startedAt }): QuizStanding => {
      const { finished, answered, total, scaled, verdict } = engine.report(id);
      return { id, mode, startedAt, finished, answered, total, scaled, verdict };
    });

  function open(): QuizEngine {
    const opened = createQuizEngine({
      ...more,
      secret,
      now,
      lab,
      keep: (attempt) => store.put('quiz', attempt.id, attempt),
      changed: () => changed?.(list()),
    });
    opened.restore({ attempts: stored() });
    return opened;
  }

  /** Throws a 400 for what has the form of an attempt and can't be one: nothing could be shown or graded of it. */
  async function rehearse(attempts: readonly AttemptState[]): Promise<void> {
    const trial = createQuizEngine({ ...more, secret, now, lab });
    const turns = takingTurns();
    for (const [index, attempt] of attempts.entries()) {
      if (turns.isOver()) await turns.next();
      try {
        trial.restore({ attempts: [attempt] });
        trial.report(attempt.id);
      } catch (error) {
        const place = `quiz.${index}.state`;
        throw badRequest(
          place,
          `${place}: is not an attempt that this lab can show (${(error as Error).message}).`,
        );
      }
    }
  }

  function attemptId(id: string): string {
    if (id !== 'latest') return id;
    // Attempts are stored in the order in which they were started.
    const latest = store.last('quiz');
    if (!latest) throw notFound('quiz attempt', id, []);
    return latest.id;
  }

  let engine = open();
  return {
    list,
    start: ({ mode, learner, seed }) => inOurWords(() => engine.start(mode, learner, seed)),
    view: (id) => inOurWords(() => engine.view(attemptId(id))),
    answer: (id, answer) => inOurWords(() => engine.answer(attemptId(id), answer)),
    next: (id) => inOurWords(() => engine.next(attemptId(id))),
    report: (id) => inOurWords(() => engine.report(attemptId(id))),

    *exported() {
      for (const { id, updatedAt, value } of store.each('quiz'))
        yield { id, updatedAt, state: withoutOpenKeys(value as AttemptState) };
    },

    async replace(attempts, besides = () => {}) {
      await rehearse(attempts);
      await engine.close();
      let forgotten = 0;
      try {
        store.together(() => {
          forgotten = store.clear('quiz');
          for (const attempt of inOrder(attempts)) store.put('quiz', attempt.id, withoutOpenKeys(attempt));
          besides();
        });
      } finally {
        // Also when nothing could be written: it goes on with what is stored.
        engine = open();
      }
      changed?.(list());
      return forgotten;
    },

    close: () => engine.close(),
  };
}

/** A live question that nobody has answered yet is prepared anew wherever the attempt goes on. */
const withoutOpenKeys = (attempt: AttemptState): AttemptState => ({
  ...attempt,
  items: attempt.items.map(({ question, tries, ...item }) =>
    item.verdict === undefined
      ? item
      : { ...item, ...(question && { question }), ...(tries !== undefined && { tries }) },
  ),
});

const inOrder = (attempts: readonly AttemptState[]) => attempts.toSorted((a, b) => a.startedAt - b.startedAt);

function secretIn(store: ProgressStore): string {
  const known = store.get('setting', 'quiz-secret');
  if (typeof known === 'string') return known;
  const secret = randomBytes(32).toString('hex');
  store.put('setting', 'quiz-secret', secret);
  return secret;
}

function inOurWords<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof QuizError)) throw error;
    if (error.code === 'bad-answer') throw badRequest(error.field ?? 'answer', error.message);
    if (error.code === 'conflict') throw conflict(error.message, 'Run `npm run lab -- quiz show`.');
    throw notFound('quiz attempt', /"(.*)"/.exec(error.message)?.[1] ?? '', []);
  }
}
