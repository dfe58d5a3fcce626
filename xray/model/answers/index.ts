/** How learners spell the same thing. An answer is judged by what it means; these are the only judges of its form. */
export { readAnswer, takes, textIn, type AnswerForm } from './form.ts';
export { readFilter } from './filters.ts';
export { readSegmentId, readTraceId, segmentIdIn, traceIdIn } from './ids.ts';
export { numberIn, readNumber } from './numbers.ts';
export type { Reading } from './reading.ts';
export { shellWords } from './shell-words.ts';
