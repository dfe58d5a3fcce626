import { z } from 'zod';
import { operation } from '../operation.ts';
import { groupNamedBy, groupReference, wireGroup } from './group.ts';

export const getGroup = operation({
  name: 'GetGroup',
  path: '/GetGroup',
  input: z.object(groupReference),

  run: (context, reference) => ({ Group: wireGroup(groupNamedBy(context, reference)) }),
});
