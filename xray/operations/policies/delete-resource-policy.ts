import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { checkRevision, policyName } from './resource-policy.ts';

export const deleteResourcePolicy = operation({
  name: 'DeleteResourcePolicy',
  path: '/DeleteResourcePolicy',
  input: z.object({ PolicyName: policyName, PolicyRevisionId: z.string().optional() }),

  run({ store }, { PolicyName: name, PolicyRevisionId }) {
    const current = store.resourcePolicies.get(name);
    checkRevision(name, current, PolicyRevisionId);
    if (!current) throw invalidRequest(`Resource policy ${name} does not exist.`);
    store.resourcePolicies.delete(name);
    return {};
  },
});
