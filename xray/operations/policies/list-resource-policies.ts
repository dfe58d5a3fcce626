import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { wirePolicy } from './resource-policy.ts';

/** AWS's five policies fit on one page, so its NextToken is "not currently supported"; the lenient profile has more. */
const policiesPerPage = 100;

export const listResourcePolicies = operation({
  name: 'ListResourcePolicies',
  path: '/ListResourcePolicies',
  input: z.object({ NextToken: z.string().min(1).max(100).optional() }),

  run({ store }, { NextToken: token }) {
    const { page, ...next } = pageOf(store.resourcePolicies.list(), token, policiesPerPage, {
      query: 'ListResourcePolicies',
      key: ({ name }) => name,
    });
    return { ResourcePolicies: page.map(wirePolicy), ...next };
  },
});
