import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { takes } from '@xray-lab/xray/model';
import { bank as wholeBank } from './bank/index.ts';
import { liveKey, randomFrom, randomFromText, shuffled } from './draw.ts';
import { AnswerFormError, gradeFact, gradeLive, optionId, type Answer, type Verdict } from './grade.ts';
import type { LiveGenerator, MeasuredQuestion } from './live/generator.ts';
import { generators as allGenerators } from './live/index.ts';
import type { LiveLab } from './live/live-lab.ts';
import { prepareLive } from './live/prepare.ts';
import { report, type Report } from './report.ts';
import type { FactItem } from './types.ts';

/** `training`: facts and live items, feedback after each. `facts` needs no running shop, `live` nothing else. */
export const modes = ['training', 'facts', 'live'] as const;
export type Mode = (typeof modes)[number];

/** A question as the browser sees it: no key, no reasons. */
export interface Question {
  id: string;
  type: 'single' | 'multiple' | 'live';
  c02: string;
  c03: string;
  difficulty: 'easy' | 'medium' | 'hard';
  stem: string;
  /** In the order drawn for this learner. */
  options?: { id: string; text: string }[];
  /** For multiple: how many are right. */
  choose?: number;
  /** For live items: the form of the answer and of the evidence. */
  answer?: {
    type: 'choice' | 'number';
    label: string;
    unit?: string;
    /** What is taken, in half a sentence: `a whole number of checkouts`. */
    takes?: string;
  };
  evidence?: { label: string; fields: ('traceId' | 'segmentId')[] };
  /** A filter expression to start from. */
  lead?: string;
}

export interface AttemptView {
  id: string;
  /** Same seed, same draw of items and options. */
  seed: string;
  /** Of the present question; the first is 1. */
  position: number;
  total: number;
  finished: boolean;
  question?: Question;
  /** A live item is being prepared: a fault is running and traces are being collected. */
  preparing?: { message: string; secondsLeft: number };
}

/** One item of an attempt. Live questions hold their key here, so this never leaves the server. */
export interface ItemState {
  id: string;
  kind: 'fact' | 'live';
  /** For facts: positions of the options, as shown. */
  order?: number[];
  /** For live items: the frozen question. */
  question?: MeasuredQuestion;
  /** For live items: how often it was prepared. */
  tries?: number;
  verdict?: Verdict;
}

/** Everything there is to know about an attempt, as plain data. */
export interface AttemptState {
  id: string;
  learner: string;
  mode: Mode;
  seed: string;
  /** Epoch seconds. */
  startedAt: number;
  /** Index of the present item; the number of items when finished. */
  at: number;
  items: ItemState[];
  /** Live items that could not be asked, with the reason. */
  dropped: { id: string; why: string }[];
}

export interface QuizSnapshot {
  attempts: AttemptState[];
}

export type QuizErrorCode = 'not-found' | 'bad-answer' | 'conflict';

/** What a caller did wrong. `field` is the member of the answer, for a `bad-answer`. */
export class QuizError extends Error {
  readonly code: QuizErrorCode;
  readonly field: string | undefined;

