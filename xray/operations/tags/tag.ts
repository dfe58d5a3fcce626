import { z } from 'zod';
import { invalidRequest, resourceNotFound } from '../../errors.ts';
import { allGroups } from '../groups/group.ts';
import type { OperationContext } from '../operation.ts';
import { allRules } from '../sampling/sampling-rule.ts';

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

/** Throws ResourceNotFoundException unless the ARN is that of a group or a sampling rule. */
export function checkResource(context: OperationContext, arn: string): void {
  const isKnown =
    allGroups(context).some((group) => group.arn === arn) ||
    allRules(context).some(({ rule }) => rule.RuleARN === arn);
  if (!isKnown) throw resourceNotFound(`No group and no sampling rule has the ARN ${arn}.`, arn);
}
