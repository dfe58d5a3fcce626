import type {
  QuizAnswer,
  QuizAttempt,
  QuizQuestion,
  QuizReport,
  QuizVerdict,
} from '../../server/contract.ts';
import { UsageError, type Arguments } from '../arguments.ts';
import { columns, wrapped, type Style } from '../output.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';

/** The attempt that was started last. */
const latest = '/lab/quiz/attempts/latest';

export const quiz: Verb = {
  usage: [
    'start [--seed S]',
    'show',
    'answer A[,C…] | NUMBER [--trace 1-… ] [--segment …]',
    'next',
    'report',
  ],
  says: 'The quiz in the terminal',
  flags: {
    mode: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'string' },
    segment: { type: 'string' },
  },
  async run(cli, given) {
    const [action = 'show', ...words] = given.words;
    switch (action) {
      case 'start':
        return shown(cli, await cli.api<QuizAttempt>('POST', '/lab/quiz/attempts', startOf(given)));
      case 'show':
        return shown(cli, await cli.api<QuizAttempt>('GET', latest));
      case 'next':
        return shown(cli, await cli.api<QuizAttempt>('POST', `${latest}/next`));
      case 'answer':
        return answer(cli, words, given);
      case 'report':
        return report(cli, await cli.api<QuizReport>('GET', `${latest}/report`));
      default:
        throw new UsageError(`quiz: "${action}" is not start, show, answer, next or report.`);
    }
  },
};

const startOf = ({ flags: { mode, seed } }: Arguments) => ({
  ...(mode !== undefined && { mode: String(mode) }),
  ...(seed !== undefined && { seed: String(seed) }),
});

const shown = ({ style }: Cli, attempt: QuizAttempt): Outcome => ({
  json: attempt,
  text: describe(attempt, style),
});

function describe({ position, total, finished, question, preparing }: QuizAttempt, style: Style): string {
  if (finished) return 'All questions are answered. `quiz report` shows the result.';
  const head = style.strong(`Question ${position} of ${total}`);
  if (preparing) return `${head}\n${preparing.message} ${preparing.secondsLeft} s left; then \`quiz show\`.`;
  return question ? `${head}\n\n${describeQuestion(question)}` : head;
}

function describeQuestion(question: QuizQuestion): string {
  const options = question.options?.map(({ text }, index) => wrapped(`${letter(index)}  ${text}`, '  '));
  const { answer: form, evidence } = question;
  return [
    wrapped(question.stem),
    ...(question.lead ? ['', wrapped(question.lead)] : []),
    ...(options ? ['', ...options] : []),
    '',
    options
      ? `Choose ${question.choose ?? 1}: \`quiz answer ${question.choose === 2 ? 'A,C' : 'A'}\``
      : `${form?.label ?? 'Answer'}${form?.takes ? `, ${form.takes}` : ''}: \`quiz answer VALUE\``,
    ...(evidence ? [`Evidence, ${evidence.label}: add --trace ID and --segment ID`] : []),
  ].join('\n');
}

async function answer({ api, style }: Cli, words: readonly string[], { flags }: Arguments): Promise<Outcome> {
  if (words.length === 0) throw new UsageError('quiz answer: give the letters of the options, or a number.');
  const { question } = await api<QuizAttempt>('GET', latest);
  const { trace, segment } = flags;
  const evidence = {
    ...(trace !== undefined && { traceId: String(trace) }),
    ...(segment !== undefined && { segmentId: String(segment) }),
  };
  const body: QuizAnswer = {
    ...readAnswer(question, words.join(' ')),
    ...(Object.keys(evidence).length > 0 && { evidence }),
  };
  const verdict = await api<QuizVerdict>('POST', `${latest}/answer`, body);
  return { json: verdict, text: describeVerdict(verdict, style), failed: !verdict.correct };
}

/** `A,C` or option ids for a choice; a number as it was typed, which the lab reads. */
export function readAnswer(question: QuizQuestion | undefined, typed: string): QuizAnswer {
  const options = question?.options;
  if (!options) return { number: typed };
  const choices = typed
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const option = options.find(({ id }, index) => id === word || letter(index) === word.toUpperCase());
      if (!option) throw new UsageError(`quiz answer: there is no option "${word}".`);
      return option.id;
    });
  return { choices };
}

const letter = (index: number) => String.fromCharCode(65 + index);

function describeVerdict(verdict: QuizVerdict, style: Style): string {
  const head = verdict.correct ? style.good('Right') : style.bad('Not right');
  const options = (verdict.options ?? []).map(({ text, correct, chosen, why, doc }) =>
    [`${correct ? '✓' : '✕'} ${chosen ? style.strong(text) : text}`, wrapped(`${why} (${doc})`, '    ')].join(
      '\n',
    ),
  );
  const { live } = verdict;
  return [
    `${head} · ${verdict.score} of 1`,
    ...options,
    ...(live
      ? [
          `Right: ${live.key}. You said: ${live.given}.`,
          wrapped(live.explanation),
          wrapped(live.evidenceWhy),
          `Measured with: ${live.query}`,
        ]
      : []),
    ...(verdict.todayNote ? [wrapped(`Today: ${verdict.todayNote}`)] : []),
    ...(verdict.examNote ? [wrapped(`Exam: ${verdict.examNote}`)] : []),
    '',
    'Next: `quiz next`',
  ].join('\n');
}

function report({ style }: Cli, result: QuizReport): Outcome {
  const topics = result.topics.map(({ title, score, total, c02, c03 }) => [
    title,
    `${score} of ${total}`,
    `C02 ${c02}`,
    `C03 ${c03}`,
  ]);
  const text = [
    style.strong(
      `${result.verdict} · ${result.scaled} of 1,000 · ${result.answered} of ${result.total} answered`,
    ),
    wrapped(result.note),
    '',
    columns(topics),
  ].join('\n');
  return { json: result, text };
}
