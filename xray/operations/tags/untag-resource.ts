import { z } from 'zod';
import { operation } from '../operation.ts';
import { checkKeys, checkResource, resourceArn, tagKey } from './tag.ts';

export const untagResource = operation({
  name: 'UntagResource',
  path: '/UntagResource',
  input: z.object({ ResourceARN: resourceArn, TagKeys: z.array(tagKey).max(200) }),

  run(context, { ResourceARN: arn, TagKeys }) {
    checkResource(context, arn);
    checkKeys(TagKeys);
    context.store.tags.delete(arn, TagKeys);
    return {};
  },
});
