import { z } from 'zod';
import { malformedPolicyDocument } from '../../errors.ts';
import { fitsWildcards } from '../../iam/index.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]);

const statement = z
  .object({
    Effect: z.enum(['Allow', 'Deny']),
    Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]).optional(),
    NotPrincipal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]).optional(),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Condition: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((one) => one.Principal !== undefined || one.NotPrincipal !== undefined, {
    message: 'a statement needs a Principal',
  })
  .refine((one) => one.Action !== undefined || one.NotAction !== undefined, {
    message: 'a statement needs an Action',
  });

const policyDocument = z.object({ Statement: z.union([statement, z.array(statement).min(1)]) });

type Statement = z.output<typeof statement>;

/** The statements of a policy. Throws MalformedPolicyDocumentException for a text that is no resource policy. */
export function policyStatements(text: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicyDocument('The policy document is no JSON.');
  }
  const parsed = policyDocument.safeParse(document);
  if (!parsed.success) {
    throw malformedPolicyDocument(
      'Every Statement of a resource policy needs an Effect (Allow or Deny), a Principal and an Action.',
    );
  }
  return [parsed.data.Statement].flat();
}

/** Whether a policy forbids everyone in the account, the caller included, to change it again. */
export const locksOut = (statements: readonly Statement[], accountId: string): boolean =>
  statements.some(
    (one) =>
      one.Effect === 'Deny' &&
      one.Condition === undefined &&
      isEveryone(one.Principal, accountId) &&
      [one.Action ?? []].flat().some(coversPutResourcePolicy),
  );

function isEveryone(principal: Statement['Principal'], accountId: string): boolean {
  if (principal === undefined || principal === '*') return principal === '*';
  const everyone = ['*', accountId, `arn:aws:iam::${accountId}:root`];
  return [principal['AWS'] ?? []].flat().some((name) => everyone.includes(name));
}

const coversPutResourcePolicy = (action: string) =>
  fitsWildcards(action.toLowerCase(), 'xray:putresourcepolicy');
