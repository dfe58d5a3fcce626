import { z } from 'zod';
import { tooManyTags } from '../../errors.ts';
import { operation } from '../operation.ts';
import { byKey, checkKeys, knownTaggedArn, resourceArn, tags, tagsPerResource } from './tag.ts';

export const tagResource = operation({
  name: 'TagResource',
  path: '/TagResource',
  input: z.object({ ResourceARN: resourceArn, Tags: tags }),

  run(context, { ResourceARN, Tags }) {
    const arn = knownTaggedArn(context, ResourceARN);
    checkKeys(Tags.map(({ Key }) => Key));

    const kept = context.store.tags.list(arn).map(({ key }) => key);
    const count = new Set([...kept, ...Tags.map(({ Key }) => Key)]).size;
    if (count > tagsPerResource) {
      throw tooManyTags(
        `A resource can have ${tagsPerResource} tags, and this one would have ${count}.`,
        arn,
      );
    }
    context.store.tags.add(arn, byKey(Tags));
    return {};
  },
});
