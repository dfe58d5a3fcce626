import { accessDenied } from '../errors.ts';
import type { Identity } from './identities.ts';
import { decide, type AccessRequest } from './policy.ts';

/**
 * Throws AccessDeniedException unless the identity's policies allow the request. AWS's text names the resource only
 * where the action has one: github.com/aws/aws-xray-daemon issues quote it without for PutTraceSegments.
 */
export function authorize(identity: Identity, request: AccessRequest): void {
  const decision = decide(identity.policies, request);
  if (decision === 'allowed') return;
  const { action, resource } = request;
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  const why =
    decision === 'explicit'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  throw accessDenied(`User: ${identity.arn} is not authorized to perform: ${action}${on} ${why}`);
}
