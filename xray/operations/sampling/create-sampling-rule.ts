import { z } from 'zod';
import { invalidRequest, ruleLimitExceeded } from '../../errors.ts';
import { operation } from '../operation.ts';
import { integer } from '../shapes.ts';
import { byKey, checkNewTags, tags } from '../tags/tag.ts';
import { checkPriority, defaultRuleName, record, ruleArn, ruleMembers, ruleNameOf } from './sampling-rule.ts';

export const createSamplingRule = operation({
  name: 'CreateSamplingRule',
  path: '/CreateSamplingRule',
  input: z.object({
    SamplingRule: z.object({ ...ruleMembers, Version: integer.min(1) }),
    Tags: tags.optional(),
  }),

  run(context, { SamplingRule: wanted, Tags = [] }) {
    const { store, now, limits } = context;
    const name = ruleNameOf(context, wanted);
    if (name === defaultRuleName) throw invalidRequest('The Default sampling rule exists already.');
    if (wanted.Version !== 1) throw invalidRequest('Version must be 1, the only version of sampling rules.');
    checkPriority(wanted.Priority);
    checkNewTags(Tags);
    if (store.samplingRules.has(name)) throw invalidRequest(`Sampling rule ${name} already exists.`);

    const custom = store.samplingRules.list().filter(({ rule }) => rule.RuleName !== defaultRuleName);
    if (custom.length >= limits.samplingRules) {
      throw ruleLimitExceeded(`Sampling rule limit of ${limits.samplingRules} exceeded.`);
    }

    const { Attributes = {}, SamplingRateBoost, ...members } = wanted;
    const at = now();
    const stored = {
      rule: {
        ...members,
        RuleName: name,
        RuleARN: ruleArn(context, name),
        Attributes,
        ...(SamplingRateBoost ? { SamplingRateBoost } : {}),
      },
      createdAt: at,
      modifiedAt: at,
    };
    store.samplingRules.set(name, stored);
    store.tags.add(stored.rule.RuleARN, byKey(Tags));
    return { SamplingRuleRecord: record(stored) };
  },
});
