import { z } from 'zod';
import { lockoutPrevented, policyCountLimitExceeded, policySizeLimitExceeded } from '../../errors.ts';
import { operation } from '../operation.ts';
import { locksOut, policyStatements } from './policy-document.ts';
import { checkRevision, policyName, wirePolicy } from './resource-policy.ts';

/** AWS's limit to one policy. */
const policyBytes = 5 * 1024;

/** The policy is kept and shown; the local X-Ray refuses nobody. */
export const putResourcePolicy = operation({
  name: 'PutResourcePolicy',
  path: '/PutResourcePolicy',
  input: z.object({
    PolicyName: policyName,
    PolicyDocument: z.string(),
    PolicyRevisionId: z.string().optional(),
    BypassPolicyLockoutCheck: z.boolean().optional(),
  }),

  run({ store, now, limits, accountId }, { PolicyName: name, PolicyDocument: document, ...options }) {
    if (Buffer.byteLength(document) > policyBytes) {
      throw policySizeLimitExceeded(`A resource policy can have ${policyBytes} bytes.`);
    }
    const statements = policyStatements(document);
    if (!options.BypassPolicyLockoutCheck && locksOut(statements, accountId)) {
      throw lockoutPrevented(
        'This policy would deny you PutResourcePolicy. Set BypassPolicyLockoutCheck if that is meant.',
      );
    }

    const current = store.resourcePolicies.get(name);
    checkRevision(name, current, options.PolicyRevisionId);
    if (!current && store.resourcePolicies.list().length >= limits.resourcePolicies) {
      throw policyCountLimitExceeded(`An account can have ${limits.resourcePolicies} resource policies.`);
    }

    const policy = { name, document, revision: (current?.revision ?? 0) + 1, updatedAt: now() };
    store.resourcePolicies.set(policy);
    return { ResourcePolicy: wirePolicy(policy) };
  },
});
