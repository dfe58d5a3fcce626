import { z } from 'zod';
import { invalidRequest, resourceNotFound } from '../../errors.ts';
import { operation } from '../operation.ts';
import { indexingRule, indexingRuleName } from './indexing-rule.ts';

/** The percentage is kept and shown; every trace can be found here whatever it says. */
export const updateIndexingRule = operation({
  name: 'UpdateIndexingRule',
  path: '/UpdateIndexingRule',
  input: z.object({
    Name: z.string(),
    Rule: z.object({ Probabilistic: z.object({ DesiredSamplingPercentage: z.number() }) }),
  }),

  run(context, { Name, Rule }) {
    if (Name !== indexingRuleName) throw resourceNotFound(`Indexing rule ${Name} does not exist.`, Name);
    const { DesiredSamplingPercentage: percentage } = Rule.Probabilistic;
    if (percentage < 0 || percentage > 100) {
      throw invalidRequest('DesiredSamplingPercentage must be between 0 and 100.');
    }
    context.store.settings.set('indexing', {
      desiredSamplingPercentage: percentage,
      changedAt: context.now(),
    });
    return { IndexingRule: indexingRule(context) };
  },
});
