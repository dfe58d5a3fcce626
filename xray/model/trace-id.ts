/** Trace ids: `1-58406520-a006649127e371903a2de979`, the first part being the time at which the trace began. */
import type { TraceId } from './vocabulary.ts';

const traceIdPattern = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const entityIdPattern = /^[0-9a-f]{16}$/i;

export const isTraceId = (text: unknown): text is TraceId =>
  typeof text === 'string' && text.length === 35 && traceIdPattern.test(text);

/** The id of a segment or subsegment: 16 hex digits. */
export const isEntityId = (text: unknown): text is string =>
  typeof text === 'string' && text.length === 16 && entityIdPattern.test(text);

/**
 * Makes a trace id that says when the trace began.
 * @param nowSeconds epoch seconds; the fraction is cut off
 * @param random gives numbers in [0, 1), e.g. `Math.random`
 */
export function newTraceId(nowSeconds: number, random: () => number): TraceId {
  return `1-${hex(Math.floor(nowSeconds), 8)}-${randomHex(24, random)}`;
}

/** Makes the id of a segment or subsegment. */
export const newEntityId = (random: () => number): string => randomHex(16, random);

/**
 * The epoch seconds written into a trace id. In an id made from a W3C trace id these eight digits are random, so
 * the time means nothing there; X-Ray does not check it either.
 */
export const traceIdTime = (id: TraceId): number => Number.parseInt(id.slice(2, 10), 16);

function randomHex(digits: number, random: () => number): string {
  let text = '';
  while (text.length < digits) text += hex(Math.floor(random() * 0x10000), 4);
  return text;
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
