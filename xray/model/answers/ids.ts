import { quotedAnswer, type Reading } from './reading.ts';

/**
 * The trace id in whatever was pasted: with quotes or spaces around it, in capitals, as the header
 * `Root=1-…;Sampled=1`, as a console address, or as the 32 digits that OpenTelemetry writes.
 * @returns `1-<8 hex>-<24 hex>`
 */
export function readTraceId(answer: unknown): Reading<string> {
  const text = typeof answer === 'string' ? answer.trim().toLowerCase() : '';
  if (text === '') return { problem: 'There is no trace id.' };
  const found = new Set(
    [...text.matchAll(/(?<![0-9a-f])1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-f])/g)].map(([id]) => id),
  );
  const w3c = /^"?([0-9a-f]{8})([0-9a-f]{24})"?$/.exec(text);
  if (w3c) found.add(`1-${w3c[1]}-${w3c[2]}`);
  return one([...found], answer, 'trace ids', {
    problem: `${quotedAnswer(answer)} is not a trace id: 1-, eight hex digits, -, and 24 hex digits.`,
  });
}

/** The id of a segment or subsegment: 16 hex digits somewhere in the text. */
export function readSegmentId(answer: unknown): Reading<string> {
  const text = typeof answer === 'string' ? answer.trim().toLowerCase() : '';
  if (text === '') return { problem: 'There is no id of a segment or subsegment.' };
  const found = new Set([...text.matchAll(/(?<![0-9a-f-])[0-9a-f]{16}(?![0-9a-f])/g)].map(([id]) => id));
  const digits = /^["'`]?([0-9a-f]+)["'`]?$/.exec(text)?.[1]?.length;
  const has = digits === undefined ? '' : `, and this has ${digits}`;
  return one([...found], answer, 'ids', {
    problem: `${quotedAnswer(answer)} is not the id of a segment or subsegment: it has 16 hex digits${has}.`,
  });
}

function one(
  found: readonly string[],
  answer: unknown,
  what: string,
  none: { problem: string },
): Reading<string> {
  const [value] = found;
  if (value === undefined) return none;
  return found.length === 1
    ? { value }
    : { problem: `${quotedAnswer(answer)} has ${found.length} ${what}. Give one.` };
}

/** The id without the reason why there is none. */
export const traceIdIn = (answer: unknown): string | undefined => readTraceId(answer).value;

/** The id without the reason why there is none. */
export const segmentIdIn = (answer: unknown): string | undefined => readSegmentId(answer).value;
