/** Pixels of the window, as `getBoundingClientRect` counts them. */
interface Spot {
  top: number;
  left: number;
  maxHeight: number;
}

/** Between a box and what it belongs to, and between a box and the edge of the window. */
const gap = 6;
const edge = 8;

/** Less room than this is no use: a few lines. */
const leastRoom = 160;

/**
 * Where a box opens that belongs to a button: below it, right edges together, and whole in the window. What does not fit below
 * is scrolled inside; in a window too low for that, or when the button has left it, the box takes the place it needs.
 */
export function placeBelow(
  button: { bottom: number; right: number },
  box: { width: number; height: number },
  window: { width: number; height: number },
): Spot {
  const left = Math.max(edge, Math.min(button.right - box.width, window.width - box.width - edge));
  const below = button.bottom + gap;
  const fits = below >= edge && window.height - edge - below >= Math.min(box.height, leastRoom);
  const top = fits ? below : Math.max(edge, window.height - edge - box.height);
  return { top, left, maxHeight: window.height - edge - top };
}

/** How high a list may be that opens at `top`: to the edge of the window, and never less than a few lines. */
export const roomBelow = (top: number, windowHeight: number): number =>
  Math.max(leastRoom, windowHeight - edge - top);
