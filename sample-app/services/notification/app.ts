import { z } from 'zod';
import { parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';
import { annotate, tracing } from '../../platform/tracing.ts';
import type { Mailbox } from './mailbox.ts';

const notification = z.strictObject({
  kind: z.enum(['order-placed', 'order-refunded']),
  orderId: z.string().min(1).max(40),
  customerId: z.string().min(1).max(40),
});

export const createApp = (mailbox: Mailbox) =>
  service('notification', tracing, (app) => {
    app.post('/notifications', async (request, response) => {
      const { kind, orderId, customerId } = parse(notification, request.body);
      // How often the queue has handed this message out.
      const attempt = Number(request.get('x-receive-count')) || undefined;
      annotate({ orderId, customerId, attempt });
      await mailbox.send({ to: customerId, template: kind, orderId });
      response.status(202).json({ orderId });
    });
  });
