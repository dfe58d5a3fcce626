import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { wirePolicy } from './resource-policy.ts';

export const listResourcePolicies = operation({
  name: 'ListResourcePolicies',
  path: '/ListResourcePolicies',
  input: z.object({ NextToken: z.string().min(1).max(100).optional() }),

  run({ store }, { NextToken: token }) {
    // "Not currently supported", says AWS: five policies fit on one page.
    if (token !== undefined) throw invalidRequest('NextToken is not valid for this request.');
    return { ResourcePolicies: store.resourcePolicies.list().map(wirePolicy) };
  },
});
