import type { Request } from 'express';
import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';
import { annotate, setUser, tracing } from '../../platform/tracing.ts';
import type { AuthService } from './auth.ts';
import type { InventoryService } from './inventory.ts';
import type { LegacyPricing } from './legacy-pricing.ts';
import type { OrderService } from './order.ts';

const id = z.string().regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ or -');

const items = z
  .array(z.strictObject({ sku: id, quantity: z.number().int().min(1).max(99) }))
  .min(1)
  .max(20);

const checkout = z.strictObject({
  customerId: id.optional(),
  items,
  card: z
    .strictObject({
      brand: z.enum(['visa', 'mastercard', 'amex']),
      number: z
        .string()
        .regex(/^\d{12,19}$/, 'must be 12 to 19 digits')
        .optional(),
    })
    .default({ brand: 'visa' }),
});

const quote = z.strictObject({ items });

const delivery = z.strictObject({ sku: id, quantity: z.number().int().min(1).max(10_000) });

const session = z.strictObject({ customerId: id.optional() });

export interface Calls {
  auth: AuthService;
  order: OrderService;
  inventory: InventoryService;
  pricing: LegacyPricing;
  adminKey: string;
}

export const createApp = ({ auth, order, inventory, pricing, adminKey }: Calls) =>
  service('gateway', tracing, (app) => {
    app.post('/checkout', async (request, response) => {
      annotate({ run: runOf(request) });
      const { customerId: given, items, card } = parse(checkout, request.body);

      const customerId = await auth.customerOf(request.get('authorization'), given);
      annotate({ customerId });
      setUser(customerId);

      const placed = await order.place({ customerId, items, card });
      annotate({ orderId: placed.orderId });
      response.status(201).json(placed);
    });

    /** Signs in, also somebody without a name. The token goes into the header Authorization of later requests. */
    app.post('/sessions', async (request, response) => {
      annotate({ run: runOf(request) });
      const { customerId } = parse(session, request.body ?? {});
      response.status(201).json(await auth.signIn(customerId));
    });

    app.get('/orders/:id', async (request, response) => {
      const orderId = parse(z.object({ id }), request.params).id;
      annotate({ orderId, run: runOf(request) });
      response.json(await order.find(orderId));
    });

    app.post('/orders/:id/refund', async (request, response) => {
      const orderId = parse(z.object({ id }), request.params).id;
      annotate({ orderId, run: runOf(request) });
      response.json(await order.refund(orderId));
    });

    app.get('/quotes/:sku', async (request, response) => {
      annotate({ run: runOf(request) });
      response.json(await pricing.price(parse(z.object({ sku: id }), request.params).sku));
    });

    app.post('/quotes', async (request, response) => {
      annotate({ run: runOf(request) });
      response.json(await pricing.quote(parse(quote, request.body).items));
    });

    /** What a load balancer asks, every few seconds: traced, because it comes in by the same door as customers do. */
    app.get('/healthz', (request, response) => {
      annotate({ run: runOf(request) });
      response.json({ status: 'ok' });
    });

    /** For the people in the warehouse, who have the key. */
    app.post('/admin/restock', async (request, response) => {
      annotate({ run: runOf(request) });
      if (request.get('x-admin-key') !== adminKey) {
        throw new AnswerError(403, 'not-allowed', 'The header X-Admin-Key is missing or wrong.');
      }
      const { sku, quantity } = parse(delivery, request.body);
      response.json(await inventory.restock(sku, quantity));
    });

    app.get('/products', async (request, response) => {
      annotate({ run: runOf(request) });
      response.json(await inventory.products());
    });
  });

/** The nonce of the lab run that the request belongs to. */
const runOf = (request: Request) =>
  parse(z.object({ 'x-run-id': id.optional() }), request.headers)['x-run-id'];
