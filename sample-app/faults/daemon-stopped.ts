import { z } from 'zod';
import { defineFault } from './fault.ts';

export const daemonStopped = defineFault({
  id: 'daemon-stopped',
  title: 'The X-Ray daemon is stopped',
  area: 'daemon',
  inTheWild:
    'The daemon is not running on a host. The SDK sends into the void, the shop works as ever, and what was not received is never ' +
    'sent again.',
  services: ['xray-daemon'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'stopped', process: 'xray-daemon' }],
  signature: { filter: 'service("gateway")', shows: 'vanishes' },
  lookFor:
    'No trace of any service from one moment on, and a hole that stays after the daemon is back. Process list and log tell, and ' +
    'a gap in its telemetry (npm run lab -- telemetry); traces cannot.',
});
