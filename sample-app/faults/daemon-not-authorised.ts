import { z } from 'zod';
import { defineFault } from './fault.ts';

export const daemonNotAuthorised = defineFault({
  id: 'daemon-not-authorised',
  title: 'The daemon may not send segments',
  area: 'daemon',
  inTheWild:
    'The daemon got the role of the dashboards: it may read traces and not write them. The shop works, the daemon runs, its log ' +
    'is full of AccessDenied, and nobody reads it.',
  services: ['xray-api', 'xray-daemon'],
  parameters: z.strictObject({}),
  primitives: () => [
    { kind: 'environment', process: 'xray-api', variables: { XRAY_AUTH: 'on' } },
    {
      kind: 'environment',
      process: 'xray-daemon',
      variables: { AWS_ACCESS_KEY_ID: 'monitoring', AWS_SECRET_ACCESS_KEY: 'monitoring-secret' },
    },
  ],
  signature: { filter: 'service("gateway")', shows: 'vanishes', withinSeconds: 10 },
  lookFor:
    'The daemon’s log: AccessDeniedException, with the role and the missing xray:PutTraceSegments. Its telemetry is refused as ' +
    'well. AWSXRayDaemonWriteAccess is what it needs.',
});
