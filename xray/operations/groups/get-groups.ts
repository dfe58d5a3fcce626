import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { allGroups, wireGroup } from './group.ts';

/** AWS does not publish its page size. */
const pageSize = 10;

export const getGroups = operation({
  name: 'GetGroups',
  path: '/Groups',
  input: z.object({ NextToken: z.string().min(1).max(100).optional() }),

  run(context, { NextToken: token }) {
    const { page, ...next } = pageOf(allGroups(context), token, pageSize);
    return { Groups: page.map(wireGroup), ...next };
  },
});
