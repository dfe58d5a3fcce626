import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const paymentProviderSlowForOneBrand = defineFault({
  id: 'payment-provider-slow-for-one-brand',
  title: 'The payment provider is slow for one card brand',
  area: 'payment',
  inTheWild:
    'Behind a third party stand others: here the bank of one card brand. The average looks a little worse, and some ' +
    'customers wait every time.',
  services: ['payment-provider'],
  parameters: z.strictObject({
    brand: z.enum(['visa', 'mastercard', 'amex']).default('amex').describe('The card brand that is slow'),
    milliseconds: z
      .number()
      .int()
      .min(1500)
      .max(2800)
      .default(2200)
      .describe('How much longer its charges take'),
  }),
  draw: (random) => ({
    brand: oneOf(random, ['visa', 'mastercard', 'amex'] as const),
    milliseconds: oneOf(random, [1600, 2000, 2400]),
  }),
  primitives: ({ brand, milliseconds }) => [
    {
      kind: 'delay',
      service: 'payment-provider',
      method: 'POST',
      path: '/charges',
      when: { member: 'card.brand', is: brand },
      milliseconds,
      jitterMilliseconds: 100,
      share: 1,
    },
  ],
  signature: { filter: 'edge("payment", "payment-provider") { responsetime > 1.4 } AND ok' },
  lookFor:
    'The histogram of payment-provider has two hills. Group the slow traces by annotation.cardBrand: all of them have the same ' +
    'one, and the quick ones never do.',
});
