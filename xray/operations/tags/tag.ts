import { z } from 'zod';
import { invalidRequest, resourceNotFound } from '../../errors.ts';
import { findGroup } from '../groups/group.ts';
import type { OperationContext } from '../operation.ts';
import { allRules, ruleArnMeant } from '../sampling/sampling-rule.ts';

/** AWS's quota per resource; the model lets 200 into one request. */
export const tagsPerResource = 50;

export const resourceArn = z.string().min(1).max(1011);

export const tagKey = z.string().min(1).max(128);

/** AWS's prose calls the value optional, its model required: it may be missing here. */
export const tags = z.array(z.object({ Key: tagKey, Value: z.string().max(256).default('') })).max(200);

type Tags = z.output<typeof tags>;

/** Of a key that is given twice, the last value counts. */
export const byKey = (given: Tags): Record<string, string> =>
  Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]));

/** Throws InvalidRequestException for a key that AWS keeps for itself. */
export function checkKeys(keys: readonly string[]): void {
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) throw invalidRequest(`Tag keys that begin with aws: are reserved: ${reserved}`);
}

/** Throws InvalidRequestException for tags a new resource cannot have; TooManyTags is not modelled for it. */
export function checkNewTags(given: Tags): void {
  checkKeys(given.map(({ Key }) => Key));
  const count = Object.keys(byKey(given)).length;
  if (count > tagsPerResource) {
    throw invalidRequest(`A resource can have ${tagsPerResource} tags, and these are ${count}.`);
  }
}

/**
 * The ARN, as it is kept, of the group or sampling rule that an ARN names; undefined when it names none. Tags are read and
 * written under this one, so that a policy is asked about the same.
 */
export function taggedArn(context: OperationContext, arn: string): string | undefined {
  const ofRule = ruleArnMeant(context, { RuleARN: arn });
  return (
    findGroup(context, { GroupARN: arn })?.arn ??
    allRules(context).find(({ rule }) => rule.RuleARN === ofRule)?.rule.RuleARN
  );
}

/** The same. Throws ResourceNotFoundException for an ARN that is of no group and no sampling rule. */
export function knownTaggedArn(context: OperationContext, arn: string): string {
  const known = taggedArn(context, arn);
  if (known === undefined) {
    throw resourceNotFound(`No group and no sampling rule has the ARN ${arn}.`, arn);
  }
  return known;
}
