import type { OperationContext } from '../operation.ts';

/** The one indexing rule there is. */
export const indexingRuleName = 'Default';

/** AWS indexes 1 % of the traces until told otherwise. */
const untouched = { desiredSamplingPercentage: 1, changedAt: 0 };

/** The wire shape of the indexing rule. */
export function indexingRule({ store }: OperationContext) {
  const { desiredSamplingPercentage, changedAt } = store.settings.get('indexing') ?? untouched;
  const Probabilistic = {
    DesiredSamplingPercentage: desiredSamplingPercentage,
    ActualSamplingPercentage: desiredSamplingPercentage,
  };
  return { Name: indexingRuleName, ModifiedAt: changedAt, Rule: { Probabilistic } };
}
