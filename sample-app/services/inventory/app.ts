import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';
import { annotate, tracing } from '../../platform/tracing.ts';
import type { InventoryTable } from './inventory-table.ts';
import { readThrough } from './read-through.ts';
import { reserve } from './reserve.ts';

const reservation = z.strictObject({
  orderId: z.string().min(1).max(40),
  items: z
    .array(z.strictObject({ sku: z.string(), quantity: z.number().int().min(1).max(99) }))
    .min(1)
    .max(20),
});

const delivery = z.strictObject({ sku: z.string(), quantity: z.number().int().min(1).max(10_000) });

export const createApp = (inventory: InventoryTable) =>
  service('inventory', tracing, (app) => {
    app.get('/products', async (_request, response) => {
      response.json({ products: await readThrough('products', () => inventory.list()) });
    });

    app.post('/deliveries', async (request, response) => {
      const { sku, quantity } = parse(delivery, request.body);
      const stock = await inventory.add(sku, quantity);
      if (stock === undefined) throw new AnswerError(404, 'not-found', `There is no product ${sku}.`);
      response.json({ sku, stock });
    });

    app.post('/reservations', async (request, response) => {
      const { orderId, items } = parse(reservation, request.body);
      annotate({ orderId });
      const soldOut = await reserve(inventory, orderId, items);
      if (soldOut) {
        const { sku, quantity } = soldOut;
        throw new AnswerError(
          409,
          'sold-out',
          `There is not enough ${sku} left for an order of ${quantity}.`,
        );
      }
      response.status(201).json({ orderId, reserved: items });
    });
  });
