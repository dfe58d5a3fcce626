import { z } from 'zod';
import { invalidPolicyRevisionId } from '../../errors.ts';
import type { StoredResourcePolicy } from '../../store/store.ts';

export const policyName = z
  .string()
  .min(1)
  .max(128)
  .refine((name) => /^[\w+=,.@-]+$/.test(name), {
    message: String.raw`Member must satisfy regular expression pattern: [\w+=,.@-]+`,
  });

/**
 * Throws InvalidPolicyRevisionIdException unless the caller means the policy as it stands. Revision 0 stands for a
 * policy that does not exist.
 */
export function checkRevision(
  name: string,
  current: StoredResourcePolicy | undefined,
  wanted: string | undefined,
): void {
  const revision = String(current?.revision ?? 0);
  if (wanted === undefined || wanted === revision) return;
  throw invalidPolicyRevisionId(
    current
      ? `Resource policy ${name} is at revision ${revision}, not at ${wanted}.`
      : `Resource policy ${name} does not exist, so it has no revision ${wanted}.`,
  );
}

/** The wire shape of a policy. */
export const wirePolicy = ({ name, document, revision, updatedAt }: StoredResourcePolicy) => ({
  PolicyName: name,
  PolicyDocument: document,
  PolicyRevisionId: String(revision),
  LastUpdatedTime: updatedAt,
});
