import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { byKey, checkNewTags, tags } from '../tags/tag.ts';
import {
  allGroups,
  checkGroupFilter,
  groupArn,
  groupName,
  insightsAfter,
  insightsConfiguration,
  wireGroup,
} from './group.ts';

export const createGroup = operation({
  name: 'CreateGroup',
  path: '/CreateGroup',
  input: z.object({
    GroupName: groupName,
    FilterExpression: z.string().default(''),
    InsightsConfiguration: insightsConfiguration.optional(),
    Tags: tags.optional(),
  }),

  run(context, { GroupName: name, FilterExpression: expression, InsightsConfiguration, Tags = [] }) {
    const { store, now, limits } = context;
    const groups = allGroups(context);
    if (groups.some((group) => group.name === name)) throw invalidRequest(`Group ${name} already exists.`);
    // Default does not count.
    if (groups.length > limits.groups) throw invalidRequest(`Group limit of ${limits.groups} exceeded.`);
    checkGroupFilter(expression);
    checkNewTags(Tags);

    const createdAt = now();
    const group = {
      name,
      arn: groupArn(context, name, createdAt),
      filters: [{ expression, since: createdAt }],
      ...insightsAfter({ insightsEnabled: false, notificationsEnabled: false }, InsightsConfiguration),
    };
    store.groups.set(group);
    store.tags.add(group.arn, byKey(Tags));
    return { Group: wireGroup(group) };
  },
});
