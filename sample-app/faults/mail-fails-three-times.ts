import { z } from 'zod';
import { defineFault } from './fault.ts';

export const mailFailsThreeTimes = defineFault({
  id: 'mail-fails-three-times',
  title: 'Mails fail three times and are given up',
  area: 'code',
  inTheWild:
    'The work behind a queue fails. Customers got their answer long ago, the message comes back twice, and then it lies with the ' +
    'dead letters, where somebody has to look.',
  services: ['notification'],
  parameters: z.strictObject({}),
  primitives: () => [
    {
      kind: 'exception',
      service: 'notification',
      method: 'POST',
      path: '/notifications',
      type: 'MailboxUnavailable',
      message: 'The mail provider refused the message: 421 try again later',
      share: 1,
    },
  ],
  signature: { filter: 'service("notification") { fault } AND ok' },
  lookFor:
    'A trace has three segments of notification, half a second apart, all with one parent and all faults; gateway is green. ' +
    'The filter fault finds none of them.',
});
