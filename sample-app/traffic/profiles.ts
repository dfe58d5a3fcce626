export type ProfileName = 'off' | 'calm' | 'busy' | 'burst';

/** How much traffic there is. Rates are per second. */
export interface TrafficProfile {
  name: ProfileName;
  title: string;
  checkoutsPerSecond: number;
  /** Products and orders looked at. */
  readsPerSecond: number;
  /** A rush that comes back: for so many seconds of every period, checkouts come at this rate instead. */
  rush?: { everySeconds: number; forSeconds: number; checkoutsPerSecond: number };
  /** On average over a long time. */
  requestsPerMinute: number;
}

const profile = (settings: Omit<TrafficProfile, 'requestsPerMinute'>): TrafficProfile => {
  const { checkoutsPerSecond, readsPerSecond, rush } = settings;
  const share = rush ? rush.forSeconds / rush.everySeconds : 0;
  const checkouts = checkoutsPerSecond * (1 - share) + (rush?.checkoutsPerSecond ?? 0) * share;
  return { ...settings, requestsPerMinute: Math.round((checkouts + readsPerSecond) * 60) };
};

export const trafficProfiles: readonly TrafficProfile[] = [
  profile({ name: 'off', title: 'No shoppers', checkoutsPerSecond: 0, readsPerSecond: 0 }),
  profile({ name: 'calm', title: 'A quiet day', checkoutsPerSecond: 1, readsPerSecond: 0.5 }),
  profile({ name: 'busy', title: 'A busy day', checkoutsPerSecond: 4, readsPerSecond: 2 }),
  profile({
    name: 'burst',
    title: 'Rushes between quiet times',
    checkoutsPerSecond: 1,
    readsPerSecond: 0.5,
    rush: { everySeconds: 30, forSeconds: 5, checkoutsPerSecond: 12 },
  }),
];

/** The checkouts a second, so many seconds after the profile was chosen. A rush comes at the end of its period. */
export function checkoutRate({ checkoutsPerSecond, rush }: TrafficProfile, seconds: number): number {
  if (!rush) return checkoutsPerSecond;
  const quietSeconds = rush.everySeconds - rush.forSeconds;
  return seconds % rush.everySeconds >= quietSeconds ? rush.checkoutsPerSecond : checkoutsPerSecond;
}
