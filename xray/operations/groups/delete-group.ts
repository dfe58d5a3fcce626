import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { defaultGroupName, groupNamedBy, groupReference } from './group.ts';

export const deleteGroup = operation({
  name: 'DeleteGroup',
  path: '/DeleteGroup',
  input: z.object(groupReference),

  run(context, reference) {
    const { name, arn } = groupNamedBy(context, reference);
    if (name === defaultGroupName) throw invalidRequest('The Default group cannot be deleted.');
    context.store.tags.clear(arn);
    context.store.groups.delete(name);
    return {};
  },
});
