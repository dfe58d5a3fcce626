import { LineCounter, parseDocument, isNode } from 'yaml';
import { z } from 'zod';
import { managedPolicies, managedPolicy } from './managed-policies.ts';
import { policy, type Policy } from './policy.ts';

/** Somebody with an access key, and what they may do. */
export interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  /** For temporary credentials: requests must carry it. */
  sessionToken: string | undefined;
  /** Epoch seconds from which the credentials are refused; undefined for never. */
  expiration: number | undefined;
  /** As an AccessDeniedException names them. */
  arn: string;
  policies: readonly Policy[];
}

/** Whoever can sign as, by access key id. */
export type Identities = ReadonlyMap<string, Identity>;

/** The account of an identity that gives no ARN of its own. */
export const labAccount = '000000000000';

const name = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, { message: 'letters, digits and +=,.@_- only, at most 64.' });

const managed = z.string().transform((given, context): Policy => {
  const document = managedPolicy(given);
  if (document) return policy.parse(document);
  const known = Object.keys(managedPolicies).join(', ');
  context.addIssue({ code: 'custom', message: `X-Ray has no managed policy ${given}. It has ${known}.` });
  return z.NEVER;
});

const identity = z
  .strictObject({
    accessKeyId: z
      .string()
      .regex(/^[^\s/]{1,128}$/, { message: 'an access key id has no space and no slash.' }),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1).optional(),
    expiration: z.iso.datetime({ offset: true, message: 'a date such as 2026-12-31T00:00:00Z.' }).optional(),
    user: name.optional(),
    role: name.optional(),
    session: name.optional(),
    arn: z
      .string()
      .regex(/^arn:[^:]+:(iam|sts)::\d{12}:.+$/, { message: 'an ARN of IAM or STS.' })
      .optional(),
    managedPolicies: z.array(managed).default([]),
    policies: z.array(policy).default([]),
  })
  .refine(({ user, role, arn }) => [user, role, arn].filter((one) => one !== undefined).length === 1, {
    message: 'say who this is with exactly one of user, role and arn.',
  })
  .refine(({ role, session }) => session === undefined || role !== undefined, {
    message: 'a session belongs to a role.',
  })
  .transform((given): Identity => ({
    accessKeyId: given.accessKeyId,
    secretAccessKey: given.secretAccessKey,
    sessionToken: given.sessionToken,
    expiration: given.expiration === undefined ? undefined : Date.parse(given.expiration) / 1000,
    arn: given.arn ?? arnOf(given),
    policies: [...given.managedPolicies, ...given.policies],
  }));

const identitiesFile = z
  .strictObject({ identities: z.array(identity) })
  .transform(({ identities }, context) => {
    const byKey = new Map<string, Identity>();
    for (const [index, one] of identities.entries()) {
      if (byKey.has(one.accessKeyId)) {
        const path = ['identities', index, 'accessKeyId'];
        context.addIssue({ code: 'custom', path, message: `${one.accessKeyId} is somebody else's already.` });
      }
      byKey.set(one.accessKeyId, one);
    }
    return byKey as Identities;
  });

/** An identities file that cannot be used. The message names the line, the member and what it may be. */
export class IdentitiesUnusable extends Error {}

/** Reads the text of an identities file; README.md shows one. Throws IdentitiesUnusable. */
export function parseIdentities(text: string): Identities {
  const value = parseJson(text);
  const parsed = identitiesFile.safeParse(value);
  if (parsed.success) return parsed.data;

  const [issue] = parsed.error.issues.map(innermost).sort((a, b) => b.path.length - a.path.length);
  const { path, message } = issue!;
  throw new IdentitiesUnusable(`line ${lineOf(text, path)}: ${memberOf(path)}: ${message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IdentitiesUnusable(`it is not JSON: ${(error as Error).message}.`);
  }
}

interface Problem {
  path: readonly PropertyKey[];
  message: string;
}

/** Of a member that may be one thing or a list, the alternative that came closest says what is wrong. */
function innermost(issue: z.core.$ZodIssue): Problem {
  const deeper =
    issue.code === 'invalid_union'
      ? issue.errors
          .flat()
          .map((one) => innermost({ ...one, path: [...issue.path, ...one.path] }))
          .sort((a, b) => b.path.length - a.path.length)[0]
      : undefined;
  return deeper ?? { path: issue.path, message: issue.message };
}

/** The line of a member, counted from 1, or of the nearest one around it that is there. JSON is YAML, which knows. */
function lineOf(text: string, path: readonly PropertyKey[]): number {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
  }
  return 1;
}

/** `identities[0].policies[1].Effect`. */
const memberOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index ? '.' : ''}${String(key)}`))
        .join('');

const arnOf = ({
  user,
  role,
  session = 'session',
}: {
  user?: string | undefined;
  role?: string | undefined;
  session?: string | undefined;
}) =>
  role === undefined
    ? `arn:aws:iam::${labAccount}:user/${user}`
    : `arn:aws:sts::${labAccount}:assumed-role/${role}/${session}`;
