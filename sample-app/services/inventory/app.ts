import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';
import { annotate, tracing } from '../../platform/tracing.ts';
import type { InventoryTable } from './inventory-table.ts';

const reservation = z.strictObject({
  orderId: z.string().min(1).max(40),
  items: z
    .array(z.strictObject({ sku: z.string(), quantity: z.number().int().min(1).max(99) }))
    .min(1)
    .max(20),
});

export const createApp = (inventory: InventoryTable) =>
  service('inventory', tracing, (app) => {
    app.get('/products', async (_request, response) => {
      response.json({ products: await inventory.list() });
    });

    app.post('/reservations', async (request, response) => {
      const { orderId, items } = parse(reservation, request.body);
      annotate({ orderId });
      for (const { sku, quantity } of items) {
        const taken = await inventory.take(sku, quantity);
        if (!taken) throw new AnswerError(409, 'sold-out', `There are no ${quantity} pieces of ${sku} left.`);
      }
      response.status(201).json({ orderId, reserved: items });
    });
  });
