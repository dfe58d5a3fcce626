export type ProfileName =
  'off' | 'calm' | 'busy' | 'steady' | 'burst' | 'rush-hour' | 'checkout-only' | 'catalogue-heavy';

/** How much traffic there is. Rates are per second. */
export interface TrafficProfile {
  name: ProfileName;
  title: string;
  checkoutsPerSecond: number;
  /** Products and orders looked at. */
  readsPerSecond: number;
  /** Of the reads, the share that looks at products; two fifths when left out. */
  productsShare?: number;
  /** They come at even intervals, as a load generator sends: so many requests a minute are exactly that. */
  evenly?: true;
  /** A rush that comes back: for so many seconds of every period, checkouts come at this rate instead. */
  rush?: { everySeconds: number; forSeconds: number; checkoutsPerSecond: number };
  /** A slow swell and ebb: from the usual rates up to so many times of them in the middle of each period, and back. */
  swell?: { everySeconds: number; times: number };
  /** On average over a long time. */
  requestsPerMinute: number;
}

const profile = (settings: Omit<TrafficProfile, 'requestsPerMinute'>): TrafficProfile => {
  const { checkoutsPerSecond, readsPerSecond, rush, swell } = settings;
  const share = rush ? rush.forSeconds / rush.everySeconds : 0;
  const checkouts = checkoutsPerSecond * (1 - share) + (rush?.checkoutsPerSecond ?? 0) * share;
  const times = swell ? (1 + swell.times) / 2 : 1;
  return { ...settings, requestsPerMinute: Math.round((checkouts + readsPerSecond) * times * 60) };
};

export const trafficProfiles: readonly TrafficProfile[] = [
  profile({ name: 'off', title: 'No shoppers', checkoutsPerSecond: 0, readsPerSecond: 0 }),
  profile({ name: 'calm', title: 'A quiet day', checkoutsPerSecond: 1, readsPerSecond: 0.5 }),
  profile({ name: 'busy', title: 'A busy day', checkoutsPerSecond: 4, readsPerSecond: 2 }),
  profile({
    name: 'steady',
    title: 'Twenty requests a second, evenly',
    checkoutsPerSecond: 2,
    readsPerSecond: 18,
    productsShare: 0.9,
    evenly: true,
  }),
  profile({
    name: 'burst',
    title: 'Rushes between quiet times',
    checkoutsPerSecond: 1,
    readsPerSecond: 0.5,
    rush: { everySeconds: 30, forSeconds: 5, checkoutsPerSecond: 12 },
  }),
  profile({
    name: 'rush-hour',
    title: 'Swells and ebbs over four minutes',
    checkoutsPerSecond: 0.5,
    readsPerSecond: 0.5,
    swell: { everySeconds: 240, times: 12 },
  }),
  profile({
    name: 'checkout-only',
    title: 'Everybody buys, nobody looks',
    checkoutsPerSecond: 2,
    readsPerSecond: 0,
  }),
  profile({
    name: 'catalogue-heavy',
    title: 'Many look at products, few buy',
    checkoutsPerSecond: 0.25,
    readsPerSecond: 5,
    productsShare: 0.95,
  }),
];

/** The checkouts a second, so many seconds after the profile was chosen. A rush comes at the end of its period. */
export function checkoutRate(profile: TrafficProfile, seconds: number): number {
  const { checkoutsPerSecond, rush } = profile;
  if (!rush) return checkoutsPerSecond * swollen(profile, seconds);
  const quietSeconds = rush.everySeconds - rush.forSeconds;
  return seconds % rush.everySeconds >= quietSeconds ? rush.checkoutsPerSecond : checkoutsPerSecond;
}

/** The reads a second, so many seconds after the profile was chosen. */
export const readRate = (profile: TrafficProfile, seconds: number): number =>
  profile.readsPerSecond * swollen(profile, seconds);

/** How many times the usual rate it is. */
function swollen({ swell }: TrafficProfile, seconds: number): number {
  if (!swell) return 1;
  const turn = (seconds % swell.everySeconds) / swell.everySeconds;
  return 1 + ((swell.times - 1) * (1 - Math.cos(2 * Math.PI * turn))) / 2;
}
