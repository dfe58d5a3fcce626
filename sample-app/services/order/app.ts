import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { inBackground } from '../../platform/process.ts';
import { service } from '../../platform/server.ts';
import { addMetadata, annotate, tracing } from '../../platform/tracing.ts';
import { priceCart } from './cart.ts';
import type { CustomersTable } from './customers-table.ts';
import type { InventoryService } from './inventory.ts';
import type { NotificationService } from './notification.ts';
import type { OrdersTable } from './orders-table.ts';
import type { PaymentService } from './payment.ts';

const newOrder = z.strictObject({
  customerId: z.string().min(1).max(40),
  items: z
    .array(z.strictObject({ sku: z.string(), quantity: z.number().int().min(1).max(99) }))
    .min(1)
    .max(20),
  card: z.strictObject({ brand: z.string(), number: z.string().optional() }),
});

export interface Calls {
  inventory: InventoryService;
  orders: OrdersTable;
  customers: CustomersTable;
  payment: PaymentService;
  notification: NotificationService;
}

export const createApp = ({ inventory, orders, customers, payment, notification }: Calls) =>
  service('order', tracing, (app) => {
    app.post('/orders', async (request, response) => {
      const { customerId, items, card } = parse(newOrder, request.body);
      const orderId = `o-${randomBytes(6).toString('hex')}`;
      annotate({ orderId, customerId });

      const cart = await priceCart(items);
      addMetadata('cart', cart);

      const stock = await inventory.reserve(orderId, items);
      // Written before the card is charged: no money is ever taken for an order nobody knows of.
      await orders.put({ orderId, customerId, stock, ...cart, placedAt: new Date().toISOString() });
      await payment.pay({ orderId, amount: cart.total, currency: cart.currency, card });
      await customers.countOrder(customerId);

      const order = { orderId, status: 'paid', stock, ...cart };
      log.info({ orderId, stock }, 'order placed');
      response.status(201).json(order);

      // The customer need not wait for this. The call starts before the answer is on the wire, so that the segment,
      // which closes then, waits for this subsegment.
      inBackground('the notification', notification.orderPlaced({ orderId, customerId }));
    });

    /** Gives the money back, and tells the customer. A refund that was given stays the same when asked for again. */
    app.post('/orders/:id/refund', async (request, response) => {
      const orderId = request.params.id;
      annotate({ orderId });
      const order = await orders.get(orderId);
      if (!order) throw new AnswerError(404, 'not-found', `There is no order ${orderId}.`);
      annotate({ customerId: order.customerId });

      const refund = await payment.refund(orderId);
      response.json({ orderId, status: 'refunded', ...refund });
      inBackground('the notification', notification.orderRefunded({ orderId, customerId: order.customerId }));
    });

    app.get('/orders/:id', async (request, response) => {
      const orderId = request.params.id;
      annotate({ orderId });
      const order = await orders.get(orderId);
      if (!order) throw new AnswerError(404, 'not-found', `There is no order ${orderId}.`);
      response.json({ ...order, status: await payment.statusOf(orderId) });
    });
  });
