import { setTimeout as sleep } from 'node:timers/promises';
import { flag } from '../../platform/flags.ts';
import { CallFailed, httpClient } from '../../platform/http-client.ts';

/** How long the provider may take to answer one attempt. */
const TIMEOUT_MILLISECONDS = 3000;

/** How often an attempt that failed is repeated. */
const RETRIES = 2;

/** The pause before each of them, on average: callers that failed together must not come back together. */
const PAUSE_MILLISECONDS = 100;

/** How often instead, and without any pause, while the flag `retry-at-once` is on. */
const RETRIES_AT_ONCE = 8;

export interface Charge {
  /** The same for every attempt: the provider takes the money once per reference. */
  reference: string;
  amount: number;
  currency: string;
  card: { brand: string; number?: string | undefined };
}

export interface PaymentProvider {
  charge(charge: Charge): Promise<{ chargeId: string }>;
  /** Gives back all of a charge. One try: a refund can be asked for again. */
  refund(chargeId: string): Promise<{ refundId: string }>;
}

/** The third party that takes the money. `charge` throws CallFailed 402 for a declined card. */
export function paymentProvider(baseUrl: string): PaymentProvider {
  const provider = httpClient(baseUrl, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });

  return {
    async charge(charge) {
      for (let retry = 0; ; retry++) {
        try {
          return await provider.post('/charges', charge);
        } catch (error) {
          const refused = error instanceof CallFailed && error.status < 500;
          if (refused || retry >= (flag('retry-at-once') ? RETRIES_AT_ONCE : RETRIES)) throw error;
          if (!flag('retry-at-once')) await sleep(PAUSE_MILLISECONDS * (0.5 + Math.random()));
        }
      }
    },
    refund: (chargeId) => provider.post('/refunds', { chargeId }),
  };
}
