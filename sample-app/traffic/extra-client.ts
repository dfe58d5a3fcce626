import type { PrimitiveOf } from '../faults/primitives.ts';
import { request } from './send-checkout.ts';

export type ExtraClient = PrimitiveOf<'client'>;

interface ClientRequest {
  method: string;
  path: string;
  body?: object;
}

const requests: Record<ExtraClient['sends'], (customerId: string) => ClientRequest> = {
  checkout: (customerId) => ({
    method: 'POST',
    path: '/checkout',
    body: { customerId, items: [{ sku: 'mug-blue', quantity: 1 }], card: { brand: 'visa' } },
  }),
  // A page that was never tested with an empty basket.
  'invalid-checkout': (customerId) => ({
    method: 'POST',
    path: '/checkout',
    body: { customerId, items: [] },
  }),
  'unknown-order': () => ({ method: 'GET', path: '/orders/o-000000000000' }),
  refund: () => ({ method: 'POST', path: '/orders/o-000000000000/refund', body: {} }),
  'health-check': () => ({ method: 'GET', path: '/healthz' }),
  quote: () => ({ method: 'GET', path: '/quotes/kettle-1l' }),
};

/**
 * Sends what one more client of the shop sends, at an even rate and however slow the answers are, until the function
 * it returns is called.
 *
 * @param run The annotation `run`, asked at each request.
 */
export function startExtraClient(
  gatewayUrl: string,
  client: ExtraClient,
  run: () => string | undefined,
): () => void {
  const { customerId = 'c-900', userAgent, traceHeader } = client;
  const timer = setInterval(() => {
    const { method, path, body } = requests[client.sends](customerId);
    void request(gatewayUrl, method, path, run(), body, {
      ...(userAgent !== undefined && { 'user-agent': userAgent }),
      ...(traceHeader !== undefined && { 'X-Amzn-Trace-Id': traceHeader }),
    });
  }, 1000 / client.perSecond);
  return () => clearInterval(timer);
}
