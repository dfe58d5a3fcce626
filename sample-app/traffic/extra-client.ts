import { products } from '../products.ts';
import type { PrimitiveOf } from '../faults/plan/primitives.ts';
import { request, type SentCheckout } from './send-checkout.ts';

export type ExtraClient = PrimitiveOf<'client'>;

/** What one client does each time it comes. `order` is the last one it placed, if it ever did. */
type Visit = (send: Send, customerId: string, order: string | undefined) => Promise<SentCheckout>;
type Send = (method: string, path: string, body?: object) => Promise<SentCheckout>;

const buying =
  (sku: string): Visit =>
  (send, customerId) =>
    send('POST', '/checkout', {
      customerId,
      items: [{ sku, quantity: 1 }],
      card: { brand: 'visa', number: '4242424242424242' },
    });

const checkout = buying('mug-blue');

const visits: Record<ExtraClient['sends'], Visit> = {
  checkout,
  // A page that was never tried with an empty basket.
  'invalid-checkout': (send, customerId) => send('POST', '/checkout', { customerId, items: [] }),
  // A page that was left open since the goods ran out.
  'sold-out-checkout': buying(products.find(({ soldOut }) => soldOut)!.sku),
  'unknown-order': (send) => send('GET', '/orders/o-000000000000'),
  // Buys once, then asks for the order again and again.
  'order-status': (send, customerId, order) =>
    order === undefined ? checkout(send, customerId, order) : send('GET', `/orders/${order}`),
  refund: (send, customerId, order) =>
    order === undefined ? checkout(send, customerId, order) : send('POST', `/orders/${order}/refund`, {}),
  'health-check': (send) => send('GET', '/healthz'),
  quote: (send) => send('GET', '/quotes/kettle-1l'),
  // One of everything.
  'basket-quote': (send) =>
    send('POST', '/quotes', { items: products.map(({ sku }) => ({ sku, quantity: 1 })) }),
};

/**
 * Sends what one more client of the shop sends, the first of it at once and the rest at an even rate, however slow the
 * answers are, until the function it returns is called.
 *
 * @param run The annotation `run`, asked at each request.
 */
export function startExtraClient(
  gatewayUrl: string,
  client: ExtraClient,
  run: () => string | undefined,
): () => void {
  const { customerId = 'c-900', userAgent, traceHeader } = client;
  let order: string | undefined;
  const send: Send = (method, path, body) =>
    request(gatewayUrl, method, path, run(), body, {
      ...(userAgent !== undefined && { 'user-agent': userAgent }),
      ...(traceHeader !== undefined && { 'X-Amzn-Trace-Id': traceHeader }),
    });
  const visit = () =>
    void visits[client.sends](send, customerId, order).then(({ orderId }) => (order ??= orderId));
  visit();
  const timer = setInterval(visit, 1000 / client.perSecond);
  return () => clearInterval(timer);
}
