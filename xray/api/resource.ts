import { allGroups } from '../operations/groups/group.ts';
import type { OperationContext } from '../operations/operation.ts';
import { ruleArn } from '../operations/sampling/sampling-rule.ts';

/**
 * What an IAM policy can name about a request. The bodies have not been validated yet (AWS, too, refuses who may not call
 * before it says what is wrong with the call), so nothing here trusts a member's type.
 */
type Body = Readonly<Record<string, unknown>>;

/**
 * The actions on a group, a sampling rule, or either; every other one is on `*`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const resources: Readonly<Record<string, (context: OperationContext, body: Body) => string>> = {
  CreateGroup: group,
  GetGroup: group,
  UpdateGroup: group,
  DeleteGroup: group,
  CreateSamplingRule: (context, body) => rule(context, objectIn(body, 'SamplingRule')),
  UpdateSamplingRule: (context, body) => rule(context, objectIn(body, 'SamplingRuleUpdate')),
  DeleteSamplingRule: rule,
  TagResource: tagged,
  UntagResource: tagged,
  ListTagsForResource: tagged,
};

/** The ARN an operation is on, or `*`. */
export function resourceOf(context: OperationContext, operation: string, body: object): string {
  return resources[operation]?.(context, body as Body) ?? '*';
}

/** The id AWS gives to a group that does not exist yet is anybody's guess; policies name groups as `group/NAME/*`. */
const unknownId = '*';

function group(context: OperationContext, body: Body): string {
  const arn = textIn(body, 'GroupARN');
  if (arn !== undefined) return arn;
  const name = textIn(body, 'GroupName') ?? '*';
  const known = allGroups(context).find((one) => one.name === name);
  return known?.arn ?? `arn:aws:xray:${context.region}:${context.accountId}:group/${name}/${unknownId}`;
}

function rule(context: OperationContext, body: Body): string {
  return textIn(body, 'RuleARN') ?? ruleArn(context, textIn(body, 'RuleName') ?? '*');
}

function tagged(_context: OperationContext, body: Body): string {
  return textIn(body, 'ResourceARN') ?? '*';
}

/** The tags a request would add, and the keys it adds or takes away. */
export function requestTags(body: object): {
  keys: string[] | undefined;
  values: (readonly [string, string])[];
} {
  const { Tags, TagKeys } = body as Body;
  const values = listOf(Tags).flatMap((tag) => {
    const key = textIn(tag, 'Key');
    return key === undefined ? [] : [[key, textIn(tag, 'Value') ?? ''] as const];
  });
  const keys = [...values.map(([key]) => key), ...listOf(TagKeys).filter((key) => typeof key === 'string')];
  return { keys: keys.length > 0 ? keys : undefined, values };
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function textIn(value: unknown, name: string): string | undefined {
  const member = typeof value === 'object' && value !== null ? (value as Body)[name] : undefined;
  return typeof member === 'string' ? member : undefined;
}

function objectIn(body: Body, name: string): Body {
  const member = body[name];
  return typeof member === 'object' && member !== null ? (member as Body) : {};
}
