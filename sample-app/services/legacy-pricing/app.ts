import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { flag } from '../../platform/flags.ts';
import { service } from '../../platform/server.ts';
import { annotate, tracing } from '../../platform/tracing.ts';
import { currency } from '../../products.ts';
import type { Price, PriceHistory } from './price-history.ts';

const sku = z.string().regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ or -');

const quote = z.strictObject({
  items: z
    .array(z.strictObject({ sku, quantity: z.number().int().min(1).max(99) }))
    .min(1)
    .max(20),
});

export const createApp = (prices: PriceHistory) =>
  service('legacy-pricing', tracing, (app) => {
    app.get('/prices/:sku', async (request, response) => {
      const { sku: wanted } = parse(z.object({ sku }), request.params);
      annotate({ sku: wanted });
      const [price] = await pricesToday(prices, [wanted]);
      if (!price) throw noPrice(wanted);
      response.json({ ...price, currency });
    });

    app.post('/quotes', async (request, response) => {
      const { items } = parse(quote, request.body);
      const found = await pricesToday(prices, [...new Set(items.map((item) => item.sku))]);
      const priceOf = new Map(found.map((price) => [price.sku, price.priceInCents]));
      const priced = items.map((item) => {
        const priceInCents = priceOf.get(item.sku);
        if (priceInCents === undefined) throw noPrice(item.sku);
        return { ...item, priceInCents };
      });
      const totalInCents = priced.reduce((sum, item) => sum + item.priceInCents * item.quantity, 0);
      response.json({ items: priced, totalInCents, currency });
    });
  });

/**
 * Today's prices in one query, or in one for each product while the flag `prices-one-by-one` is on. How many queries it
 * took becomes the annotation `queries`.
 */
async function pricesToday(prices: PriceHistory, skus: readonly string[]): Promise<Price[]> {
  const batches = flag('prices-one-by-one') ? skus.map((one) => [one]) : [skus];
  annotate({ queries: batches.length });
  const found: Price[] = [];
  for (const batch of batches) found.push(...(await prices.today(batch)));
  return found;
}

const noPrice = (wanted: string) => new AnswerError(404, 'not-found', `There is no price for ${wanted}.`);
