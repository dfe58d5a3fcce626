import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import type { SamplingRule, StoredSamplingRule } from '../../store/store.ts';
import type { OperationContext } from '../operation.ts';
import { integer, resourceName } from '../shapes.ts';

export const defaultRuleName = 'Default';

/** The Default rule's priority, which no other rule may have. It lies outside the range the model allows. */
const defaultPriority = 10_000;

const priority = integer
  .min(1)
  // 10000 passes here and is refused by name later.
  .refine((value) => value <= defaultPriority, {
    message: 'Member must have value less than or equal to 9999',
  });

const attribute = z.string().min(1).max(32);

/** The members a rule can be created with and, all optional, changed by. Limits: the service model. */
export const ruleMembers = {
  RuleName: resourceName.optional(),
  RuleARN: z.string().optional(),
  ResourceARN: z.string().max(500),
  Priority: priority,
  FixedRate: z.number().min(0).max(1),
  ReservoirSize: integer.min(0),
  ServiceName: z.string().max(64),
  ServiceType: z.string().max(64),
  Host: z.string().max(64),
  HTTPMethod: z.string().max(10),
  URLPath: z.string().max(128),
  Attributes: z
    .unknown()
    // Before a look at the members, of which there may be any number.
    .refine((map) => typeof map !== 'object' || Object.keys(map ?? {}).length <= 5, {
      message: 'Member must have length less than or equal to 5',
      abort: true,
    })
    .pipe(z.record(attribute, attribute))
    .optional(),
  SamplingRateBoost: z
    .object({ MaxRate: z.number().min(0).max(1), CooldownWindowMinutes: integer.min(0) })
    .optional(),
} as const;

/** What a rule says that is for every request. */
export const everyRequest = {
  ResourceARN: '*',
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
} as const;

export const ruleArn = ({ region, accountId }: OperationContext, name: string) =>
  `arn:aws:xray:${region}:${accountId}:sampling-rule/${name}`;

/** The members by which a caller names a rule: exactly one of them. */
export interface RuleReference {
  RuleName?: string | undefined;
  RuleARN?: string | undefined;
}

/**
 * The name in the ARN of a rule of this Region and account; undefined for any other text. The oldest page of AWS's guide shows
 * ARNs with an empty account, which are this account's. A name may hold slashes.
 */
function nameInArn(context: OperationContext, arn: string): string | undefined {
  const prefix = [context, { ...context, accountId: '' }]
    .map((owner) => ruleArn(owner, ''))
    .find((own) => arn.startsWith(own));
  const name = prefix === undefined ? '' : arn.slice(prefix.length);
  return name.length >= 1 && name.length <= 32 ? name : undefined;
}

/** The name of the one rule that a request can be about; undefined when it is about none, and is refused. */
function nameMeant(context: OperationContext, { RuleName, RuleARN }: RuleReference): string | undefined {
  if ((RuleName === undefined) === (RuleARN === undefined)) return undefined;
  if (RuleName !== undefined) return RuleName;
  // A rule keeps its ARN when the API is started for another Region.
  const kept = allRules(context).find(({ rule }) => rule.RuleARN === RuleARN);
  return kept?.rule.RuleName ?? nameInArn(context, RuleARN!);
}

/**
 * The ARN of the rule that a request is about, however it names it: an existing rule's own, or the one a new rule would get. For
 * a request that is refused, since its ARN is another account's or it names two rules, undefined. Every operation acts on the
 * rule that this names, so that a policy is asked about the same one.
 */
export function ruleArnMeant(context: OperationContext, reference: RuleReference): string | undefined {
  const name = nameMeant(context, reference);
  if (name === undefined) return undefined;
  return findRule(context, name)?.rule.RuleARN ?? ruleArn(context, name);
}

/**
 * The name a caller meant. Throws InvalidRequestException unless exactly one of the two was given, and for an ARN that is
 * not that of a sampling rule of this Region and account.
 */
export function ruleNameOf(context: OperationContext, reference: RuleReference): string {
  const name = nameMeant(context, reference);
  if (name !== undefined) return name;
  if ((reference.RuleName === undefined) === (reference.RuleARN === undefined)) {
    throw invalidRequest('Name the sampling rule by RuleName or by RuleARN, by exactly one of them.');
  }
  throw invalidRequest(
    `${reference.RuleARN} is not the ARN of a sampling rule of this account and Region. ` +
      'GetSamplingRules lists the rules with their ARNs.',
  );
}

export function checkPriority(priority: number | undefined): void {
  if (priority === defaultPriority) {
    throw invalidRequest(`Priority ${defaultPriority} belongs to the Default sampling rule.`);
  }
}

/** The rule of that name, the Default rule included. */
export function findRule(context: OperationContext, name: string): StoredSamplingRule | undefined {
  return (
    context.store.samplingRules.get(name) ??
    (name === defaultRuleName ? untouchedDefault(context) : undefined)
  );
}

/** Every rule by priority, the Default rule last. */
export function allRules(context: OperationContext): StoredSamplingRule[] {
  const stored = context.store.samplingRules.list();
  const hasDefault = stored.some(({ rule }) => rule.RuleName === defaultRuleName);
  return hasDefault ? stored : [...stored, untouchedDefault(context)];
}

/** As AWS makes it: the first request each second, and 5 % of the rest. */
function untouchedDefault(context: OperationContext): StoredSamplingRule {
  const rule: SamplingRule = {
    RuleName: defaultRuleName,
    RuleARN: ruleArn(context, defaultRuleName),
    ...everyRequest,
    Priority: defaultPriority,
    FixedRate: 0.05,
    ReservoirSize: 1,
    Attributes: {},
  };
  return { rule, createdAt: 0, modifiedAt: 0 };
}

/** The wire shape of a stored rule. */
export const record = ({ rule, createdAt, modifiedAt }: StoredSamplingRule) => ({
  SamplingRule: rule,
  CreatedAt: createdAt,
  ModifiedAt: modifiedAt,
});
