import { checkoutRate, readRate, trafficProfiles, type ProfileName } from './profiles.ts';
import { request, sendCheckout, type SentCheckout } from './send-checkout.ts';
import { shoppers } from './shopper.ts';

export { trafficProfiles, type ProfileName, type TrafficProfile } from './profiles.ts';
export { startExtraClient, type ExtraClient } from './extra-client.ts';
export { sendCheckout, type Checkout, type SentCheckout } from './send-checkout.ts';

export interface Traffic {
  stop(): void;
  /** Throws a RangeError for a name that is not a profile's. */
  setProfile(name: string): void;
  snapshot(): TrafficSnapshot;
}

export interface TrafficSnapshot {
  profile: ProfileName;
  /** Requests since the profile was chosen. */
  sent: number;
  /** Of those, the answered ones by outcome, and the ones given up on. */
  answered: Record<'ok' | 'error' | 'throttle' | 'fault' | 'unanswered', number>;
}

export interface TrafficOptions {
  gatewayUrl: string;
  profile?: string;
  /** The lab run in progress: its nonce becomes the annotation `run`. Asked at each request. */
  run?: () => string | undefined;
  seed?: number;
}

/** While there are no visits, how often the profile is looked at again. */
const IDLE_SECONDS = 1;
/** How late a visit may come and still be made up for. */
const LATEST_MILLISECONDS = 1000;

/**
 * Sends the shoppers in. The loop is open: they come at the profile's rate, however slow the shop is, so that
 * slowness shows as latency and not as fewer requests.
 */
export function startTraffic({
  gatewayUrl,
  profile = 'calm',
  run = () => undefined,
  seed = 1,
}: TrafficOptions): Traffic {
  const script = shoppers(seed);
  const lastOrder = new Map<string, string>();
  let current = find(profile);
  let chosenAt = performance.now();
  let counts = none();
  let timers: NodeJS.Timeout[] = [];

  /**
   * Does `visit` again and again, after pauses that follow the rate. A pause begins when the one before it should have
   * ended: timers that come late do not make the rate less.
   *
   * @param since Milliseconds of `performance.now()`.
   */
  function keep(index: number, rate: () => number, visit: () => Promise<SentCheckout>, since: number): void {
    const perSecond = rate();
    const due = since + 1000 * pauseSeconds(perSecond);
    timers[index] = setTimeout(() => {
      // The rate may have changed to nothing meanwhile.
      if (perSecond > 0 && rate() > 0) void count(visit);
      // After a sleep of the computer nobody catches up on what was missed.
      keep(index, rate, visit, Math.max(due, performance.now() - LATEST_MILLISECONDS));
    }, due - performance.now());
  }

  function pauseSeconds(perSecond: number): number {
    if (perSecond === 0) return IDLE_SECONDS;
    return Math.min(current.evenly ? 1 / perSecond : script.pause(perSecond), IDLE_SECONDS * 2);
  }

  async function count(visit: () => Promise<SentCheckout>): Promise<void> {
    const mine = counts;
    mine.sent++;
    const { status } = await visit();
    mine.answered[outcomeOf(status)]++;
  }

  async function checkout(): Promise<SentCheckout> {
    const { customerId, items, card } = script.checkout();
    const sent = await sendCheckout({ gatewayUrl, customerId, items, card, run: run() });
    if (sent.orderId) lastOrder.set(customerId, sent.orderId);
    return sent;
  }

  async function read(): Promise<SentCheckout> {
    const { kind, customerId } = script.read(current.productsShare);
    const orderId = kind === 'look-at-products' ? undefined : lastOrder.get(customerId);
    if (orderId === undefined) return request(gatewayUrl, 'GET', '/products', run());
    if (kind === 'look-at-order') return request(gatewayUrl, 'GET', `/orders/${orderId}`, run());
    return request(gatewayUrl, 'POST', `/orders/${orderId}/refund`, run(), {});
  }

  function begin(): void {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    chosenAt = performance.now();
    counts = none();
    const seconds = () => (performance.now() - chosenAt) / 1000;
    keep(0, () => checkoutRate(current, seconds()), checkout, chosenAt);
    keep(1, () => readRate(current, seconds()), read, chosenAt);
  }

  begin();
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
    setProfile(name) {
      current = find(name);
      begin();
    },
    snapshot: () => ({ profile: current.name, sent: counts.sent, answered: { ...counts.answered } }),
  };
}

/** In X-Ray's words. */
function outcomeOf(status: number): keyof TrafficSnapshot['answered'] {
  if (status === 0) return 'unanswered';
  if (status === 429) return 'throttle';
  if (status >= 500) return 'fault';
  return status >= 400 ? 'error' : 'ok';
}

const none = () => ({ sent: 0, answered: { ok: 0, error: 0, throttle: 0, fault: 0, unanswered: 0 } });

function find(name: string) {
  const found = trafficProfiles.find((profile) => profile.name === name);
  if (!found) {
    throw new RangeError(
      `There is no traffic profile ${name}. There are ${trafficProfiles.map((p) => p.name).join(', ')}.`,
    );
  }
  return found;
}
