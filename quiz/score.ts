/** How an attempt is scored: LEARNING's formula, its band, and what is said about it. */

/** 36 of 50, the cut on our scale. */
const CUT = 36;
const ITEMS = 50;

/**
 * 100 to 1,000, where 720 is the cut. Points are brought to fifty items first, so that a short quiz reads the same.
 * @param raw points earned, fractions included.
 * @param total points that could be earned; 0 gives the lowest score.
 */
export function scaledScore(raw: number, total: number): number {
  if (total <= 0) return 100;
  const x = (raw / total) * ITEMS;
  return Math.round(x <= CUT ? 100 + (620 * x) / CUT : 720 + (280 * (x - CUT)) / (ITEMS - CUT));
}

export type Readiness = 'ready' | 'borderline' | 'not yet';

/** Whether the cut lies within one standard error of the share that was right. */
export function readiness(raw: number, total: number): Readiness {
  if (total <= 0) return 'not yet';
  const share = raw / total;
  const error = Math.sqrt((share * (1 - share)) / total);
  const cut = CUT / ITEMS;
  if (share - error >= cut) return 'ready';
  return share + error < cut ? 'not yet' : 'borderline';
}

export const scoreNote =
  'This scale is ours: AWS does not publish how raw points become a scaled score, and its scores are equated from form to form. SOA-C02 was retired on 29 September 2025 and its guide put X-Ray out of scope; its successor, SOA-C03, has X-Ray in scope.';
