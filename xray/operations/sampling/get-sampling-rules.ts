import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken } from '../shapes.ts';
import { allRules, record } from './sampling-rule.ts';

/**
 * AWS does not publish its page size. No tracing SDK asks for a second page, so the first holds far more rules than
 * AWS's quota of 25; only the lenient profile lets anyone create more.
 */
const rulesPerPage = 500;

export const getSamplingRules = operation({
  name: 'GetSamplingRules',
  path: '/GetSamplingRules',
  input: z.object({ NextToken: nextToken }),

  run(context, { NextToken: token }) {
    const { page, ...next } = pageOf(allRules(context), token, rulesPerPage, {
      query: 'GetSamplingRules',
      key: ({ rule }) => rule.RuleName,
    });
    return { SamplingRuleRecords: page.map(record), ...next };
  },
});
