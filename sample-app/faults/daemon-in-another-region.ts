import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const daemonInAnotherRegion = defineFault({
  id: 'daemon-in-another-region',
  title: 'The daemon sends to another region',
  area: 'daemon',
  inTheWild:
    'A task definition was copied from another region, with the region in it. The daemon signs for that one, and what it sends ' +
    'is not where everybody looks.',
  services: ['xray-api', 'xray-daemon'],
  parameters: z.strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as eu-west-1')
      .default('eu-west-1')
      .describe('The region the daemon believes to be in'),
  }),
  draw: (random) => ({ region: oneOf(random, ['eu-west-1', 'us-west-2', 'ap-southeast-2']) }),
  primitives: ({ region }) => [
    { kind: 'environment', process: 'xray-api', variables: { XRAY_AUTH: 'on', XRAY_AUTH_REGION: 'own' } },
    { kind: 'environment', process: 'xray-daemon', variables: { AWS_REGION: region } },
  ],
  signature: { filter: 'service("gateway")', shows: 'vanishes', withinSeconds: 10 },
  lookFor:
    'The daemon’s first log lines name the region it uses. Here X-Ray refuses a signature for another region; on AWS the traces ' +
    'would lie in that other region.',
});
