import type { LabSummary, QuizStanding } from '@xray-lab/labs/server/contract';

/** What the home page shows of a learner's progress, ready to be drawn. */
export interface ProgressView {
  /** Nothing was started yet: neither a lab nor the quiz. */
  newcomer: boolean;
  labs: { done: number; total: number };
  points: { reached: number; possible: number };
  /** Where to go on. */
  next: Way;
  /** The attempt that is not finished, if any; else the last that is. */
  quiz?: Way;
}

/** One link and what is said about it. */
export interface Way {
  label: string;
  href: string;
  detail: string;
}

const readiness: Record<QuizStanding['verdict'], string> = {
  ready: 'ready',
  borderline: 'borderline',
  'not yet': 'not yet ready',
};

/**
 * @param labs In the order in which they are learnt.
 * @param attempts At the quiz, newest first.
 */
export function progressView(labs: readonly LabSummary[], attempts: readonly QuizStanding[]): ProgressView {
  const answered = attempts.filter((attempt) => attempt.answered > 0);
  const quiz = quizWay(answered);
  return {
    newcomer: !labs.some(({ started }) => started) && answered.length === 0,
    labs: { done: labs.filter(isDone).length, total: labs.length },
    points: { reached: sum(labs, ({ score }) => score), possible: sum(labs, ({ points }) => points) },
    next: nextWay(labs),
    ...(quiz && { quiz }),
  };
}

const isDone = ({ passedSteps, totalSteps }: LabSummary) => totalSteps > 0 && passedSteps === totalSteps;
const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((total, item) => total + of(item), 0);

/** The lab that requests count for comes first, then any other that was begun, then the first that was not. */
function nextWay(labs: readonly LabSummary[]): Way {
  const begun = labs.filter((lab) => lab.started && !isDone(lab));
  const open = begun.find(({ active }) => active) ?? begun[0];
  if (open) {
    const { title, href, passedSteps, totalSteps, currentStep } = open;
    const then = currentStep ? `, next: ${currentStep}` : '';
    return {
      label: `Continue: ${title}`,
      href,
      detail: `${passedSteps} of ${totalSteps} steps passed${then}`,
    };
  }
  const fresh = labs.find(({ started }) => !started);
  if (fresh) {
    const first = labs.every(({ started }) => !started);
    const { title, href, minutes, level } = fresh;
    return {
      label: `${first ? 'Start' : 'Next lab'}: ${title}`,
      href,
      detail: `${minutes} minutes, ${level}`,
    };
  }
  return { label: 'All labs', href: '/labs/', detail: 'every lab is done' };
}

function quizWay(attempts: readonly QuizStanding[]): Way | undefined {
  const [newest] = attempts;
  if (!newest) return undefined;
  const { id, finished, answered, total, scaled, verdict } = newest;
  const href = `/quiz/?attempt=${encodeURIComponent(id)}`;
  return finished
    ? { label: `${scaled.toLocaleString('en')} of 1,000`, href, detail: readiness[verdict] }
    : { label: 'Continue the quiz', href, detail: `${answered} of ${total} questions answered` };
}
