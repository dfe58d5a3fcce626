import { z } from 'zod';
import { defineFault } from './fault.ts';

export const samplingRuleEatsCheckout = defineFault({
  id: 'sampling-rule-eats-checkout',
  title: 'A sampling rule drops every checkout',
  area: 'sampling',
  inTheWild:
    'A rule that was meant for a test matches /checkout with rate 0 and comes before all others. Everything else is traced; the ' +
    'route that earns the money is not.',
  services: ['sampling-rule', 'gateway'],
  parameters: z.strictObject({
    priority: z
      .number()
      .int()
      .min(1)
      .max(99)
      .default(10)
      .describe('Its priority; the lab’s own rule has 100'),
  }),
  draw: (random) => ({ priority: 1 + Math.floor(random() * 90) }),
  primitives: ({ priority }) => [
    {
      kind: 'sampling-rule',
      rule: {
        RuleName: 'load-test-2019',
        Priority: priority,
        FixedRate: 0,
        ReservoirSize: 0,
        HTTPMethod: '*',
        URLPath: '/checkout',
        ServiceName: '*',
      },
    },
    // The SDK asks for rules at its process's first request, and then every five minutes: the rule counts from here on.
    { kind: 'environment', process: 'gateway', variables: { AWS_XRAY_LOG_LEVEL: 'warn' } },
  ],
  signature: { filter: 'http.url ENDSWITH "/checkout"', shows: 'vanishes', withinSeconds: 10 },
  lookFor:
    'Products and orders are traced, checkouts are not, and their answers say Sampled=0. GetSamplingRules shows the ' +
    'rule; its statistics show requests and no samples.',
});
