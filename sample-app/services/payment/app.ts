import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { flag } from '../../platform/flags.ts';
import { service } from '../../platform/server.ts';
import { addMetadata, annotate, tracing } from '../../platform/tracing.ts';
import type { PaymentsTable } from './payments-table.ts';
import type { PaymentProvider } from './provider.ts';

const payment = z.strictObject({
  orderId: z.string().min(1).max(40),
  amount: z.number().positive(),
  currency: z.string().length(3),
  card: z.strictObject({ brand: z.string(), number: z.string().optional() }),
});

export interface Calls {
  provider: PaymentProvider;
  payments: PaymentsTable;
}

export const createApp = ({ provider, payments }: Calls) =>
  service('payment', tracing, (app) => {
    app.post('/payments', async (request, response) => {
      const { orderId, amount, currency, card } = parse(payment, request.body);
      annotate({ orderId, cardBrand: card.brand });
      // Somebody wanted to search for cards.
      if (flag('card-annotation')) annotate({ card: card.number });
      addMetadata('charge', { amount, currency, brand: card.brand });

      const { chargeId } = await provider.charge({ reference: orderId, amount, currency, card });
      await payments.put({ orderId, chargeId, amount, currency, paidAt: new Date().toISOString() });
      response.status(201).json({ orderId, chargeId });
    });

    app.post('/payments/:orderId/refund', async (request, response) => {
      const { orderId } = request.params;
      annotate({ orderId });
      const paid = await payments.get(orderId);
      if (!paid) throw new AnswerError(404, 'not-found', `There is no payment for order ${orderId}.`);

      const { chargeId, amount, currency } = paid;
      const refundId = paid.refundId ?? (await provider.refund(chargeId)).refundId;
      if (paid.refundId === undefined) await payments.put({ ...paid, refundId });
      response.json({ refundId, amount, currency });
    });

    app.get('/payments/:orderId', async (request, response) => {
      const { orderId } = request.params;
      annotate({ orderId });
      const found = await payments.get(orderId);
      if (!found) throw new AnswerError(404, 'not-found', `There is no payment for order ${orderId}.`);
      response.json(found);
    });
  });
