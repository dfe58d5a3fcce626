/**
 * Times in a digest are whole numbers of ticks after the start of their trace. The tick is the last digit that a double
 * near today's epoch seconds has (those from 2004 to 2038), so nothing is rounded: adding and subtracting ticks gives the
 * very doubles the documents held. What does not fit (an hour after the start, a clock set to 1970, an end before its
 * start) is kept in full, elsewhere.
 */
export const secondsPerTick = 2 ** -22;

/** Stands for the duration of what is in progress, ... */
export const openEnd = 0xffff_ffff;

/** ... and of a row whose times are kept in full. */
export const odd = 0xffff_fffe;

export const isOdd = (duration: number): boolean => duration === odd;

/** Start and duration of a row in ticks; undefined where they do not fit. */
export function inTicks(
  traceStart: number,
  start: number,
  end: number,
): { start: number; duration: number } | undefined {
  const after = (start - traceStart) / secondsPerTick;
  if (!fits(after) || traceStart + after * secondsPerTick !== start) return undefined;
  if (Number.isNaN(end)) return { start: after, duration: openEnd };
  const duration = (end - start) / secondsPerTick;
  if (!fits(duration) || start + duration * secondsPerTick !== end) return undefined;
  return { start: after, duration };
}

const fits = (ticks: number) => Number.isInteger(ticks) && ticks >= 0 && ticks < odd && !Object.is(ticks, -0);
