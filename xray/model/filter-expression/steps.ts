/**
 * A long expression asked of a large trace takes longer than others may wait. Asked in steps, it pauses after each of them; the
 * answer is the same.
 */
export type Steps<Answer> = Generator<void, Answer, void>;

/**
 * How many questions, terms times the segments they may be asked of, are asked in one go: a millisecond or two. A pause costs more
 * than a question.
 */
export const questionsInOneGo = 10_000;

/** The same of a trace in full, where a question takes a microsecond. */
export const questionsOfTraces = 1_000;

/** Counts questions, and tells when it is time for a pause. */
export function pauses(each: number): (questions: number) => boolean {
  let asked = 0;
  return (questions) => {
    asked += questions;
    if (asked < each) return false;
    asked = 0;
    return true;
  };
}
