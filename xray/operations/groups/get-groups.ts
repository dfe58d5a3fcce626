import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { allGroups, defaultGroupName, wireGroup } from './group.ts';

/** AWS does not publish its page size. */
const pageSize = 10;

/** The console always shows the Default group, the examples of AWS's CLI do not. */
const listsDefaultGroup = true as boolean;

export const getGroups = operation({
  name: 'GetGroups',
  path: '/Groups',
  input: z.object({ NextToken: z.string().min(1).max(100).optional() }),

  run(context, { NextToken: token }) {
    const groups = allGroups(context).filter(({ name }) => listsDefaultGroup || name !== defaultGroupName);
    const { page, ...next } = pageOf(groups, token, pageSize, {
      query: 'GetGroups',
      key: ({ arn }) => arn,
    });
    return { Groups: page.map(wireGroup), ...next };
  },
});
