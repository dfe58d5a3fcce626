import { CallFailed, httpClient } from '../../platform/http-client.ts';

export interface Payment {
  orderId: string;
  amount: number;
  currency: string;
  card: { brand: string; number?: string | undefined };
}

export interface PaymentService {
  /** Charges the card. Throws CallFailed 402 when it is declined. */
  pay(payment: Payment): Promise<void>;
  statusOf(orderId: string): Promise<'paid' | 'awaiting-payment'>;
}

/** Longer than payment's own attempts together. */
const TIMEOUT_MILLISECONDS = 12_000;

export function paymentService(baseUrl: string): PaymentService {
  const payment = httpClient(baseUrl, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });

  return {
    pay: (charge) => payment.post('/payments', charge),

    async statusOf(orderId) {
      try {
        await payment.get(`/payments/${orderId}`);
        return 'paid';
      } catch (error) {
        if (error instanceof CallFailed && error.status === 404) return 'awaiting-payment';
        throw error;
      }
    },
  };
}
