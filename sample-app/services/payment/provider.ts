import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed, httpClient } from '../../platform/http-client.ts';

/** How long the provider may take to answer one attempt. */
const TIMEOUT_MILLISECONDS = 3000;

/** How often an attempt that failed is repeated. */
const RETRIES = 2;

/** The pause before each of them. */
const PAUSE_MILLISECONDS = 100;

export interface Charge {
  /** The same for every attempt: the provider takes the money once per reference. */
  reference: string;
  amount: number;
  currency: string;
  card: { brand: string; number?: string | undefined };
}

export interface PaymentProvider {
  charge(charge: Charge): Promise<{ chargeId: string }>;
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
          if (refused || retry === RETRIES) throw error;
          await sleep(PAUSE_MILLISECONDS);
        }
      }
    },
  };
}
