import { z } from 'zod';
import { defineFault } from './fault.ts';

export const daemonNotAuthorised = defineFault({
  id: 'daemon-not-authorised',
  title: 'The daemon may not send segments',
  area: 'daemon',
  inTheWild:
    'The policy of the daemon’s role was typed by hand: sampling and telemetry are in it, xray:PutTraceSegments is not. The shop ' +
    'works, the daemon runs, its log is full of AccessDenied, and nobody reads it.',
  services: ['xray-api', 'xray-daemon'],
  parameters: z.strictObject({}),
  primitives: () => [
    { kind: 'environment', process: 'xray-api', variables: { XRAY_AUTH: 'on' } },
    {
      kind: 'environment',
      process: 'xray-daemon',
      variables: { AWS_ACCESS_KEY_ID: 'reporter', AWS_SECRET_ACCESS_KEY: 'reporter-secret' },
    },
  ],
  signature: { filter: 'service("gateway")', shows: 'vanishes', withinSeconds: 10 },
  lookFor:
    'The daemon’s log: AccessDeniedException, with the role and the missing xray:PutTraceSegments. Its telemetry still arrives, ' +
    'once a minute (npm run lab -- telemetry): segments received, none sent, HTTPCode4XXCount above 0. AWSXRayDaemonWriteAccess ' +
    'is what it needs.',
});
