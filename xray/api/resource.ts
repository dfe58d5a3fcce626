import { invalidRequest } from '../errors.ts';
import { findGroup, type GroupReference } from '../operations/groups/group.ts';
import type { OperationContext } from '../operations/operation.ts';
import { ruleArn, ruleArnMeant, type RuleReference } from '../operations/sampling/sampling-rule.ts';
import { taggedArn } from '../operations/tags/tag.ts';

/**
 * What an IAM policy can name about a request. The bodies have not been validated yet (AWS, too, refuses who may not call
 * before it says what is wrong with the call), so nothing here trusts a member's type. It reads the members that the operation
 * reads, and no other, and finds the resource with the operation's own function: a policy decides about what is acted on,
 * however the request spells it.
 */
type Body = Readonly<Record<string, unknown>>;

/**
 * The actions on a group, a sampling rule, or either; every other one is on `*`. A request that will be refused, because its ARN
 * is another account's or names nothing, is on what it says.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const resources: Readonly<Record<string, (context: OperationContext, body: Body) => string>> = {
  CreateGroup: (context, body) => newGroup(context, textIn(body, 'GroupName')),
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

const newGroup = (context: OperationContext, name = '*') =>
  findGroup(context, { GroupName: name })?.arn ??
  `arn:aws:xray:${context.region}:${context.accountId}:group/${name}/${unknownId}`;

function group(context: OperationContext, body: Body): string {
  const reference: GroupReference = {
    GroupName: textIn(body, 'GroupName'),
    GroupARN: textIn(body, 'GroupARN'),
  };
  return findGroup(context, reference)?.arn ?? reference.GroupARN ?? newGroup(context, reference.GroupName);
}

function rule(context: OperationContext, body: Body): string {
  const reference: RuleReference = { RuleName: textIn(body, 'RuleName'), RuleARN: textIn(body, 'RuleARN') };
  return ruleArnMeant(context, reference) ?? reference.RuleARN ?? ruleArn(context, '*');
}

function tagged(context: OperationContext, body: Body): string {
  const arn = textIn(body, 'ResourceARN');
  return arn === undefined ? '*' : (taggedArn(context, arn) ?? arn);
}

const addTags: ReadonlySet<string> = new Set(['CreateGroup', 'CreateSamplingRule', 'TagResource']);

/**
 * The tags a request would add, and the keys it adds or takes away. Throws InvalidRequestException for keys that a policy cannot
 * tell apart: `aws:RequestTag/KEY` is the same in capitals.
 */
export function requestTags(
  operation: string,
  body: object,
): {
  keys: string[] | undefined;
  values: (readonly [string, string])[];
} {
  const { Tags, TagKeys } = body as Body;
  const values = (addTags.has(operation) ? listOf(Tags) : []).flatMap((tag) => {
    const key = textIn(tag, 'Key');
    return key === undefined ? [] : [[key, textIn(tag, 'Value') ?? ''] as const];
  });
  const removed = operation === 'UntagResource' ? listOf(TagKeys).filter(isText).map(told) : [];
  const added = values.map(([key]) => key);
  checkCapitals(new Set(added));
  const keys = [...added, ...removed];
  return { keys: keys.length > 0 ? keys : undefined, values };
}

function checkCapitals(keys: ReadonlySet<string>): void {
  const known = new Map<string, string>();
  for (const key of keys) {
    const other = known.get(key.toLowerCase());
    if (other !== undefined) {
      throw invalidRequest(
        `Tag keys that differ in capitals only cannot be sent together: ${other}, ${key}.`,
      );
    }
    known.set(key.toLowerCase(), key);
  }
}

/** The members that have a condition key of their own, for the operations that read them. */
export function requestMembers(operation: string, body: object) {
  const isOn = (...names: string[]) => names.includes(operation);
  return {
    'xray:resourcepolicyname': isOn('PutResourcePolicy', 'DeleteResourcePolicy')
      ? textIn(body, 'PolicyName')
      : undefined,
    'xray:tracesegmentdestination': isOn('UpdateTraceSegmentDestination')
      ? textIn(body, 'Destination')
      : undefined,
  };
}

/**
 * Characters of a text that a policy is told. No name, ARN, key or value that an operation takes is longer, so of a longer one it
 * does not matter what a policy says; but how long it takes does.
 */
const longestTold = 2048;

/** As operations read it: half a surrogate pair is U+FFFD. */
const told = (text: string) => text.slice(0, longestTold).toWellFormed();

const isText = (value: unknown): value is string => typeof value === 'string';

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function textIn(value: unknown, name: string): string | undefined {
  const member = typeof value === 'object' && value !== null ? (value as Body)[name] : undefined;
  return isText(member) ? told(member) : undefined;
}

function objectIn(body: Body, name: string): Body {
  const member = body[name];
  return typeof member === 'object' && member !== null ? (member as Body) : {};
}
