import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { nextToken } from '../shapes.ts';
import { indexingRule } from './indexing-rule.ts';

export const getIndexingRules = operation({
  name: 'GetIndexingRules',
  path: '/GetIndexingRules',
  input: z.object({ NextToken: nextToken }),

  run(context, { NextToken: token }) {
    // One rule, one page: no token was ever given out.
    if (token !== undefined) throw invalidRequest('NextToken is not valid for this request.');
    return { IndexingRules: [indexingRule(context)] };
  },
});
