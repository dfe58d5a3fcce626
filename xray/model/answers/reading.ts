/** What an answer means, or one sentence that says why it can't be told and what to write instead. */
export type Reading<Value> = { value: Value; problem?: undefined } | { problem: string; value?: undefined };

/** An answer inside a sentence: in quotes, and not longer than a line. */
export const quotedAnswer = (answer: unknown): string => {
  const text = String(answer).trim().replace(/\s+/g, ' ');
  return `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
};
