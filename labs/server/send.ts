import { Router } from 'express';
import { z } from 'zod';
import type { SendRequest, Sent } from './contract.ts';
import { parse } from './problem.ts';

/** Sends one real checkout to the gateway. When the gateway does not answer, the status is 0 and the body says why. */
export type SendCheckout = (request: SendRequest) => Promise<Sent>;

const sendRequest = z.strictObject({
  customerId: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'Use up to 64 letters, digits, - and _.')
    .optional(),
  items: z
    .array(z.strictObject({ sku: z.string().min(1).max(64), quantity: z.number().int().min(1).max(100) }))
    .min(1)
    .max(20)
    .optional(),
});

/** The learner's own request: one checkout, answered with its trace id. */
export function sendRoutes(send: SendCheckout): Router {
  const routes = Router();
  routes.post('/lab/send', async (request, response) => {
    const { customerId, items } = parse(sendRequest, request.body ?? {});
    response.json(await send({ ...(customerId !== undefined && { customerId }), ...(items && { items }) }));
  });
  return routes;
}
