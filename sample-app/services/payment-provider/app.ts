import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';

const charge = z.object({
  reference: z.string(),
  amount: z.number().positive(),
  currency: z.string().length(3),
  card: z.object({ brand: z.string(), number: z.string().optional() }),
});

const refund = z.object({ chargeId: z.string().min(1) });

/** The card that is always declined, as test cards of real providers go. */
const DECLINED = /0002$/;

/** Somebody else's service: not traced, and no trace header goes through it. */
export const createApp = (takeMilliseconds: () => number) =>
  service('payment-provider', undefined, (app) => {
    app.post('/charges', async (request, response) => {
      const { card } = parse(charge, request.body);
      await sleep(takeMilliseconds());
      if (DECLINED.test(card.number ?? '')) throw new AnswerError(402, 'declined', 'The card was declined.');
      response.status(201).json({ chargeId: `ch_${randomBytes(9).toString('hex')}` });
    });

    app.post('/refunds', async (request, response) => {
      parse(refund, request.body);
      await sleep(takeMilliseconds());
      response.status(201).json({ refundId: `re_${randomBytes(9).toString('hex')}` });
    });
  });
