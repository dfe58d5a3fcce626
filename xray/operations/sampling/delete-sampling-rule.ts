import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { defaultRuleName, findRule, record, ruleMembers, ruleNameOf } from './sampling-rule.ts';

export const deleteSamplingRule = operation({
  name: 'DeleteSamplingRule',
  path: '/DeleteSamplingRule',
  input: z.object({ RuleName: ruleMembers.RuleName, RuleARN: ruleMembers.RuleARN }),

  run(context, input) {
    const name = ruleNameOf(context, input);
    if (name === defaultRuleName) throw invalidRequest('The Default sampling rule cannot be deleted.');
    const stored = findRule(context, name);
    if (!stored) throw invalidRequest(`Sampling rule ${name} does not exist.`);

    context.store.tags.clear(stored.rule.RuleARN);
    context.store.samplingRules.delete(name, context.now());
    return { SamplingRuleRecord: record(stored) };
  },
});
