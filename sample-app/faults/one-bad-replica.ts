import { z } from 'zod';
import { defineFault } from './fault.ts';

export const oneBadReplica = defineFault({
  id: 'one-bad-replica',
  title: 'One of two replicas of inventory fails',
  area: 'inventory',
  inTheWild:
    'Two hosts do the same work, and one of them is broken. Half of the requests fail, at random it seems, until somebody looks ' +
    'at which host they came from.',
  services: ['inventory-2', 'order', 'inventory'],
  parameters: z.strictObject({
    share: z.number().min(0.5).max(1).default(1).describe('Share of the bad replica’s requests that fail'),
  }),
  primitives: ({ share }) => [
    {
      kind: 'started',
      process: 'inventory-2',
      variables: { EC2_INSTANCE_ID: 'i-0b22222222222222b', EC2_AVAILABILITY_ZONE: 'us-east-1b' },
    },
    {
      kind: 'environment',
      process: 'order',
      variables: { INVENTORY_URL: '${INVENTORY_URL},${INVENTORY_2_URL}' },
    },
    {
      kind: 'environment',
      process: 'inventory',
      variables: { EC2_INSTANCE_ID: 'i-0a11111111111111a', EC2_AVAILABILITY_ZONE: 'us-east-1a' },
    },
    { kind: 'status', service: 'inventory-2', method: 'POST', path: '/reservations', status: 500, share },
  ],
  signature: {
    filter: 'service("inventory") { fault } AND instance.id = "i-0b22222222222222b"',
    withinSeconds: 10,
  },
  lookFor:
    'Every faulty segment of inventory has the same aws.ec2.instance_id and availability zone; with instance.id of the other ' +
    'host, no trace has a fault.',
});
