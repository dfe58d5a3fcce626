import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { storeLimits } from '../../store/limits.ts';
import type { GroupFilter } from '../../store/store.ts';
import { operation } from '../operation.ts';
import {
  checkGroupFilter,
  defaultGroupName,
  groupNamedBy,
  groupReference,
  insightsAfter,
  insightsConfiguration,
  wireGroup,
} from './group.ts';

export const updateGroup = operation({
  name: 'UpdateGroup',
  path: '/UpdateGroup',
  input: z.object({
    ...groupReference,
    FilterExpression: z.string().optional(),
    InsightsConfiguration: insightsConfiguration.optional(),
  }),

  run(context, { FilterExpression: expression, InsightsConfiguration, ...reference }) {
    const group = groupNamedBy(context, reference);
    if (expression) {
      if (group.name === defaultGroupName) {
        throw invalidRequest('The filter expression of the Default group cannot be changed.');
      }
      checkGroupFilter(expression);
    }

    const updated = {
      ...group,
      filters: expression === undefined ? group.filters : changed(group.filters, expression, context.now()),
      ...insightsAfter(group, InsightsConfiguration),
    };
    context.store.groups.set(updated);
    return { Group: wireGroup(updated) };
  },
});

/** Filters that were replaced before the oldest trace X-Ray remembers are forgotten with the traces they counted. */
function changed(filters: readonly GroupFilter[], expression: string, now: number): readonly GroupFilter[] {
  if (expression === filters.at(-1)!.expression) return filters;
  const oldest = now - storeLimits.retentionSeconds;
  const remembered = filters.filter((_, index) => (filters[index + 1]?.since ?? now) >= oldest);
  return [...remembered, { expression, since: now }];
}
