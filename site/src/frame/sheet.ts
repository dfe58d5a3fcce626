/**
 * How far to scroll so that a thing is seen in the part of the window between `from` and `to`, in pixels; up is negative, 0 when it
 * is seen. What is higher than that part is shown from its beginning.
 */
export function scrollToSee(
  thing: { top: number; bottom: number },
  part: { from: number; to: number },
): number {
  if (thing.top < part.from || thing.bottom - thing.top > part.to - part.from) return thing.top - part.from;
  return Math.max(0, thing.bottom - part.to);
}
