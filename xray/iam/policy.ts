import { z } from 'zod';
import { condition, type Condition, type ConditionContext } from './condition.ts';
import { fitsWildcards } from './wildcards.ts';

/** What a request asks for. */
export interface AccessRequest {
  /** `xray:PutTraceSegments`. */
  action: string;
  /** The ARN of the group or sampling rule the action is on; `*` for actions that are on none. */
  resource: string;
  context: ConditionContext;
}

/** `implicit`: nothing allows it. `explicit`: a Deny does not. */
export type Decision = 'allowed' | 'implicit' | 'explicit';

/** A policy ready to be asked. */
export interface Policy {
  readonly statements: readonly Statement[];
}

interface Statement {
  effect: 'Allow' | 'Deny';
  covers(request: AccessRequest): boolean;
}

const noVariables = (text: string) => !text.includes('${');
const variables = 'policy variables are not supported: write the value instead of ${…}.';

const oneOrMany = <Item extends z.ZodType<string>>(item: Item) =>
  z.union([item, z.array(item).min(1)]).transform((given) => (Array.isArray(given) ? given : [given]));

const action = z.string().refine((text) => text === '*' || /^[^:]+:[^:]+$/.test(text), {
  message: 'an action is * or service:Name, such as xray:PutTraceSegments or xray:Get*.',
});
const resource = z
  .string()
  .refine((text) => text === '*' || /^(arn:|\*)/.test(text), {
    message: 'a resource is * or an ARN, such as arn:aws:xray:*:*:group/shop/*.',
  })
  .refine(noVariables, { message: variables });

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMany(action).optional(),
    NotAction: oneOrMany(action).optional(),
    Resource: oneOrMany(resource).optional(),
    NotResource: oneOrMany(resource).optional(),
    Condition: condition.optional(),
  })
  .refine((given) => (given.Action === undefined) !== (given.NotAction === undefined), {
    message: 'give exactly one of Action and NotAction.',
  })
  .refine((given) => (given.Resource === undefined) !== (given.NotResource === undefined), {
    message: 'give exactly one of Resource and NotResource.',
  })
  .transform((given): Statement => {
    const isAction = oneOf(given.Action?.map(lowerCase), given.NotAction?.map(lowerCase));
    const isResource = oneOf(given.Resource, given.NotResource);
    const conditions: readonly Condition[] = given.Condition ?? [];
    return {
      effect: given.Effect,
      covers: (request) =>
        isAction(lowerCase(request.action)) &&
        isResource(request.resource) &&
        conditions.every((holds) => holds(request.context)),
    };
  });

/** An identity-based policy in IAM's JSON. Anything that would have no effect here is refused. */
export const policy = z
  .strictObject({
    Version: z.enum(['2012-10-17', '2008-10-17']).default('2008-10-17'),
    Id: z.string().optional(),
    Statement: z.union([z.array(statement).min(1), statement]),
  })
  .transform((given): Policy => ({
    statements: Array.isArray(given.Statement) ? given.Statement : [given.Statement],
  }));

/** A Deny wins over every Allow; without an Allow there is no access. */
export function decide(policies: readonly Policy[], request: AccessRequest): Decision {
  let decision: Decision = 'implicit';
  for (const { statements } of policies) {
    for (const { effect, covers } of statements) {
      if (!covers(request)) continue;
      if (effect === 'Deny') return 'explicit';
      decision = 'allowed';
    }
  }
  return decision;
}

/** Whether a text is among the patterns or, for `Not…`, among none of them. */
function oneOf(
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
): (text: string) => boolean {
  const patterns = wanted ?? unwanted ?? [];
  return (text) => patterns.some((pattern) => fitsWildcards(pattern, text)) === (wanted !== undefined);
}

const lowerCase = (text: string) => text.toLowerCase();
