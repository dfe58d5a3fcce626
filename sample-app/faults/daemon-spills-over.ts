import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const daemonSpillsOver = defineFault({
  id: 'daemon-spills-over',
  title: 'The way to X-Ray is too slow for the daemon',
  area: 'daemon',
  inTheWild:
    'The backend or the network takes longer than the daemon waits. Its buffers fill up; the oldest batches are dropped, and the ' +
    'log says so.',
  services: ['xray-daemon'],
  parameters: z.strictObject({
    milliseconds: z
      .number()
      .int()
      .min(2500)
      .max(10_000)
      .default(4000)
      .describe('How long everything takes on its way'),
  }),
  draw: (random) => ({ milliseconds: oneOf(random, [3000, 4000, 6000]) }),
  primitives: ({ milliseconds }) => [{ kind: 'slow-link', process: 'xray-daemon', milliseconds }],
  signature: { filter: 'service("gateway")', shows: 'vanishes' },
  lookFor:
    'The daemon’s log: Sending segment batch failed, and under load Spilling over N segments. In its telemetry (npm run lab -- ' +
    'telemetry), segments received and not sent, TimeoutCount, and under load segments spilled. Telemetry takes the same way: it ' +
    'may come late.',
});
