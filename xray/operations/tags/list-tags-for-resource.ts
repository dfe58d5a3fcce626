import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken } from '../shapes.ts';
import { knownTaggedArn, resourceArn } from './tag.ts';

/** AWS does not publish its page size. */
const pageSize = 20;

export const listTagsForResource = operation({
  name: 'ListTagsForResource',
  path: '/ListTagsForResource',
  input: z.object({ ResourceARN: resourceArn, NextToken: nextToken }),

  run(context, { ResourceARN, NextToken: token }) {
    const arn = knownTaggedArn(context, ResourceARN);
    const { page, ...next } = pageOf(context.store.tags.list(arn), token, pageSize, {
      query: ['ListTagsForResource', arn],
      key: ({ key }) => key,
    });
    return { Tags: page.map(({ key, value }) => ({ Key: key, Value: value })), ...next };
  },
});
