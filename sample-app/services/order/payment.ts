import { flag } from '../../platform/flags.ts';
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
  statusOf(orderId: string): Promise<'paid' | 'refunded' | 'awaiting-payment'>;
  /** Throws CallFailed 404 for an order that was never paid. */
  refund(orderId: string): Promise<Refund>;
}

export interface Refund {
  refundId: string;
  amount: number;
  currency: string;
}

/** Longer than payment's own attempts together. */
const TIMEOUT_MILLISECONDS = 12_000;

export function paymentService(baseUrl: string): PaymentService {
  const payment = httpClient(baseUrl, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });

  return {
    pay: (charge) => payment.post(`/payments${cardQuery(charge)}`, charge),
    refund: (orderId) => payment.post(`/payments/${orderId}/refund`, {}),

    async statusOf(orderId) {
      try {
        const { refundId } = await payment.get<{ refundId?: string }>(`/payments/${orderId}`);
        return refundId === undefined ? 'paid' : 'refunded';
      } catch (error) {
        if (error instanceof CallFailed && error.status === 404) return 'awaiting-payment';
        throw error;
      }
    },
  };
}

/** While the flag `card-in-url` is on: a parameter somebody added to find a payment in the access log. */
const cardQuery = ({ card }: Payment) =>
  flag('card-in-url') && card.number !== undefined ? `?card=${card.number}` : '';
