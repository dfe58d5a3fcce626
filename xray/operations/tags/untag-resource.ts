import { z } from 'zod';
import { operation } from '../operation.ts';
import { checkKeys, knownTaggedArn, resourceArn, tagKey } from './tag.ts';

export const untagResource = operation({
  name: 'UntagResource',
  path: '/UntagResource',
  input: z.object({ ResourceARN: resourceArn, TagKeys: z.array(tagKey).max(200) }),

  run(context, { ResourceARN, TagKeys }) {
    const arn = knownTaggedArn(context, ResourceARN);
    checkKeys(TagKeys);
    context.store.tags.delete(arn, TagKeys);
    return {};
  },
});
