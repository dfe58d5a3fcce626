import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import type { SamplingRule } from '../../store/store.ts';
import { operation } from '../operation.ts';
import {
  checkPriority,
  defaultRuleName,
  findRule,
  record,
  ruleMembers,
  ruleNameOf,
} from './sampling-rule.ts';

export const updateSamplingRule = operation({
  name: 'UpdateSamplingRule',
  path: '/UpdateSamplingRule',
  // Version is not among them: it cannot be changed.
  input: z.object({ SamplingRuleUpdate: z.object(ruleMembers).partial() }),

  run(context, { SamplingRuleUpdate: update }) {
    const name = ruleNameOf(context, update);
    const stored = findRule(context, name);
    if (!stored) throw invalidRequest(`Sampling rule ${name} does not exist.`);

    const { RuleName: _name, RuleARN: _arn, ...changes } = update;
    if (name === defaultRuleName) checkDefaultChanges(changes);
    checkPriority(changes.Priority);

    const rule = { ...stored.rule, ...changes } as SamplingRule;
    const updated = { ...stored, rule, modifiedAt: context.now() };
    context.store.samplingRules.set(name, updated);
    return { SamplingRuleRecord: record(updated) };
  },
});

/** Text as AWS sends it: https://github.com/hashicorp/terraform-provider-aws/issues/49597 */
function checkDefaultChanges(changes: object): void {
  const allowed = ['FixedRate', 'ReservoirSize'];
  if (!Object.keys(changes).every((member) => allowed.includes(member))) {
    throw invalidRequest('Invalid update request for default sampling rule');
  }
}