  constructor(code: QuizErrorCode, message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export interface QuizOptions {
  /** Keys live draws; kept by the server. */
  secret: string;
  /** Epoch seconds. */
  now(): number;
  lab: LiveLab;
  bank?: readonly FactItem[];
  generators?: readonly LiveGenerator[];
  newId?(): string;
  wait?(seconds: number): Promise<void>;
  /** Called with an attempt as it is going to be, to store it. When it throws, the attempt stays as it was. */
  keep?(attempt: AttemptState): void;
  /** Called with an attempt when it has changed. */
  changed?(attempt: AttemptState): void;
}

export interface QuizEngine {
  /** The same seed draws the same facts in the same order with the same order of options. */
  start(mode?: Mode, learner?: string, seed?: string): AttemptView;
  /** Looks without moving on. */
  view(attempt: string): AttemptView;
  /** Moves on when the present question has been answered; looks otherwise. */
  next(attempt: string): AttemptView;
  /** Grades the present question. Throws a QuizError: `bad-answer` for a wrong form, `conflict` when it is not time. */
  answer(attempt: string, answer: Answer): Verdict;
  report(attempt: string): Report;
  snapshot(): QuizSnapshot;
  /** Takes back what `snapshot` (or `keep`) gave. A question that was being prepared is prepared anew. */
  restore(snapshot: QuizSnapshot): void;
  /** Stops preparing and lets the shop be. */
  close(): Promise<void>;
}

/** A live item that plan and traces do not agree on is tried once more, with another draw, and then dropped. */
const TRIES = 2;

/** What became of a live item: its question, or why there is none; neither when it was stopped. */
interface Outcome {
  tries: number;
  question?: MeasuredQuestion;
  why?: string;
}

const placeOf = (attempt: { id: string }, item: { id: string }) => `${attempt.id} ${item.id}`;

export function createQuizEngine(options: QuizOptions): QuizEngine {
  const { secret, now, lab, keep = () => {}, changed = () => {} } = options;
  const bank = options.bank ?? wholeBank;
  const generators = options.generators ?? allGenerators;
  const newId = options.newId ?? randomUUID;
  const wait = options.wait ?? ((seconds: number) => sleep(seconds * 1000));
  const attempts = new Map<string, AttemptState>();
  const stop = new AbortController();
  let running:
    { attempt: string; item: string; done: Promise<void>; message: string; until: number } | undefined;
  /** What became of live items and could not be kept yet, by attempt and item. */
  const unkept = new Map<string, Outcome>();

  const attemptOf = (id: string): AttemptState => {
    const attempt = attempts.get(id);
    if (!attempt) throw new QuizError('not-found', `There is no attempt "${id}". Start one.`);
    return attempt;
  };

  /** An attempt is remembered as changed when the change is kept, and not before. */
  function change<Result>(attempt: AttemptState, edit: (draft: AttemptState) => Result): Result {
    const draft = structuredClone(attempt);
    const result = edit(draft);
    keep(draft);
    attempts.set(draft.id, draft);
    changed(draft);
    return result;
  }

  /** The shop can be broken in one way at a time, so one item is prepared at a time. */
  function prepare(attempt: AttemptState, item: ItemState): void {
    const generator = generators.find((each) => each.id === item.id);
    if (running || item.question || !generator || stop.signal.aborted) return;
    const state = {
      attempt: attempt.id,
      item: item.id,
      done: Promise.resolve(),
      message: 'Getting ready.',
      until: now(),
    };
    running = state;
    state.done = (async () => {
      const outcome: Outcome = { tries: item.tries ?? 0 };
      while (outcome.tries < TRIES && !outcome.question && !stop.signal.aborted) {
        outcome.tries += 1;
        await tryOnce(attempt, generator, outcome, state);
      }
      running = undefined;
      unkept.set(placeOf(attempt, item), outcome);
      try {
        keepOutcome(attempt.id, item.id);
      } catch {
        // Nobody waits for it here; who looks at the item next is told, and it is tried again then.
      }
    })();
  }

  /** Throws what `keep` throws; the outcome waits. */
  function keepOutcome(attemptId: string, itemId: string): void {
    const attempt = attempts.get(attemptId);
    const place = placeOf({ id: attemptId }, { id: itemId });
    const outcome = unkept.get(place);
    if (!attempt || !outcome) return;
    change(attempt, (draft) => {
      const item = draft.items.find(({ id }) => id === itemId);
      if (!item) return;
      item.tries = outcome.tries;
      if (outcome.question) item.question = outcome.question;
      else if (outcome.why !== undefined) drop(draft, item, outcome.why);
    });
    unkept.delete(place);
  }

  async function tryOnce(
    attempt: AttemptState,
    generator: LiveGenerator,
    outcome: Outcome,
    state: { message: string; until: number },
  ): Promise<void> {
    const key = liveKey(secret, attempt.learner, generator.id, `${attempt.id}/${outcome.tries}`);
    let why: string;
    try {
      const prepared = await prepareLive({
        lab,
        generator,
        random: randomFrom(key),
        nonce: `q-${key.toString('hex').slice(-10)}`,
        now,
        wait,
        signal: stop.signal,
        progress(message, secondsLeft) {
          state.message = message;
          state.until = now() + secondsLeft;
        },
      });
      if ('question' in prepared) {
        outcome.question = prepared.question;
        return;
      }
      why = prepared.refused;
    } catch (error) {
      // A stop is not the item's fault: the next start prepares it anew.
      if (stop.signal.aborted) return void (outcome.tries -= 1);
      why = (error as Error).message;
    }
    if (outcome.tries === TRIES) outcome.why = why;
  }

  function drop(attempt: AttemptState, item: ItemState, why: string): void {
    attempt.items = attempt.items.filter((each) => each !== item);
    attempt.dropped.push({ id: item.id, why });
  }

  function view(attempt: AttemptState): AttemptView {
    const item = attempt.items[attempt.at];
    const { id, seed, at } = attempt;
    const total = attempt.items.length;
    if (!item) return { id, seed, position: total, total, finished: true };
    const shown = { id, seed, position: at + 1, total, finished: false };
    const question = questionOf(item, bank, generators);
    if (question) return { ...shown, question };
    if (unkept.has(placeOf(attempt, item))) {
      keepOutcome(attempt.id, item.id);
      return view(attemptOf(id));
    }
    prepare(attempt, item);
    return { ...shown, preparing: progressFor(attempt, item) };
  }

  function progressFor(attempt: AttemptState, item: ItemState): { message: string; secondsLeft: number } {
    if (!running) return { message: 'Getting ready.', secondsLeft: 0 };
    const secondsLeft = Math.max(0, Math.ceil(running.until - now()));
    return running.attempt === attempt.id && running.item === item.id
      ? { message: running.message, secondsLeft }
      : { message: 'Another question is being prepared; this one is next.', secondsLeft };
  }

  return {
    start(mode = 'training', learner = 'you', seed = newId().slice(0, 8)) {
      if (!modes.includes(mode)) {
        throw new QuizError(
          'bad-answer',
          `There is no mode "${mode}". The modes are ${modes.join(', ')}.`,
          'mode',
        );
      }
      const attempt: AttemptState = {
        id: newId(),
        learner,
        mode,
        seed,
        startedAt: now(),
        at: 0,
        items: drawItems(mode, seed, bank, generators),
        dropped: [],
      };
      change(attempt, () => {});
      return view(attemptOf(attempt.id));
    },

    view: (id) => view(attemptOf(id)),

    next(id) {
      const attempt = attemptOf(id);
      if (attempt.items[attempt.at]?.verdict) change(attempt, (draft) => void (draft.at += 1));
      return view(attemptOf(id));
    },

    answer(id, answer) {
      const attempt = attemptOf(id);
      const item = attempt.items[attempt.at];
      if (!item) throw new QuizError('conflict', 'This attempt is finished. Look at its report.');
      if (item.verdict)
        throw new QuizError('conflict', 'This question has been answered. Go on to the next one.');
      const verdict = graded(item, answer, bank);
      change(attempt, (draft) => void (draft.items[draft.at]!.verdict = verdict));
      return verdict;
    },

    report: (id) => report(attemptOf(id), bank, generators),

    // Attempts are plain data; the copy keeps a caller from changing them.
    snapshot: () => structuredClone({ attempts: [...attempts.values()] }),

    restore(snapshot) {
      for (const attempt of structuredClone(snapshot.attempts)) attempts.set(attempt.id, attempt);
    },

    async close() {
      stop.abort();
      await running?.done;
    },
  };
}

/** Facts first, shuffled by the seed; then live items, each of which takes a while to prepare. */
function drawItems(
  mode: Mode,
  seed: string,
  bank: readonly FactItem[],
  generators: readonly LiveGenerator[],
): ItemState[] {
  const random = randomFromText(`items|${seed}`);
  const facts = shuffled(bank, random).map((item): ItemState => {
    const positions = item.options.map((_, at) => at);
    return {
      id: item.id,
      kind: 'fact',
      order: shuffled(positions, randomFromText(`options|${seed}|${item.id}`)),
    };
  });
  const live = shuffled(generators, random).map((generator): ItemState => ({
    id: generator.id,
    kind: 'live',
  }));
  return [...(mode === 'live' ? [] : facts), ...(mode === 'facts' ? [] : live)];
}

function graded(item: ItemState, answer: Answer, bank: readonly FactItem[]): Verdict {
  const fact = bank.find((each) => each.id === item.id);
  try {
    if (item.kind === 'fact' && fact) return gradeFact(fact, item.order ?? [], answer);
    if (item.question) return gradeLive(item.id, item.question, answer);
  } catch (error) {
    if (error instanceof AnswerFormError) throw new QuizError('bad-answer', error.message, error.field);
    throw error;
  }
  throw new QuizError('conflict', 'This question is still being prepared.');
}

function questionOf(
  item: ItemState,
  bank: readonly FactItem[],
  generators: readonly LiveGenerator[],
): Question | undefined {
  const fact = bank.find((each) => each.id === item.id);
  if (item.kind === 'fact' && fact) return factQuestion(fact, item.order ?? []);
  const generator = generators.find((each) => each.id === item.id);
  return generator && item.question && liveQuestion(generator, item.question);
}

function factQuestion(fact: FactItem, order: readonly number[]): Question {
  const { id, type, c02, c03, difficulty, stem } = fact;
  const options = order.map((at, position) => ({
    id: optionId(position),
    text: fact.options[at]?.text ?? '',
  }));
  const choose = fact.options.filter((option) => option.correct).length;
  return { id, type, c02, c03, difficulty, stem, options, choose };
}

function liveQuestion(generator: LiveGenerator, question: MeasuredQuestion): Question {
  const { id, c02, c03, difficulty } = generator;
  const { stem, key, answerLabel, evidenceLabel, lead } = question;
  return {
    id,
    type: 'live',
    c02,
    c03,
    difficulty,
    stem,
    ...(key.kind === 'choice'
      ? { options: key.choices.map((text, position) => ({ id: optionId(position), text })), choose: 1 }
      : {}),
    answer: answerForm(key, answerLabel),
    evidence: { label: evidenceLabel, fields: ['traceId', 'segmentId'] },
    lead,
  };
}

function answerForm(
  { kind, ...key }: MeasuredQuestion['key'],
  label: string,
): NonNullable<Question['answer']> {
  if (!('unit' in key)) return { type: kind, label };
  const says = takes({ type: 'number', label, unit: key.unit });
  return { type: kind, label, unit: key.unit, ...(says !== undefined && { takes: says }) };
}
