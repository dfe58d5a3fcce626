import type { Status } from '@xray-lab/xray/model';

/** The order of arcs around a ring, clockwise from twelve. */
export const ringOrder: readonly Status[] = ['ok', 'error', 'throttle', 'fault', 'pending'];

export interface Arc {
  status: Status;
  /** For `stroke-dasharray`: visible length, then the rest of the circle. */
  dash: string;
  /** For `stroke-dashoffset`: where the arc starts. */
  offset: number;
}

/**
 * The arcs of a health ring, for circles drawn from twelve o'clock. `shares` add up to 1 (or to 0: no arcs).
 * Neighbours stand `gap` pixels apart; a single status closes the circle; a tiny share stays at least 1 px long.
 */
export function ringArcs(shares: Partial<Record<Status, number>>, radius: number, gap = 2): Arc[] {
  const circumference = 2 * Math.PI * radius;
  const present = ringOrder.filter((status) => (shares[status] ?? 0) > 0);
  let turned = 0;
  return present.map((status) => {
    const length = circumference * (shares[status] ?? 0);
    const visible = present.length === 1 ? circumference : Math.max(1, length - gap);
    const arc = { status, dash: `${round(visible)} ${round(circumference)}`, offset: round(-turned) };
    turned += length;
    return arc;
  });
}

const round = (value: number) => Math.round(value * 100) / 100 + 0;
