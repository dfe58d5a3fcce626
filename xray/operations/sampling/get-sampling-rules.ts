import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { nextToken } from '../shapes.ts';
import { allRules, record } from './sampling-rule.ts';

export const getSamplingRules = operation({
  name: 'GetSamplingRules',
  path: '/GetSamplingRules',
  input: z.object({ NextToken: nextToken }),

  run(context, { NextToken: token }) {
    // All rules on one page, as no tracing SDK asks for a second one. So no token was ever given out.
    if (token !== undefined) throw invalidRequest('NextToken is not valid for this request.');
    return { SamplingRuleRecords: allRules(context).map(record) };
  },
});
